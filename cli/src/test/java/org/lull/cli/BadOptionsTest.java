// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.Cli.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that ask for what cannot be, and places where nothing can be written. */
class BadOptionsTest {
  @TempDir
  static Path shared;
  private static Path series;

  @TempDir
  Path dir;

  @BeforeAll
  static void makeData() {
    series = TinyData.series(shared.resolve("series"));
  }

  private Path run() {
    return dir.resolve("run");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--threshold -0.1                 | threshold -0.1 | 0 or more",
      "--threshold NaN                  | threshold NaN  | finite",
      "--threshold Infinity             | threshold Infinity | finite",
      "--threshold 1e50                 | threshold Infinity | finite",
      "--threshold high                 | threshold:     | numbers",
      "--class-weights equal            | class weights \"equal\" | none or balanced",
      "--threshold 0.1,0.2,0.3          | 3 thresholds   | 2 layers",
      "--threshold-x 0.1,0.2 --layers 3 | 2 thresholds on x | 3 layers",
      "--threshold-h 0.1,-2             | threshold -2.0 on h | 0 or more",
      "--target-reduction 0.5           | reduction: 0.5 | 1 or more",
      "--target-reduction 1e6           | reduction: 1000000.0 | below 1000000",
      "--target-reduction Infinity      | reduction: Infinity | below 1000000",
      "--target-sparsity 1              | sparsity: 1.0  | below 1",
      "--delta-penalty -1               | delta penalty: -1.0 | 0 or more",
      "--delta-penalty 1e3              | delta penalty: 1000.0 | below 1000",
      "--delta-penalty 0.1 --numeric fixed16 | penalty on deltas of 0.1 with the numbers of fixed16 | leave either out",
      "--target-sparsity -0.1           | sparsity: -0.1 | 0 or more",
      "--target-sparsity 0.9 --target-reduction 8 | exclude each other | one of them",
      "--hidden 0                       | hidden units: 0 | 1 to 16384",
      "--hidden -8                      | hidden units: -8 | 1 to 16384",
      "--hidden 2000000000              | hidden units: 2000000000 | 1 to 16384",
      "--hidden 20000000000             | --hidden       | '20000000000'",
      "--hidden 16384                   | 16384 units    | smaller",
      "--hidden 6.5                     | --hidden       | '6.5'",
      "--layers 0                       | layers: 0      | 1 to 16384",
      "--layers -1                      | layers: -1     | 1 to 16384",
      "--epochs -1                      | epochs: -1     | 1 to",
      "--epochs 0                       | epochs: 0      | 1 to",
      "--epochs 1000001                 | epochs: 1000001 | 1 to 1000000",
      "--pretrain-epochs -1             | pretraining epochs: -1 | 0 to 1000000",
      "--pretrain-epochs 1000001        | pretraining epochs: 1000001 | 0 to 1000000",
      "--pretrain-lr 0 --pretrain-epochs 1 | pretraining learning rate: 0.0 | above 0 and below 1000",
      "--pretrain-lr 0.1                | --pretrain-lr 0.1 without pretraining | --pretrain-epochs",
      "--target-reduction 5 --threshold 0 | thresholds of 0 | leave the thresholds out",
      "--batch 0                        | batch: 0       | 1 to",
      "--batch 1000000                  | batch: 1000000 | 65536",
      "--lr 0                           | learning rate: 0.0 | above 0",
      "--lr -1                          | learning rate: -1.0 | above 0",
      "--lr 1e3                         | learning rate: 1000.0 | below 1000",
      "--lr NaN                         | learning rate: NaN | above 0",
      "--lr Infinity                    | learning rate: Infinity | below 1000",
      "--lr fast                        | --lr           | 'fast'",
      "--warmup -1                      | warm-up: -1.0  | 0 epochs or more",
      "--warmup 1e9                     | warm-up: 1.0E9 | below 1000000",
      "--warmup 2.5 --epochs 2          | warm-up: 2.5   | 0 to 2 epochs",
      "--warmup 2 --epochs 5 --pretrain-epochs 1 | warm-up: 2.0 | 0 to 1 epochs",
      "--weight-decay NaN               | weight decay: NaN | 0 or more",
      "--weight-decay 1e9               | weight decay: 1.0E9 | below 1000",
      "--clip 0                         | clip: 0.0      | above 0",
      "--patience 0                     | patience: 0    | 1 epoch or more",
      "--seed one                       | --seed         | 'one'",
      "--threads -1                     | threads: -1    | 1 to 1024",
      "--threads 0                      | threads: 0     | 1 to 1024",
      "--threads 100000                 | threads: 100000 | 1 to 1024",
      "--timing -1                      | timing: -1.0   | 0 to",
      "--timing NaN                     | timing: NaN    | 0 to",
      "--cell transformer               | \"transformer\" | choose lstm, gru, rnn,",
      "--head attention                 | \"attention\"   | mean, last or frames",
      "--features mfcc                  | mfcc           | mel16, reference16, mel40",
      "--schedule linear                | \"linear\"      | cosine, plateau or constant",
      "--optimizer adam                 | \"adam\"        | choose adamw or",
      "--dense --delta                  | --dense        | --delta",
      "--dense --target-sparsity 0.8    | --dense        | leave one out",
      "--epochs 1 --epochs 2            | --epochs       | once",
      "--epochs                         | --epochs       | lull train --help",
      "--hiden 8                        | --hiden        | did you mean --hidden?",
      "more                             | 'more'         | lull train --help"})
  void refusesOptionsBeforeAnythingIsRead(String options, String value, String advice) {
    train(dir.resolve("no such data"), run(), (Object[]) options.split(" ")).isMistake(value, advice);
    assertThat(run()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "trian         | 'trian'    | did you mean train?",
      "xyz           | 'xyz'      | lull --help",
      "--vresion     | --vresion  | lull --help",
      "synthesise    | --out      | lull synthesise --help",
      "synthesise --out x --seed one | --seed | 'one'",
      "eval --split  | --split    | SPLIT",
      "info a b      | 'b'        | lull info --help",
      "help trian    | trian      | lull"})
  void refusesWhatIsNoCommand(String args, String value, String advice) {
    lull((Object[]) args.split(" ")).isMistake(value, advice);
  }

  @Test
  void sizesBeyondTheMemoryAreExplained() {
    train(series, run(), "--hidden", "8000", "--layers", "1").isMistake("out of memory", "MB", "LULL_JAVA_OPTS");
    assertThat(run()).doesNotExist();
  }

  @Test
  void divergenceIsNoMistakeAndKeepsWhatIsWritten() {
    Cli run = train(series, run(), "--lr", "999", "--optimizer", "sgd", "--clip", "1e30", "--warmup", "0", "--epochs", "50",
        "--weight-decay", "900");
    assertThat(run.err()).contains("lull: training stopped: epoch ", "lower the learning rate").doesNotContain("\tat ");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run().resolve("result.json")).doesNotExist();
  }

  // ---- where the run goes

  @Test
  void anotherRunIsLeftAsItIs() throws IOException {
    train(series, run(), "--dense").succeeds();
    byte[] model = Files.readAllBytes(run().resolve("model.safetensors"));
    byte[] result = Files.readAllBytes(run().resolve("result.json"));

    train(series, run(), "--seed", "2").isMistake("run directory " + run(), "not empty", "--run");

    assertThat(run().resolve("model.safetensors")).hasBinaryContent(model);
    assertThat(run().resolve("result.json")).hasBinaryContent(result);
    assertThat(run().resolve("dense.safetensors")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "file/run", "file/a/run"})
  void aFileIsNoRunDirectory(String name) {
    TinyData.text(dir.resolve("file"), "precious");
    train(series, dir.resolve(name)).isMistake(dir.resolve("file").toString(), "is a file", "--run");
    assertThat(dir.resolve("file")).hasContent("precious");
  }

  @Test
  void aPlaceWithoutPermissionIsRefused() throws IOException {
    assumeTrue(Files.getFileStore(dir).supportsFileAttributeView("posix"), "no POSIX permissions here");
    Path closed = Files.createDirectory(dir.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse(Files.isWritable(closed), "this user (root?) may write anywhere");
    train(series, closed.resolve("run")).isMistake(closed.toString(), "permission");
  }

  @Test
  void synthesiseRefusesPlacesThatAreTaken() {
    Path full = dir.resolve("full");
    TinyData.text(full.resolve("mine.txt"), "precious");
    lull("synthesise", "--out", full).isMistake(full.toString());
    assertThat(full).isDirectoryContaining("glob:**mine.txt");
    lull("synthesise", "--out", full.resolve("mine.txt")).isMistake(full.resolve("mine.txt").toString());
    lull("synthesise", "--out", full.resolve("mine.txt/out")).isMistake(full.resolve("mine.txt").toString());
    assertThat(full.resolve("mine.txt")).hasContent("precious");
    assertThat(Arrays.asList(full.toFile().list())).containsExactly("mine.txt");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.TinyData.bytesOf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** lull export. What the files compute is tested where they are made. */
class ExportCommandTest {
  @TempDir
  static Path shared;
  private static Path series;
  private static Path run;

  @TempDir
  Path dir;

  @BeforeAll
  static void train() {
    series = TinyData.series(shared.resolve("series"));
    run = shared.resolve("run");
    Cli.train(series, run, "--threshold", "0.1").succeeds();
  }

  private String text(Path file) {
    return new String(bytesOf(file), StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "                | Scan        | delta, a Scan over the timesteps, which saves no time",
      "--step          | x_reference | delta, elementary operators, one timestep",
      "--dense         | LSTM        | dense, ONNX's own operator",
      "--dense --step  | LSTM        | dense, ONNX's own operator"})
  void anOnnxFileIsWritten(String options, String has, String says) {
    Path file = dir.resolve("words.onnx");
    Object[] command = options == null ? new Object[] {"export", "--model", run, "--onnx", file}
        : ("export --model " + run + " --onnx " + file + " " + options).split(" ");
    Cli export = lull(command).succeeds();
    assertThat(export.out()).contains("written   " + file, "layers    " + says);
    if (export.out().contains("not with ONNX Runtime")) {
      assertThat(export.out()).contains("--runtime onnxruntime-1.29.0.jar");
    }
    assertThat(text(file)).contains(has, "\"up\",\"down\"", "normalisation", "provenance");
    byte[] before = bytesOf(file);
    lull(command).succeeds(); // an export may be written again
    assertThat(bytesOf(file)).isEqualTo(before);
  }

  @Test
  void jsonSaysWhatWasWritten() {
    Cli export = lull("export", "--model", run.resolve("model.safetensors"), "--onnx", dir.resolve("a.onnx"), "--json").succeeds();
    assertThat(export.json().get("form").textValue()).isEqualTo("scan");
    assertThat(export.json().get("delta").booleanValue()).isTrue();
  }

  @Test
  void weightsAreWrittenWithAProgram() throws IOException {
    Path file = dir.resolve("words.safetensors");
    Cli export = lull("export", "--model", run, "--safetensors", file).succeeds();
    assertThat(export.err()).contains("warning: the thresholds of the delta network are left out");
    assertThat(export.out()).contains("to check  python3 " + dir.resolve("words.py"));
    assertThat(Files.readString(dir.resolve("words.py"))).contains("torch.nn.LSTM(2, 8, 2, batch_first=True)", "words.safetensors");
    lull("export", "--model", run, "--safetensors", file, "--keras").succeeds();
    assertThat(Files.readString(dir.resolve("words.py"))).contains("keras.layers.LSTM(8, return_sequences=True)");
    assertThat(lull("export", "--model", run.resolve("dense.safetensors"), "--safetensors", file).succeeds().err())
        .doesNotContain("warning");
  }

  @Test
  void whatWasExportedComesBack() {
    Path file = dir.resolve("words.safetensors");
    lull("export", "--model", run.resolve("dense.safetensors"), "--safetensors", file).succeeds();
    Path back = dir.resolve("back");
    lull("import", file, "--out", back).succeeds();
    assertThat(lull("eval", "--model", back, "--data", series, "--no-cache").succeeds().out())
        .isEqualTo(lull("eval", "--model", run.resolve("dense.safetensors"), "--data", series, "--no-cache").succeeds().out());
    Path again = dir.resolve("again.safetensors");
    lull("export", "--model", back, "--safetensors", again).succeeds();
    assertThat(bytesOf(again)).isEqualTo(bytesOf(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru", "rnn", "peephole"})
  void onnxComesBackWithTheSameBytes(String cell) {
    Path trained = dir.resolve("trained");
    Cli.train(series, trained, "--cell", cell, "--dense", "--head", "last").succeeds();
    Path first = dir.resolve("0.onnx");
    lull("export", "--model", trained, "--onnx", first).succeeds();
    for (int round = 1; round <= 2; round++) {
      lull("import", dir.resolve(round - 1 + ".onnx"), "--out", dir.resolve("back" + round)).succeeds();
      lull("export", "--model", dir.resolve("back" + round), "--onnx", dir.resolve(round + ".onnx")).succeeds();
      assertThat(bytesOf(dir.resolve(round + ".onnx"))).isEqualTo(bytesOf(first));
    }
    assertThat(lull("eval", "--model", dir.resolve("back2"), "--data", series, "--no-cache").succeeds().out())
        .isEqualTo(lull("eval", "--model", trained, "--data", series, "--no-cache").succeeds().out());
    lull("export", "--model", run, "--onnx", dir.resolve("scan.onnx")).succeeds();
    lull("import", dir.resolve("scan.onnx"), "--out", dir.resolve("none")).isMistake("Scan", "lull export --dense");
  }

  @Test
  void mistakes() throws IOException {
    Path file = dir.resolve("a.onnx");
    lull("export", "--model", run).isMistake("--onnx FILE or --safetensors FILE");
    lull("export", "--model", run, "--onnx", file, "--safetensors", dir.resolve("b")).isMistake("writes one file");
    lull("export", "--model", run, "--safetensors", file, "--step").isMistake("--step is for --onnx");
    lull("export", "--model", run, "--safetensors", file, "--dense").isMistake("--dense is for --onnx");
    lull("export", "--model", run, "--onnx", file, "--keras").isMistake("--keras is for --safetensors");
    lull("export", "--model", run, "--onnx", file, "--runtime", dir.resolve("none.jar")).isMistake("none.jar: no such file");
    lull("export", "--model", run, "--onnx", file, "--runtime", TinyData.text(dir.resolve("a.jar"), "")).isMistake("not ONNX Runtime");
    lull("export", "--model", dir.resolve("none"), "--onnx", file).isMistake("no such file or directory");
    lull("export", "--model", run, "--onnx", dir.resolve("no/a.onnx")).isMistake("there is no folder");
    assertThat(file).doesNotExist();
    byte[] model = bytesOf(run.resolve("model.safetensors"));
    lull("export", "--model", run, "--safetensors", run.resolve("model.safetensors")).isMistake("lull export did not write it");
    lull("export", "--model", run, "--onnx", run.resolve("model.safetensors")).isMistake("lull export did not write it");
    TinyData.text(dir.resolve("c.py"), "print(1)\n");
    lull("export", "--model", run, "--safetensors", dir.resolve("c.safetensors")).isMistake("c.py exists");
    assertThat(Files.readString(dir.resolve("c.py"))).isEqualTo("print(1)\n");
    assertThat(bytesOf(run.resolve("model.safetensors"))).isEqualTo(model);
  }

  @Test
  void cellsThatOthersDoNotHave() {
    Path other = dir.resolve("other");
    Cli.train(series, other, "--cell", "peephole", "--dense").succeeds();
    lull("export", "--model", other, "--safetensors", dir.resolve("a.safetensors")).isMistake("no LSTM with peepholes", "--onnx");
    lull("export", "--model", other, "--onnx", dir.resolve("a.onnx")).succeeds();
    Path own = dir.resolve("own");
    Cli.train(series, own, "--cell", "mingru", "--dense").succeeds();
    lull("export", "--model", own, "--safetensors", dir.resolve("b.safetensors")).isMistake("minGRU");
    assertThat(lull("export", "--model", own, "--onnx", dir.resolve("b.onnx")).succeeds().out()).contains("dense, a Scan");
    Path fixed = dir.resolve("fixed");
    Cli.train(series, fixed, "--numeric", "fixed16", "--dense").succeeds();
    lull("export", "--model", fixed, "--onnx", dir.resolve("c.onnx")).isMistake("fixed16", "--numeric float32");
  }

  @Test
  void regression() {
    Path numbers = TinyData.numbers(dir.resolve("numbers"));
    Path predicting = dir.resolve("predicting");
    Cli.train(numbers, predicting).succeeds();
    lull("export", "--model", predicting, "--onnx", dir.resolve("a.onnx")).succeeds();
    assertThat(text(dir.resolve("a.onnx"))).contains("predictions", "targets");
    lull("export", "--model", predicting, "--safetensors", dir.resolve("a.safetensors")).succeeds();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.Cli.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** lull eval and lull info on what one run of lull train left. */
class EvalCommandTest {
  @TempDir
  static Path dir;
  private static Path tones;
  private static Path run;
  private static JsonNode trained;

  @BeforeAll
  static void trainOnce() {
    tones = TinyData.tones(dir.resolve("tones"));
    run = dir.resolve("run");
    trained = train(tones, run, "--epochs", "4", "--threshold", "0.2", "--json").succeeds().json();
  }

  private static Cli eval(Object model, Object... more) {
    Object[] args = new Object[more.length + 7];
    System.arraycopy(new Object[] {"eval", "--model", model, "--data", tones, "--cache", dir.resolve("cache")}, 0, args, 0, 7);
    System.arraycopy(more, 0, args, 7, more.length);
    return lull(args);
  }

  @ParameterizedTest
  @CsvSource({"model.safetensors, delta", "dense.safetensors, dense"})
  void measuresWhatTrainingMeasured(String file, String name) {
    JsonNode test = eval(run.resolve(file), "--json").succeeds().json();
    JsonNode validation = eval(run.resolve(file), "--json", "--split", "validation", "--threads", "2").succeeds().json();
    assertThat(test.get("accuracy")).isEqualTo(trained.get(name).get("test_accuracy"));
    assertThat(test.get("sparsity")).isEqualTo(trained.get(name).get("test_sparsity"));
    assertThat(validation.get("accuracy")).isEqualTo(trained.get(name).get("validation_accuracy"));
  }

  @Test
  void confusionAddsUp() {
    JsonNode result = eval(run, "--json", "--split", "train").succeeds().json();
    int all = 0;
    int right = 0;
    for (int k = 0; k < 3; k++) {
      JsonNode row = result.get("confusion").get(k);
      int ofClass = 0;
      int taken = 0;
      for (int j = 0; j < 3; j++) {
        ofClass += row.get(j).intValue();
        taken += result.get("confusion").get(j).get(k).intValue();
      }
      JsonNode of = result.get("classes").get(k);
      assertThat(of.get("label").textValue()).isEqualTo(TinyData.TONES.get(k));
      assertThat(of.get("examples").intValue()).isEqualTo(ofClass).isEqualTo(8);
      assertThat(of.get("recall").doubleValue()).isEqualTo(row.get(k).intValue() / (double) ofClass);
      if (taken == 0) {
        assertThat(of.get("precision").isNull()).isTrue();
      } else {
        assertThat(of.get("precision").doubleValue()).isEqualTo(row.get(k).intValue() / (double) taken);
      }
      all += ofClass;
      right += row.get(k).intValue();
    }
    assertThat(result.get("examples").intValue()).isEqualTo(all).isEqualTo(24);
    assertThat(result.get("accuracy").doubleValue()).isEqualTo(right / (double) all);
    assertThat(result.get("macs").longValue()).isLessThan(result.get("dense_macs").longValue());
  }

  @Test
  void printsTheConfusion() {
    JsonNode confusion = eval(run, "--json", "--split", "train").succeeds().json().get("confusion");
    List<String> rows = eval(run, "--split", "train").succeeds().out().lines().filter(line -> line.matches("[1-3] .*")).toList();
    for (int k = 0; k < 3; k++) {
      StringBuilder row = new StringBuilder((k + 1) + " " + TinyData.TONES.get(k));
      confusion.get(k).forEach(count -> row.append(count.intValue() == 0 ? " ." : " " + count));
      assertThat(rows.get(k).replaceAll(" +", " ")).isEqualTo(row.toString());
    }
  }

  @Test
  void printsATable() {
    assertThat(eval(run, "--split", "TRAIN").succeeds().out())
        .containsSubsequence("class", "precision", "recall", "high", "low", "middle",
            "taken for", "1 high", "2 low", "3 middle", "accuracy", "of 24", "sparsity of delta-x", "sparsity of delta-h, layer 2");
  }

  @Test
  void drawsTheConfusion() {
    Path picture = dir.resolve("confusion.png");
    eval(run, "--picture", picture).succeeds();
    assertThat(TinyData.bytesOf(picture)).startsWith(0x89, 'P', 'N', 'G');
    eval(run, "--picture", tones).isMistake(tones.toString(), "folder");
    eval(run, "--picture", tones.resolve("absent/x.png")).isMistake(tones.resolve("absent").toString());
  }

  @Test
  void otherDataOfTheSameNameAreNoticed() {
    assertThat(eval(run).succeeds().err()).doesNotContain("warning");
    Path others = TinyData.tones(dir.resolve("others"));
    TinyData.tone(others.resolve("low/clip3.wav"), 1333, TinyData.RATE);
    Cli eval = lull("eval", "--model", run, "--data", others, "--no-cache").succeeds();
    assertThat(eval.err()).contains("warning: these are not the very data " + run.resolve("model.safetensors") + " was trained on");
  }

  /** Test recordings of one's own, which the customary hash of their speakers need not put into the test split. */
  @Test
  void aFolderThatIsNotDividedIsMeasuredWhole() {
    Path own = dir.resolve("own");
    for (String speaker : List.of("s0", "s1", "s4")) { // their hashes say: training
      TinyData.tone(own.resolve("low").resolve(speaker + "_nohash_0.wav"), 1200, TinyData.RATE);
    }
    Cli eval = lull("eval", "--model", run, "--data", own, "--no-cache", "--json").succeeds();
    assertThat(eval.json().get("examples").intValue()).isEqualTo(3);
    assertThat(eval.json().get("split").textValue()).isEqualTo("all");
    assertThat(eval.err()).contains("measuring all 3 examples").doesNotContain("without a test example");
    lull("eval", "--model", run, "--data", own, "--no-cache", "--split", "test").isMistake("no examples in its test split", "--split");
  }

  @Test
  void theShareThatIsMeasuredIsSaid() {
    assertThat(eval(run).succeeds().err()).contains("measuring the test split, 3 of 30 examples; --split all measures all");
    JsonNode all = eval(run, "--split", "all", "--json").succeeds().json();
    assertThat(all.get("examples").intValue()).isEqualTo(30);
    Path others = TinyData.tones(dir.resolve("divided"));
    TinyData.tone(others.resolve("low/clip3.wav"), 1333, TinyData.RATE);
    assertThat(lull("eval", "--model", run, "--data", others, "--no-cache").succeeds().err()).contains("3 of 30 examples");
  }

  @Test
  void oneFileOfATimeSeriesProblemWillDo() throws IOException {
    Path series = TinyData.series(dir.resolve("both"));
    Path seriesRun = dir.resolve("both-run");
    train(series, seriesRun).succeeds();
    Files.delete(series.resolve("Tiny_TRAIN.ts"));
    Cli eval = lull("eval", "--model", seriesRun, "--data", series, "--json").succeeds();
    assertThat(eval.json().get("examples").intValue()).isEqualTo(16);
    assertThat(eval.json().get("split").textValue()).isEqualTo("all");
  }

  @Test
  void manyClassesAreForAPicture() {
    Path many = dir.resolve("many");
    for (int k = 0; k < 21; k++) {
      for (int i = 0; i < 3; i++) {
        TinyData.tone(many.resolve("tone" + k).resolve("clip" + i + ".wav"), 200 + 100 * k + i, TinyData.RATE);
      }
    }
    Path manyRun = dir.resolve("many-run");
    train(many, manyRun, "--dense").succeeds();
    Cli eval = lull("eval", "--model", manyRun, "--data", many, "--cache", dir.resolve("cache")).succeeds();
    assertThat(eval.out()).contains("for the confusion matrix of 21 classes give --picture FILE").doesNotContain("taken for   1");
  }

  @Test
  void infoShowsARun() {
    assertThat(lull("info", run).succeeds().out()).contains(
        "delta LSTM, 16 inputs, 2 x 8 hidden, 3 outputs, head: mean", "high, low, middle",
        "x 0.2, h 0.2", "a folder of WAV files per class", "  epochs ", "  features ", "  augment ", "mel16", "memory, dense  ",
        "memory, delta  ");
    JsonNode info = lull("info", run, "--json").succeeds().json();
    assertThat(info.get("result")).isEqualTo(trained);
    assertThat(info.at("/features/filters").intValue()).isEqualTo(16);
    assertThat(info.at("/provenance/options/epochs").textValue()).isEqualTo("4");
    assertThat(info.get("parameters")).isEqualTo(trained.at("/delta/parameters"));
  }

  @Test
  void infoSaysWhatWasReachedAndByWhichCommand() throws IOException {
    JsonNode info = lull("info", run, "--json").succeeds().json();
    assertThat(info.get("accuracy")).isEqualTo(trained.at("/delta/test_accuracy"));
    assertThat(info.get("reduction")).isEqualTo(trained.at("/delta/reduction"));
    assertThat(info.get("written").textValue()).matches("20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d");
    assertThat(info.get("command").textValue()).startsWith("lull train --data " + tones + " --run " + run + " ")
        .contains(" --threshold 0.2");
    assertThat(lull("info", run).succeeds().out()).contains("command", "lull train --data " + tones, "fewer multiply-adds",
        "test accuracy");
    JsonNode dense = lull("info", run.resolve("dense.safetensors"), "--json").succeeds().json();
    assertThat(dense.get("accuracy")).isEqualTo(trained.at("/dense/test_accuracy"));

    Path alone = Files.copy(run.resolve("model.safetensors"), dir.resolve("alone.safetensors"));
    info = lull("info", alone, "--json").succeeds().json();
    assertThat(info.get("accuracy").isNull()).isTrue();
    assertThat(info.get("command").textValue()).startsWith("lull train --data DIR --").contains(" --epochs 4", " --threshold 0.2",
        " --hidden 8");
    String[] again = info.get("command").textValue().split(" ");
    assertThat(Lull.commandLine().parseArgs(Arrays.copyOfRange(again, 1, again.length)).errors()).isEmpty();
  }

  /** As a shell takes it: the command is given again with its arguments as they were. */
  @Test
  void theCommandIsQuoted() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "SKIPPED: there is no /bin/sh");
    Path odd = dir.resolve("it's a $HOME; run*");
    train(TinyData.series(dir.resolve("quoted series")), odd, "--dense").succeeds();
    String command = lull("info", odd, "--json").succeeds().json().get("command").textValue();
    Process shell = new ProcessBuilder("/bin/sh", "-c", command.replaceFirst("^lull", "printf '%s\\\\n'")).start();
    assertThat(new String(shell.getInputStream().readAllBytes()).lines())
        .startsWith("train", "--data", dir.resolve("quoted series").toString(), "--run", odd.toString(), "--dense");
  }

  @Test
  void infoShowsAModelFile() {
    assertThat(lull("info", run.resolve("dense.safetensors")).succeeds().out()).contains("dense LSTM", "x 0.0, h 0.0");
    assertThat(lull("info", run.resolve("dense.safetensors"), "--json").succeeds().json().get("result").isNull()).isTrue();
  }

  @Test
  void damagedResultsAreNamed() throws IOException {
    Path copy = Files.createDirectory(dir.resolve("copy"));
    Files.copy(run.resolve("model.safetensors"), copy.resolve("model.safetensors"));
    Files.writeString(copy.resolve("result.json"), "{\"data\": ");
    lull("info", copy, "--json").isMistake(copy.resolve("result.json").toString());
  }

  @Test
  void refusesOtherData() {
    Path series = TinyData.series(dir.resolve("series"));
    Path commands = TinyData.speechCommands(dir.resolve("commands"));
    lull("eval", "--model", run, "--data", series).isMistake("trained on sound", "time series", run.toString());
    lull("eval", "--model", run, "--data", commands, "--no-cache").isMistake("no, yes", "the data (Google Speech Commands layout",
        "high, low, middle", run.toString());

    Path seriesRun = dir.resolve("series-run");
    train(series, seriesRun).succeeds();
    lull("eval", "--model", seriesRun, "--data", tones).isMistake(seriesRun.toString(), "time series");
    assertThat(lull("eval", "--model", seriesRun, "--data", series, "--json").succeeds().json().get("examples").intValue()).isEqualTo(16);
    assertThat(lull("info", seriesRun, "--json").succeeds().json().get("features").isNull()).isTrue();
    assertThat(lull("info", seriesRun).succeeds().out()).containsPattern("  threshold +auto\\R").doesNotContain("mel16", "augment", "[");
  }

  /** Labels are compared before sound becomes features: these recordings hold none, which would be found then. */
  @Test
  void otherClassesAreRefusedBeforeAnySoundIsMade() {
    Path impossible = dir.resolve("impossible");
    for (String word : List.of("up", "down")) {
      for (int speaker = 0; speaker < 9; speaker++) {
        TinyData.text(impossible.resolve(word + "/s" + speaker + "_nohash_0.wav"), word + speaker);
      }
    }
    lull("train", "--data", impossible, "--run", dir.resolve("never")).isMistake("unusable");
    String model = run.toString();
    String message = "has classes that " + run.resolve("model.safetensors") + " never saw: down, up; it knows high, low, middle";
    lull("eval", "--model", model, "--data", impossible).isMistake(message, "--data");
    lull("simulate", "--model", model, "--data", impossible, "--lanes", "4", "--simulator", "schedule").isMistake(message);
    lull("serve", "--model", model, "--data", impossible, "--state", dir.resolve("never"), "--port", "0").isMistake(message);
    lull("learn", "--model", model, "--data", impossible, "--add", "new=" + tones.resolve("low"), "--run", dir.resolve("never"))
        .isMistake(message);
    lull("learn", "--model", model, "--data", impossible, "--classes", "up,left", "--run", dir.resolve("never"))
        .isMistake("has no class 'left'; it has down, up");
    assertThat(dir.resolve("never")).doesNotExist();
  }

  @Test
  void withoutDataNoneOfTheEmbeddedSpeechIsMade() {
    Cli eval = lull("eval", "--model", run, "--no-cache");
    eval.isMistake("the data (embedded synthetic speech, 31 intents) has classes that ", "give data of these classes with --data");
    assertThat(eval.err()).doesNotContain("test examples");
  }

  @Test
  void refusesMistakes() {
    eval(run, "--split", "tset").isMistake("--split", "tset");
    eval(run, "--threads", "-1").isMistake("threads: -1");
    eval(dir.resolve("absent")).isMistake(dir.resolve("absent").toString());
    eval(tones).isMistake(tones.toString(), "model.safetensors");
    lull("eval", "--data", tones).isMistake("--model");
    lull("info").isMistake("RUN");
    lull("info", dir.resolve("absent")).isMistake(dir.resolve("absent").toString());
  }

  @Test
  void aRunThatWasCutOffIsExplained() throws IOException {
    Path cut = Files.createDirectory(dir.resolve("cut"));
    Files.copy(run.resolve("dense.safetensors"), cut.resolve("dense.safetensors"));
    eval(cut).isMistake(cut.resolve("dense.safetensors").toString());
    assertThat(List.of(eval(cut.resolve("dense.safetensors")).succeeds().code())).containsExactly(0);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.Model;
import org.lull.continual.Exemplar;
import org.lull.continual.ExemplarFile;

class LearnCommandTest {
  @TempDir
  static Path folder;
  private static Path corpus;
  private static Path known;
  private static Path run;

  @BeforeAll
  static void train() {
    corpus = TinyData.tones(folder.resolve("tones"));
    known = folder.resolve("known");
    for (int i = 0; i < 10; i++) {
      TinyData.tone(known.resolve("high/clip" + i + ".wav"), 300 + 7 * i, TinyData.RATE);
      TinyData.tone(known.resolve("low/clip" + i + ".wav"), 1200 + 7 * i, TinyData.RATE);
    }
    run = folder.resolve("run");
    Cli.train(known, run, "--layers", 1, "--epochs", 15, "--batch", 4).succeeds();
  }

  private static Cli learn(Path model, Path into, Object... more) {
    List<Object> args = new ArrayList<>(List.of("learn", "--model", model, "--run", into, "--no-cache", "--threads", 1));
    args.addAll(Arrays.asList(more));
    return Cli.lull(args.toArray());
  }

  @Test
  void aModelLearnsAClassAndThenOneMoreFromWhatItKept() {
    byte[] before = TinyData.bytesOf(run.resolve("model.safetensors"));
    Path more = folder.resolve("more");
    JsonNode first = learn(run, more, "--data", corpus, "--classes", "middle", "--batch", 2, "--memory", "50%", "--json").succeeds().json();
    assertThat(first.get("classes").asInt()).isEqualTo(3);
    assertThat(first.get("old_before").isNumber()).isTrue();
    assertThat(first.get("new_after").isNumber()).isTrue();
    assertThat(first.get("macs").asLong()).isLessThan(first.get("dense_macs").asLong());
    assertThat(first.get("matrix_words").asLong()).isLessThan(first.get("dense_matrix_words").asLong());
    assertThat(Model.load(more.resolve("model.safetensors")).labels()).containsExactly("high", "low", "middle");
    assertThat(exemplars(more)).extracting(Exemplar::label).contains(0, 1, 2);
    assertThat(TinyData.bytesOf(run.resolve("model.safetensors"))).as("the old model").isEqualTo(before);

    Path word = folder.resolve("recordings");
    for (int i = 0; i < 10; i++) {
      TinyData.tone(word.resolve(i + ".wav"), 5000 + 11 * i, TinyData.RATE);
    }
    Path most = folder.resolve("most");
    Cli second = learn(more, most, "--add", "top=" + word, "--batch", 1, "--epochs", 3).succeeds();
    assertThat(second.out()).contains("accuracy on old classes", "energy, estimated");
    assertThat(Model.load(most.resolve("model.safetensors")).labels()).containsExactly("high", "low", "middle", "top");
    assertThat(Model.load(most.resolve("model.safetensors")).provenance().options()).containsEntry("learned", "top");
    Cli.lull("info", most).succeeds();
    learn(more, most, "--add", "top=" + word).isMistake("most", "--run");
  }

  private static Object[] longLearning(Path into) {
    return new Object[] {"learn", "--model", run, "--data", corpus, "--classes", "middle", "--epochs", 400, "--batch", 2, "--no-cache",
        "--threads", 1, "--run", into};
  }

  /** However it ends, the same command goes on, and leaves the bytes of learning that was not interrupted. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWasCutOffGoesOn(boolean killed) throws Exception {
    Path whole = folder.resolve("whole");
    if (!Files.exists(whole)) {
      Cli.lull(longLearning(whole)).succeeds();
      assertThat(whole.resolve("checkpoints")).doesNotExist();
    }
    Path cut = folder.resolve("cut " + killed);
    Path output = folder.resolve("output " + killed);
    Process process = Cli.start(output, longLearning(cut));
    while (!Files.exists(cut.resolve("checkpoints/classes-3.safetensors"))) {
      assertThat(process.waitFor(5, TimeUnit.MILLISECONDS)).as("ended by itself").isFalse();
    }
    if (killed) {
      process.destroyForcibly().waitFor();
    } else {
      process.destroy(); // as Ctrl-C does, but for the signal
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(output).content().contains("lull: stopped before the end; what is learned so far is in " + cut,
          "go on with the same command and --run " + cut).doesNotContain("\tat ");
    }
    assertThat(cut.resolve("model.safetensors")).doesNotExist();
    Cli.lull(Stream.concat(Stream.of(longLearning(cut)), Stream.of("--seed", 2)).toArray()).isMistake("is of another training",
        "seed was 1 and is 2");
    Cli.lull(longLearning(cut)).succeeds();
    assertThat(cut.resolve("checkpoints")).doesNotExist();
    for (String file : List.of("model.safetensors", "exemplars.log", "confusion.png")) {
      assertThat(cut.resolve(file)).as(file).hasSameBinaryContentAs(whole.resolve(file));
    }
    for (String file : List.of("metrics.jsonl", "result.json")) {
      assertThat(Files.readString(cut.resolve(file)).replace(cut.toString(), "RUN")).as(file)
          .isEqualTo(Files.readString(whole.resolve(file)).replace(whole.toString(), "RUN"));
    }
    Cli.lull(longLearning(cut)).isMistake("exists and is not empty");
  }

  /** A process that was killed before the first checkpoint leaves an empty run, in which the same command begins. */
  @Test
  void whatWasKilledAtItsBeginningBegins() {
    Path begun = folder.resolve("begun");
    TinyData.text(begun.resolve("checkpoints/learning.lock"), "");
    learn(run, begun, "--data", corpus, "--classes", "middle", "--epochs", 1).succeeds();
    assertThat(Model.load(begun.resolve("model.safetensors")).labels()).hasSize(3);
    assertThat(begun.resolve("checkpoints")).doesNotExist();
    Path other = folder.resolve("not learning");
    TinyData.text(other.resolve("checkpoints/run.lock"), "");
    learn(run, other, "--data", corpus, "--classes", "middle", "--epochs", 1).isMistake("exists and is not empty");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"--threads 1 | nothing to learn", "--classes middle | --classes needs --data",
      "--add high=nowhere | knows already", "--add top=nowhere | no folder nowhere", "--add top=nowhere --method magic | is unknown",
      "--add =nowhere | --add =nowhere: label", "--add top | expected WORD=FOLDER", "--add top= | expected WORD=FOLDER",
      "--add top=a --add top=b | gives 'top' twice, with a and b", "--add gr\u00FCn=a --add gru\u0308n=b | twice, with a and b",
      "--add top=a --add \u00A0top=b | twice", "--add \u00A0high=a | knows already", "--add \u00A0=a | nothing but white space",
      "--add a\u0001b=a | control character", "--data nowhere --classes ,x | label"})
  void mistakesAreALine(String options, String message) {
    List<Object> args = new ArrayList<>(List.of("learn", "--model", run, "--run", folder.resolve("none"), "--no-cache"));
    args.addAll(List.of(options.split(" ")));
    Cli.lull(args.toArray()).isMistake(message);
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void aWordThatDiffersFromAKnownOneByCaseAloneIsSaid() {
    Cli learn = learn(run, folder.resolve("none"), "--add", "High=nowhere");
    learn.isMistake("no folder nowhere");
    assertThat(learn.err()).contains("warning: classes that differ only by case or white space: 2, the first 'high' and 'High'");
  }

  @Test
  void withoutExemplarsOrTheirCorpusNothingIsLearned() {
    learn(run, folder.resolve("none"), "--add", "top=" + known.resolve("low")).isMistake("no exemplars", "--data");
    assertThat(Files.exists(folder.resolve("none"))).isFalse();
  }

  private static List<Exemplar> exemplars(Path run) {
    return ExemplarFile.read(run.resolve("exemplars.log"), Model.load(run.resolve("model.safetensors")), warning -> {
      throw new AssertionError(warning);
    });
  }

  private static Path recordings(String name, int count) {
    for (int i = 0; i < count; i++) {
      TinyData.tone(folder.resolve(name).resolve(i + ".wav"), 5000 + 11 * i, TinyData.RATE);
    }
    return folder.resolve(name);
  }

  /** However its label is written, a word given twice is a mistake, and so is an empty one. */
  @Test
  void aWordIsGivenOnceAndHasALabel() {
    Path a = recordings("a", 4);
    Path b = recordings("b", 4);
    for (String label : List.of("x", " x", "x ", "x\u00a0", "\tx")) {
      learn(run, folder.resolve("none"), "--data", known, "--add", "x=" + a, "--add", label + "=" + b)
          .isMistake("gives 'x' twice", a.toString(), b.toString());
    }
    learn(run, folder.resolve("none"), "--data", known, "--add", "\u00e9=" + a, "--add", "e\u0301=" + b).isMistake("twice");
    learn(run, folder.resolve("none"), "--data", corpus, "--classes", "middle, middle").isMistake("given twice");
    learn(run, folder.resolve("none"), "--data", corpus, "--add", "middle=" + a, "--classes", "middle").isMistake("given twice");
    learn(run, folder.resolve("none"), "--data", known, "--add", " high =" + a).isMistake("knows already");
    for (String label : List.of("", " ", "\u00a0", "\ufeff", "a\u0000b")) {
      learn(run, folder.resolve("none"), "--data", known, "--add", label + "=" + a).isMistake("label \"");
    }
    learn(run, folder.resolve("none"), "--data", corpus, "--classes", ",middle").isMistake("label \"");
    learn(run, folder.resolve("none"), "--data", known, "--add", a.toString()).isMistake("expected WORD=FOLDER");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void classesMuchLikeOthersAreWarnedOf() {
    Cli learned = learn(run, folder.resolve("like"), "--data", known, "--add", "High=" + recordings("a", 4), "--add",
        "hi gh=" + recordings("b", 4), "--method", "discriminant").succeeds();
    assertThat(learned.err())
        .contains("warning: classes that differ only by case or white space: 3, the first 'high' and 'High' and 'hi gh'");
  }

  /** Without --memory every class keeps one; with too little of it those without are named. */
  @Test
  void everyClassKeepsAnExemplarOrIsNamed() {
    Path few = folder.resolve("few");
    for (int i = 0; i < 6; i++) {
      TinyData.tone(few.resolve("high/clip" + i + ".wav"), 300 + 7 * i, TinyData.RATE);
      TinyData.tone(few.resolve("low/clip" + i + ".wav"), 1200 + 7 * i, TinyData.RATE);
    }
    String add = "top=" + recordings("a", 4);
    Cli usual = learn(run, folder.resolve("usual"), "--data", few, "--add", add, "--epochs", 1).succeeds();
    assertThat(usual.err()).doesNotContain("warning");
    assertThat(exemplars(folder.resolve("usual"))).extracting(Exemplar::label).contains(0, 1, 2);
    Cli none = learn(run, folder.resolve("no-room"), "--data", few, "--add", add, "--epochs", 1, "--memory", 1).succeeds();
    assertThat(none.err()).contains("warning: no exemplar is kept of high, low, top");
    long one = exemplars(folder.resolve("usual")).getFirst().bytes();
    Cli some = learn(run, folder.resolve("one"), "--data", few, "--add", add, "--epochs", 1, "--memory", one).succeeds();
    assertThat(some.err()).containsPattern("warning: no exemplar is kept of (high|low|top), (low|top), ");
    assertThat(exemplars(folder.resolve("one"))).hasSize(1);
  }

  /** Files of exemplars that were cut off, or stand beside a model that is not theirs, are refused by all who read them. */
  @Test
  void exemplarsOfAnotherModelAreRefused() throws IOException {
    Path more = folder.resolve("beside");
    Path a = recordings("a", 4);
    learn(run, more, "--data", known, "--add", "top=" + a, "--epochs", 1, "--method", "discriminant").succeeds();
    byte[] whole = TinyData.bytesOf(more.resolve("exemplars.log"));
    Files.write(more.resolve("exemplars.log"), Arrays.copyOf(whole, whole.length - 200));
    learn(more, folder.resolve("none"), "--add", "next=" + a).isMistake("exemplars.log", "cut off");
    Cli.lull("serve", "--model", more, "--state", folder.resolve("state"), "--port", 0).isMistake("exemplars.log", "cut off");
    assertThat(TinyData.bytesOf(more.resolve("exemplars.log"))).hasSize(whole.length - 200);
    Path foreign = Files.createDirectories(folder.resolve("foreign"));
    Files.copy(run.resolve("model.safetensors"), foreign.resolve("model.safetensors"));
    Files.write(foreign.resolve("exemplars.log"), whole);
    learn(foreign, folder.resolve("none"), "--add", "next=" + a).isMistake("exemplars.log", "another model");
    Cli.lull("serve", "--model", foreign, "--state", folder.resolve("state"), "--port", 0).isMistake("exemplars.log", "another model");
    assertThat(folder.resolve("none")).doesNotExist();
    assertThat(folder.resolve("state")).doesNotExist();
  }

  /** A model of two of three classes of time series learns the third. */
  @Test
  void timeSeriesAreLearned() throws IOException {
    Path two = TinyData.series(folder.resolve("two classes"));
    Path three = folder.resolve("three classes");
    for (String split : List.of("Tiny_TRAIN.ts", "Tiny_TEST.ts")) {
      StringBuilder text = new StringBuilder(Files.readString(two.resolve(split)).replace("up down", "up down flat"));
      for (int i = 0; i < 10; i++) {
        text.append("0.0,0.%d,0.1,0.0,0.1,0.0:0.5,0.1,0.9,0.2,0.7,0.%d:flat\n".formatted(i, i));
      }
      TinyData.text(three.resolve(split), text.toString());
    }
    Path model = folder.resolve("series");
    Cli.train(two, model, "--layers", 1, "--epochs", 5).succeeds();
    Path more = folder.resolve("more series");
    JsonNode result = learn(model, more, "--data", three, "--classes", "flat", "--epochs", 5, "--json").succeeds().json();
    assertThat(result.get("classes").asInt()).isEqualTo(3);
    assertThat(result.get("clips").asInt()).isEqualTo(8);
    assertThat(result.get("new_after").asDouble()).isGreaterThan(0.5);
    assertThat(exemplars(more)).extracting(Exemplar::label).contains(0, 1, 2);
    Cli.lull("eval", "--model", more, "--data", three).succeeds();

    learn(model, folder.resolve("none"), "--add", "flat=" + recordings("a", 4)).isMistake("trained on time series", "--classes");
    learn(model, folder.resolve("none"), "--data", corpus, "--classes", "middle").isMistake("trained on time series", ".ts");
    learn(run, folder.resolve("none"), "--data", three, "--classes", "flat").isMistake("trained on sound");
    Path wide = folder.resolve("wide");
    for (String split : List.of("W_TRAIN.ts", "W_TEST.ts")) {
      String cases = "1,2:1,2:1,2:up\n1,3:1,2:1,2:flat\n".repeat(5);
      TinyData.text(wide.resolve(split), "@problemName W\n@classLabel true up flat\n@data\n" + cases);
    }
    learn(model, folder.resolve("none"), "--data", wide, "--classes", "flat").isMistake("3 channels", "trained on 2");
  }
}

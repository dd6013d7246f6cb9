// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.Model;
import org.lull.cli.Cli;
import org.lull.continual.OnlineLearner;
import org.lull.continual.OnlineSettings;
import picocli.CommandLine;

/** lull demo, with fewer clips than users hear. */
class DemoCommandTest {
  @TempDir
  static Path shared;
  private static Path out;
  private static JsonNode result;

  @TempDir
  Path dir;

  @BeforeAll
  static void runOnce() {
    out = shared.resolve("demo");
    result = demo(1, 2, "--out", out, "--json", "--threads", 2).succeeds().json();
  }

  private static Cli demo(int exemplarSpeakers, int measuredSpeakers, Object... args) {
    StringWriter printed = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = new CommandLine(new DemoCommand(exemplarSpeakers, measuredSpeakers)).setOut(new PrintWriter(printed))
        .setErr(new PrintWriter(err));
    int code = command.execute(List.of(args).stream().map(Object::toString).toArray(String[]::new));
    return new Cli(code, printed.toString(), err.toString());
  }

  private static List<JsonNode> list(JsonNode array) {
    List<JsonNode> list = new ArrayList<>();
    array.forEach(list::add);
    return list;
  }

  // ---- what the demo says comes true

  @Test
  void theThreeCommandsAreRecognised() {
    assertThat(list(result.get("said"))).extracting(each -> each.get("transcription").textValue()).isEqualTo(DemoSpeech.SAID);
    for (JsonNode said : result.get("said")) {
      assertThat(said.get("label")).as(said.toString()).isEqualTo(said.get("expected"));
      assertThat(said.get("score").doubleValue()).isGreaterThan(said.get("next_score").doubleValue());
    }
  }

  @Test
  void mostIsNotComputed() {
    JsonNode activity = result.get("activity");
    assertThat(activity.get("dense_macs").longValue()).isGreaterThan(3 * activity.get("macs").longValue());
    assertThat(list(activity.get("fired"))).extracting(band -> band.get("entries").textValue())
        .containsExactly("layer 1, x", "layer 1, h", "layer 2, x", "layer 2, h");
    assertThat(list(activity.get("fired")).stream().skip(1)).allMatch(band -> band.get("fired").doubleValue() < 0.3);
  }

  @Test
  void theWordIsLearnedAndTheOthersAreStillKnown() {
    JsonNode learned = result.get("learned");
    assertThat(learned.get("learned_from").intValue()).isEqualTo(DemoSpeech.LEARNED);
    assertThat(learned.get("held_out").intValue()).isEqualTo(2);
    assertThat(learned.get("held_out_right").intValue()).isPositive();
    assertThat(DemoSpeech.KNOWN).containsKey(learned.get("taken_for").textValue());
    assertThat(learned.at("/example/label").textValue()).isEqualTo(DemoSpeech.NEW_WORD);
    int known = learned.get("known").intValue();
    assertThat(known).isEqualTo(10 * 4 * 2);
    assertThat(learned.get("known_right_before").intValue()).isGreaterThan(known * 95 / 100);
    assertThat(learned.get("known_right_after").intValue()).isGreaterThan(known * 90 / 100);
  }

  // ---- what it leaves

  @Test
  void whatItKeepsCanBeUsed() {
    assertThat(list(result.get("files"))).hasSize(16).allMatch(file -> Files.isRegularFile(Path.of(file.textValue())));
    assertThat(out.resolve("activity.png")).isNotEmptyFile();
    JsonNode line = Cli.lull("predict", "--model", out.resolve("after"), out.resolve("clips/newspaper.wav"), "--json").succeeds().json();
    assertThat(line.get("label")).isEqualTo(result.at("/learned/example/label"));
    assertThat(line.get("score")).isEqualTo(result.at("/learned/example/score"));
    Cli.lull("predict", "--model", out.resolve("before"), out).succeeds();
    Model before = Model.load(out.resolve("before/model.safetensors"));
    try (OnlineLearner learner = OnlineLearner.open(out.resolve("device"), before, OnlineSettings.defaults(), List.of(), warning -> {
      throw new AssertionError(warning);
    })) {
      assertThat(learner.snapshot().model().labels()).hasSize(11).endsWith(DemoSpeech.NEW_WORD);
      assertThat(learner.snapshot().position()).isEqualTo(DemoSpeech.LEARNED);
    }
    Path more = dir.resolve("more");
    Cli.lull("learn", "--model", out.resolve("after"), "--add", "paper=" + out.resolve("newspaper"), "--run", more, "--epochs", 1)
        .succeeds();
    assertThat(Model.load(more.resolve("model.safetensors")).labels()).hasSize(12);
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    byte[] model = Files.readAllBytes(out.resolve("after/model.safetensors"));
    Cli again = Cli.lull("demo", "--out", out);
    again.isMistake(out + " is not empty", "--out");
    assertThat(out.resolve("after/model.safetensors")).hasBinaryContent(model);
    Path file = Files.writeString(dir.resolve("file"), "precious");
    Cli.lull("demo", "--out", file).isMistake(file.toString(), "--out");
    Cli.lull("demo", "--out", dir.resolve("new"), "--threads", 0).isMistake("threads: 0");
    Cli.lull("demo", "--seed", "one").isMistake("--seed", "'one'");
    Cli.lull("demo", "--out", dir.resolve("new"), "--seed", 1).isMistake("seed: 1", "trained on");
    assertThat(dir.resolve("new")).doesNotExist();
  }

  // ---- how it looks

  @Test
  void theTextFitsAScreenAndItsCommandsExist() throws IOException {
    Path other = dir.resolve("o");
    String text = demo(1, 1, "--out", other, "--threads", 1).succeeds().out();
    List<String> lines = text.replace(other.toString(), "lull-demo").lines().toList();
    assertThat(lines).allMatch(line -> line.length() <= 80).allMatch(line -> line.chars().allMatch(c -> c >= ' ' && c <= '~'));
    assertThat(text).contains("1. Three commands", "2. What was not computed", "layer 2, h", "% fired", "multiply-adds: ", "times fewer",
        "3. A new word", "Next:");
    List<String> commands = lines.stream().map(String::strip).filter(line -> line.startsWith("lull ")).toList();
    assertThat(commands).extracting(command -> command.split(" ")[1]).containsExactly("predict", "train", "learn", "serve");
    assertThat(commands).allSatisfy(command -> assertThatCode(() -> {
      String[] words = command.split(" ");
      new CommandLine(commandOf(words[1])).parseArgs(Arrays.copyOfRange(words, 2, words.length));
    }).doesNotThrowAnyException());
    // the same clips are learned from: the same bytes, at another number of threads and of clips to measure on
    assertThat(other.resolve("after/model.safetensors")).hasSameBinaryContentAs(out.resolve("after/model.safetensors"));
  }

  private static Object commandOf(String name) {
    return switch (name) {
      case "predict" -> new PredictCommand();
      case "train" -> new TrainCommand();
      case "learn" -> new LearnCommand();
      case "serve" -> new ServeCommand();
      default -> throw new AssertionError(name);
    };
  }

  // ---- the model in the jar

  @Test
  void theModelIsOfTheCurrentFormatAndSmall() throws IOException {
    Path file = Files.write(dir.resolve("model.safetensors"), Demo.modelBytes());
    assertThat(Files.size(file)).isLessThan(250_000);
    Model model = Model.load(file);
    assertThat(model.labels()).containsExactlyElementsOf(DemoSpeech.KNOWN.keySet());
    Path again = dir.resolve("again.safetensors");
    model.save(again);
    assertThat(again).hasSameBinaryContentAs(file);
  }

  /** The classes of the demo are those that the script made the model from. */
  @Test
  void theScriptAndTheDemoAgree() throws IOException {
    String script = Files.readString(Path.of("src/main/demo/make-demo-model.sh"));
    DemoSpeech.KNOWN
        .forEach((name, intent) -> assertThat(script).contains("name[\"" + intent.replace('|', ',') + "\"] = \"" + name + "\""));
  }
}

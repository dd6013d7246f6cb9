// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lull.cli.TinyData.bytesOf;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.lull.cli.options.RunOptions;
import org.lull.experiments.preset.KnownCorpus;
import org.lull.experiments.preset.Preset.Found;
import org.lull.experiments.preset.Preset.Recorded;
import org.lull.experiments.preset.Preset;
import org.lull.experiments.preset.Presets;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.sweep.Axis;
import org.lull.experiments.sweep.SweepPlan;
import picocli.CommandLine;

class ReproduceCommandTest {
  private static final RunConfig SMALL = RunConfig.of(Map.of("layers", "1", "hidden", "8", "pretrain-epochs", "1", "epochs", "2"));
  private static final Preset SERIES = new Preset("series", "Up and down.", KnownCorpus.VOWELS, null, SMALL,
      List.of(Axis.of("target-reduction", "1.5", "3")),
      List.of(new Recorded("delta", Map.of("target-reduction", "3"), 0.75, 0.25, 3.5, "paper"),
          new Recorded("dense", Map.of(), 0.875, null, null, "reference")));
  private static final Preset TONES = new Preset("tones", "High and low.", KnownCorpus.SPEECH_COMMANDS, KnownCorpus.ARABIC, SMALL,
      List.of(Axis.of("cell", "lstm", "gru")), List.of());
  private static final Preset DIVERGING = new Preset("diverging", "Too fast.", KnownCorpus.VOWELS, null,
      RunConfig.of(Map.of("layers", "1", "hidden", "8", "epochs", "50", "optimizer", "sgd", "clip", "1e30", "warmup", "0", "weight-decay",
          "900")),
      List.of(Axis.of("lr", "999", "1e-6")), List.of());
  private static final List<Preset> PRESETS = List.of(SERIES, TONES, DIVERGING);
  private static final List<Preset> ALL = Presets.ALL;

  @TempDir
  static Path shared;
  private static Path data;

  @TempDir
  Path dir;

  @BeforeAll
  static void makeData() {
    data = shared.resolve("data");
    TinyData.series(data.resolve("japanese_vowels"));
    TinyData.tones(data.resolve("asc35"));
  }

  private Path out() {
    return dir.resolve("out");
  }

  private Cli reproduce(String options) {
    return reproduce(PRESETS, out(), data, options);
  }

  private static Cli reproduce(List<Preset> presets, Path out, Path data, String options) {
    List<Object> arguments = new ArrayList<>(Arrays.asList(options.split(" ")));
    arguments.addAll(List.of("--data", data, "--out", out, "--no-cache", "--timing", 0));
    return Cli.reproduce(presets, arguments.toArray());
  }

  private static JsonNode network(JsonNode preset, int i) {
    return preset.get("networks").get(i);
  }

  // ---- what is trained and shown

  @Test
  void everyNetworkIsShownBesideItsControlAndWhatIsRecorded() throws IOException {
    Cli cli = reproduce("series --seeds 2 --jobs 2 --json").succeeds();

    assertThat(Files.readString(out().resolve("results.json"))).isEqualTo(cli.out());
    JsonNode preset = cli.json().get("presets").get(0);
    assertThat(preset.get("name").textValue()).isEqualTo("series");
    assertThat(preset.get("comparable").booleanValue()).isTrue();
    assertThat(preset.get("networks")).hasSize(3);
    JsonNode dense = network(preset, 0);
    assertThat(dense.at("/found/network").textValue()).isEqualTo("dense");
    assertThat(dense.at("/found/runs").intValue()).isEqualTo(2);
    assertThat(dense.at("/step_micros").doubleValue()).isPositive();
    assertThat(dense.at("/speedup").isNull()).isTrue();
    assertThat(dense.at("/recorded/accuracy").doubleValue()).isEqualTo(0.875);
    assertThat(network(preset, 1).get("recorded").isNull()).isTrue();
    JsonNode delta = network(preset, 2);
    assertThat(delta.at("/found/options/target-reduction").textValue()).isEqualTo("3");
    assertThat(delta.at("/found/difference/error").isNumber()).isTrue();
    assertThat(delta.at("/found/targets_met").isIntegralNumber()).isTrue();
    assertThat(delta.at("/found/whole_reduction/mean").doubleValue()).isGreaterThan(1)
        .isLessThan(delta.at("/found/reduction/mean").doubleValue());
    assertThat(delta.get("speedup").doubleValue())
        .isEqualTo(dense.get("step_micros").doubleValue() / delta.get("step_micros").doubleValue());
    assertThat(preset.at("/timing/batch").intValue()).isEqualTo(32);
  }

  @Test
  void theTextHasARowForEachNetwork() throws IOException {
    String text = reproduce("series --seeds 2 --jobs 2").succeeds().out();

    assertThat(text).isEqualTo(Files.readString(out().resolve("results.md")));
    List<String> rows = text.lines().filter(line -> line.startsWith("| d")).toList();
    assertThat(rows).hasSize(3).allMatch(row -> row.chars().filter(c -> c == '|').count() == 14);
    assertThat(rows.get(0)).startsWith("| dense | 2 | ").endsWith("| 87.5 % (reference) |");
    assertThat(rows.get(1)).startsWith("| delta, target-reduction 1.5 | 2 | ").contains(" ms | ").endsWith("| - |");
    assertThat(rows.get(2)).contains(" of 2 | ").endsWith("| 75.0 +- 25.0 %, 3.5x (paper) |");
    assertThat(text).contains("\n## series\n\nUp and down.\n").doesNotContain("not comparable");
  }

  @Test
  void theCommandShownTrainsTheSameNetworks() throws IOException {
    String text = reproduce("series --seeds 2 --jobs 2").succeeds().out();
    String command = text.lines().filter(line -> line.startsWith("    ./lull ")).findFirst().orElseThrow();
    List<String> arguments = new ArrayList<>(List.of(command.strip().split(" ")));
    arguments.removeFirst();

    Cli.lull(arguments.toArray()).succeeds(); // goes on with what is there
    arguments.set(arguments.indexOf("--out") + 1, dir.resolve("sweep").toString());
    Cli.lull(arguments.toArray()).succeeds();
    for (String point : List.of("dense,seed=1", "target-reduction=3,seed=2")) {
      assertThat(bytesOf(out().resolve("series/points", point, "model.safetensors")))
          .isEqualTo(bytesOf(dir.resolve("sweep/points").resolve(point).resolve("model.safetensors")));
    }
    assertThat(bytesOf(out().resolve("series/sweep.json"))).isEqualTo(bytesOf(dir.resolve("sweep/sweep.json")));
  }

  @Test
  void aCommandCanBeGivenToAShell() {
    String command = SERIES.command(new Found(KnownCorpus.VOWELS, Path.of("my data", "it's")), 1, Path.of("out"));
    assertThat(command).startsWith("./lull sweep --data 'my data/it'\\''s' --epochs 2 ").endsWith(" --out out");
  }

  @Test
  void aStandInIsNamed() {
    Cli cli = reproduce("tones --seeds 1 --jobs 2").succeeds();
    assertThat(cli.err()).contains("tones: Google Speech Commands v0.02, 35 words is not there; trained on Arabic Speech Commands");
    assertThat(cli.out()).contains("It is for Google Speech Commands v0.02, 35 words, which was not found", "not comparable");
  }

  @Test
  void aPresetIsKeptBesideThoseBeforeIt() throws IOException {
    reproduce("tones --seeds 1 --jobs 2").succeeds();
    String text = reproduce("series --seeds 1 --jobs 2").succeeds().out();
    assertThat(text.lines().filter(line -> line.startsWith("## "))).containsExactly("## series", "## tones");
    assertThat(Files.readString(out().resolve("results.md"))).isEqualTo(text);

    TinyData.text(out().resolve("tones/points/dense,cell=gru,seed=1/result.json"), "{");
    Cli alone = reproduce("series --seeds 1 --jobs 2").succeeds();
    assertThat(alone.err()).contains("warning: tones, trained before, is left out of the results: ", "result.json");
    assertThat(alone.out().lines().filter(line -> line.startsWith("## "))).containsExactly("## series");
  }

  @Test
  void aNetworkThatDivergesIsMissing() {
    Cli cli = reproduce("diverging --seeds 1 --jobs 2");
    assertThat(cli.code()).isEqualTo(1);
    assertThat(cli.err()).contains("warning: diverging: lr=999,seed=1: training stopped: epoch ").doesNotContain("\tat ");
    assertThat(cli.out()).contains("| dense, lr 999 | 0 | - | - | - / - | - | - | - | - | - | - | - |", "| delta, lr 1e-6 | 1 | ",
        "Missing: lr=999,seed=1: training stopped: ");
    assertThat(reproduce("series --seeds 1").out()).as("of before, too").contains("Missing: lr=999,seed=1: training stopped: ");
  }

  // ---- going on

  @Test
  void whatIsCompleteIsNotTrainedOrTimedAgain() throws IOException {
    Cli first = reproduce("series tones --seeds 1 --jobs 2").succeeds();
    Map<Path, byte[]> before = contents();
    Cli second = reproduce("all --seeds 1 --jobs 2");
    assertThat(second.out().lines()).containsAll(first.out().lines().toList()); // with diverging's besides
    before.forEach((file, bytes) -> assertThat(bytesOf(file)).as(file.toString()).isEqualTo(bytes));
  }

  private Map<Path, byte[]> contents() throws IOException {
    Map<Path, byte[]> contents = new HashMap<>();
    try (Stream<Path> files = Files.walk(out())) {
      files.filter(file -> Files.isRegularFile(file) && !file.getParent().equals(out())).forEach(file -> contents.put(file, bytesOf(file)));
    }
    return contents;
  }

  @Test
  void whatIsLeftIsTrained() throws IOException {
    reproduce("series --seeds 2 --jobs 2").succeeds();
    Path point = out().resolve("series/points/target-reduction=3,seed=2");
    byte[] model = bytesOf(point.resolve("model.safetensors"));
    Files.delete(point.resolve("result.json"));
    Files.delete(point.resolve("model.safetensors"));
    Files.delete(out().resolve("series/preset.json"));
    Files.delete(out().resolve("results.json"));

    JsonNode preset = reproduce("series --seeds 2 --jobs 2 --json").succeeds().json().get("presets").get(0);
    assertThat(network(preset, 2).at("/found/runs").intValue()).isEqualTo(2);
    assertThat(network(preset, 2).get("step_micros").doubleValue()).isPositive();
    assertThat(bytesOf(point.resolve("model.safetensors"))).isEqualTo(model);
  }

  // ---- refusals

  @Test
  void withoutDataNothingIsTrained() throws IOException {
    Path empty = Files.createDirectory(dir.resolve("empty"));
    reproduce(PRESETS, out(), empty, "tones").isMistake("preset tones: no folder speech_commands or asc35 in " + empty,
        "https://storage.googleapis.com/", "<word>/<speaker>_nohash_<n>.wav", "--data", "LULL_DATA");
    reproduce(PRESETS, out(), empty, "series").isMistake("JapaneseVowels_TRAIN.ts");
    Cli all = reproduce(PRESETS, out(), empty, "all");
    assertThat(all.code()).isEqualTo(2);
    assertThat(all.err()).contains("left out: preset series: no folder", "left out: preset tones: no folder", "lull: preset series: ");
    assertThat(out()).doesNotExist();
  }

  @Test
  void allLeavesOutWhatHasNoData() throws IOException {
    Path half = dir.resolve("half");
    TinyData.tones(half.resolve("speech_commands"));
    Cli all = reproduce(PRESETS, out(), half, "all --seeds 1 --jobs 2").succeeds();
    assertThat(all.err()).contains("left out: preset series: no folder japanese_vowels in " + half);
    assertThat(all.out()).contains("## tones").doesNotContain("## series", "not comparable");
  }

  @Test
  void aTimeThatCannotBeIsRefused() {
    Cli.reproduce(PRESETS, "series", "--data", data, "--out", out(), "--timing", -1).isMistake("timing: -1.0 seconds, expected 0 to 3600");
    assertThat(out()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "list --seeds 0       | seeds: 0",
      "serie                | preset \"serie\" is unknown; choose from series, tones, diverging, or all",
      "series --seeds 0     | seeds: 0, expected 1 to 1000",
      "series --jobs 0      | jobs: 0",
      "series --threads 0   | threads: 0"})
  void mistakesAreRefusedBeforeAnythingIsRead(String options, String message) {
    reproduce(options).isMistake(message);
    assertThat(out()).doesNotExist();
  }

  @Test
  void otherSeedsAreRefused() {
    reproduce("series --seeds 1 --jobs 2").succeeds();
    reproduce("series --seeds 2 --jobs 2").isMistake("holds another sweep: seed is [1, 2], there [1]", "--out");
  }

  @Test
  void aPlaceThatIsTakenAndAFolderThatIsNotThereAreRefused() throws IOException {
    TinyData.text(out().resolve("mine.txt"), "precious");
    reproduce("series").isMistake(out().toString(), "is not empty and holds no reproduction", "--out");
    reproduce(PRESETS, dir.resolve("other"), dir.resolve("none"), "series").isMistake("no such folder: " + dir.resolve("none"));
    assertThat(out().toFile().list()).containsExactly("mine.txt");
  }

  // ---- the list and the table

  @Test
  void theListSaysWhatThereIs() {
    String text = Cli.reproduce(PRESETS, "list", "--data", data).succeeds().out();
    assertThat(text).isEqualTo(Cli.reproduce(PRESETS, "--data", data).succeeds().out());
    assertThat(text.lines()).startsWith("series", "  Up and down.", "  data: Japanese Vowels, 9 speakers, folder japanese_vowels");
    assertThat(text).containsPattern("(?m)^  work: 15 networks, 35 epochs x 216 examples, (about|less than) .* on this machine$");
    assertThat(text).contains("folder speech_commands, not found; instead: Arabic Speech Commands (a subset), 35 words");
    JsonNode tones = Cli.reproduce(PRESETS, "list", "--data", dir, "--seeds", 1, "--json").succeeds().json().get("presets").get(1);
    assertThat(tones.get("found").isNull()).isTrue();
    assertThat(tones.get("epochs").longValue()).as("two cells, a dense and a delta network each").isEqualTo(2 * (1 + 2 + 2));
    assertThat(tones.get("examples").intValue()).isEqualTo(84_843);
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void everyPresetIsASweepThatItsCommandBegins(Preset preset) {
    SweepPlan plan = preset.plan(Preset.SEEDS, 1);
    assertThat(plan.points().keySet()).filteredOn(point -> !point.dense()).isNotEmpty();
    assertThat(preset.name()).matches("[a-z0-9-]+");
    assertThat(ALL).extracting(Preset::name).containsOnlyOnce(preset.name());
    String command = preset.command(new Found(preset.wants(), Path.of("data")), Preset.SEEDS, Path.of("out"));
    assertThat(command).startsWith("./lull sweep --data data ").endsWith(" --over seed=1,2,3,4,5 --out out");
    String[] arguments = command.substring("./lull ".length()).split(" ");
    Lull.commandLine().parseArgs(arguments);
    CommandLine options = new CommandLine(new RunOptions()).setUnmatchedArgumentsAllowed(true);
    options.parseArgs(arguments);
    assertThat(options.<RunOptions>getCommand().config()).isEqualTo(preset.base());
    assertThat(preset.recorded()).allSatisfy(recorded -> assertThat(plan.points().keySet())
        .anyMatch(point -> point.network().equals(recorded.network())
            && point.options().entrySet().containsAll(recorded.options().entrySet())));
  }
}

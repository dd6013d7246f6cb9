// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.Cli.train;
import static org.lull.cli.TinyData.bytesOf;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.Model;
import org.lull.experiments.run.NetworkConfig;
import org.lull.experiments.run.RunConfig;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.rnn.Cell;
import org.lull.train.Optimiser;
import picocli.CommandLine;

class TrainCommandTest {
  @TempDir
  static Path shared;
  private static Path tones;
  private static Path series;

  @TempDir
  Path dir;

  @BeforeAll
  static void makeData() {
    tones = TinyData.tones(shared.resolve("tones"));
    series = TinyData.series(shared.resolve("series"));
  }

  private Path run() {
    return dir.resolve("run");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(run())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void comparesADenseAndADeltaNetwork() throws IOException {
    Cli run = train(tones, run(), "--epochs", "2", "--threshold", "0.2", "--details").succeeds();

    String figures = run.out();
    assertThat(figures).contains("dense LSTM", "delta LSTM", "test accuracy", "validation accuracy", "sparsity of delta-x, layer 2",
        "sparsity of delta-h, test examples", "times faster, a training step");
    assertThat(figures.lines())
        .allMatch(line -> line.contains(run().toString()) || line.startsWith("advice    ") || line.length() <= 80);
    String table = figures.substring(0, figures.indexOf("accuracy  delta"));
    assertThat(lull("info", run(), "--details").succeeds().out()).startsWith("model").contains("thresholds, layer 1").endsWith(table.strip()
        + System.lineSeparator());
    assertThat(run.err()).contains("data: a folder of WAV files per class, 3 classes", "24 training, 3 validation and 3 test",
        "finished after ");
    assertThat(files()).containsExactly("checkpoints", "config.toml", "curves.png", "dense.safetensors", "metrics.jsonl",
        "model.safetensors",
        "report.html",
        "result.json", "run.json");
    Model delta = Model.load(run().resolve("model.safetensors"));
    Model dense = Model.load(run().resolve("dense.safetensors"));
    assertThat(delta.mode()).isEqualTo(Mode.DELTA);
    assertThat(dense.mode()).isEqualTo(Mode.DENSE);
    assertThat(delta.labels()).isEqualTo(TinyData.TONES);
    assertThat(delta.network().thresholds(1).h()[0]).isEqualTo(0.2f);
    assertThat(dense.network().thresholds(1).h()[0]).isZero();
    assertThat(delta.provenance().options()).containsEntry("hidden", "8").containsEntry("seed", "1")
        .doesNotContainKeys("run", "threads", "cache", "json", "timing");
  }

  @Test
  void jsonIsTheResultAndNothingElse() throws IOException {
    Cli run = train(tones, run(), "--json").succeeds();

    JsonNode result = run.json();
    assertThat(Cli.parse(Files.readString(run().resolve("result.json")))).isEqualTo(result);
    assertThat(names(result)).containsExactly("data", "train_examples", "validation_examples", "test_examples", "basis", "dense",
        "delta", "batch", "threads", "kernels", "speedup");
    assertThat(result.get("speedup").doubleValue()).isPositive();
    for (String name : List.of("dense", "delta")) {
      JsonNode model = result.get(name);
      assertThat(names(model)).containsExactly("test_accuracy", "validation_accuracy", "parameters", "epochs", "best_epoch", "sparsity",
          "test_sparsity", "training_macs", "dense_training_macs", "reduction", "whole_reduction", "paper_reduction", "paper_training_macs",
          "paper_dense_training_macs", "pretraining_macs", "other_macs", "full_reduction", "target", "operations", "confusion", "memory",
          "step_micros");
      assertThat(names(model.get("sparsity"))).containsExactly("x", "h", "all", "layers");
      assertThat(model.get("parameters").longValue()).isEqualTo(new NetworkSpec(Cell.named("lstm"), 16, 2, 8, 3, Head.MEAN).parameters());
      assertThat(model.get("step_micros").doubleValue()).isPositive();
      assertThat(model.get("memory").properties())
          .allSatisfy(bytes -> assertThat(bytes.getValue().longValue() > 0).as(bytes.getKey() + " of " + name)
              .isNotEqualTo(bytes.getKey().equals("active_entries") && name.equals("dense")));
      assertThat(model.get("reduction").doubleValue())
          .isEqualTo(model.get("dense_training_macs").doubleValue() / model.get("training_macs").doubleValue());
      assertThat(model.get("paper_reduction").doubleValue())
          .isEqualTo(model.get("paper_dense_training_macs").doubleValue() / model.get("paper_training_macs").doubleValue());
    }
    assertThat(result.at("/dense/training_macs")).isEqualTo(result.at("/dense/dense_training_macs"));
    assertThat(result.at("/delta/dense_training_macs")).isEqualTo(result.at("/dense/dense_training_macs"));
    assertThat(result.at("/delta/sparsity/all").doubleValue()).isBetween(0.1, 1.0);
    assertThat(result.at("/dense/sparsity/all").doubleValue()).isZero();
  }

  @Test
  void plainTrainingEndsInFiveLines() {
    Cli run = train(series, run()).succeeds();
    assertThat(run.out().lines().filter(line -> !line.startsWith("advice    "))).satisfiesExactly(accuracy -> assertThat(accuracy)
        .matches("accuracy  delta \\d+\\.\\d ± \\d+\\.\\d %, dense \\d+\\.\\d ± \\d+\\.\\d % \\(95 % error, \\d+ test examples\\)"),
        cost -> assertThat(cost).matches("cost      .* times fewer multiply-adds in training \\(as the paper counts: \\d+\\.\\d\\)"),
        speed -> assertThat(speed)
            .matches("speed     a training step (is .* times (faster|slower)|takes about as long): delta .* ms, dense .* ms"),
        saved -> assertThat(saved).startsWith("saved     " + run() + ": model.safetensors"),
        next -> assertThat(next)
            .isEqualTo("next      lull info " + run() + " --details; lull eval --model " + run() + " --data " + series));
    for (String command : run.out().substring(run.out().indexOf("next")).substring(10).strip().split("; ")) {
      lull((Object[]) command.substring("lull ".length()).split(" ")).succeeds();
    }
  }

  @Test
  void quickTrainingSaysThatItIs() {
    Cli run = train(series, run(), "--quick").succeeds();
    assertThat(run.err()).contains("quick: 1 epochs instead of 40");
    assertThat(run.out().lines().filter(line -> !line.startsWith("advice    "))).hasSize(6)
        .anyMatch(line -> line.startsWith("quick     1 epochs"));
    Cli shorter =
        lull("train", "--data", series, "--run", dir.resolve("quick"), "--quick", "--hidden", 4, "--timing", 0, "--no-cache", "--json")
            .succeeds();
    assertThat(shorter.json().at("/delta/epochs").intValue()).isEqualTo(10);
  }

  @Test
  void detailsAreOfATraining() throws IOException {
    train(series, run(), "--dense").succeeds();
    lull("info", run().resolve("model.safetensors"), "--details").isMistake("--details", "lull train");
    Files.writeString(run().resolve("result.json"), "{\"examples\": 3}");
    lull("info", run(), "--details").isMistake("is not that of a training");
    lull("train", "--json", "--details").isMistake("--json and --details exclude each other");
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(property -> property.getKey()).toList();
  }

  @Test
  void metricsHaveALineForEachEpoch() throws IOException {
    JsonNode result = train(tones, run(), "--epochs", "2", "--pretrain-epochs", "1", "--json").succeeds().json();

    List<JsonNode> lines = Files.readAllLines(run().resolve("metrics.jsonl")).stream().map(Cli::parse).toList();
    assertThat(lines.stream().map(line -> line.get("phase").textValue() + " " + line.get("epoch")))
        .containsExactly("pretrain 1", "dense 2", "dense 3", "delta 2", "delta 3");
    assertThat(names(lines.getFirst())).containsExactly("phase", "epoch", "learning_rate", "train_loss", "train_accuracy",
        "validation_loss", "validation_accuracy", "gradient_norm", "sparsity_x", "sparsity_h", "macs", "dense_macs", "layers");
    long macs = lines.stream().filter(line -> line.get("phase").textValue().equals("delta")).mapToLong(line -> line.get("macs").longValue())
        .sum();
    assertThat(result.at("/delta/training_macs").longValue()).isEqualTo(macs);
    assertThat(result.at("/delta/pretraining_macs").longValue()).isEqualTo(lines.getFirst().get("macs").longValue());
  }

  @Test
  void theDenseControlIsTheSameWithoutTheDeltaNetwork() {
    train(tones, run(), "--pretrain-epochs", "1").succeeds();
    Path denseAlone = dir.resolve("dense");
    train(tones, denseAlone, "--pretrain-epochs", "1", "--dense").succeeds();
    assertThat(Model.load(run().resolve("dense.safetensors")).network().parameters())
        .isEqualTo(Model.load(denseAlone.resolve("model.safetensors")).network().parameters());
  }

  @Test
  void aTargetMovesTheThresholdsAndSaysWhetherItIsMet() {
    Cli met = train(tones, run(), "--delta", "--epochs", "20", "--target-reduction", "6", "--json").succeeds();
    JsonNode target = met.json().at("/delta/target");
    assertThat(names(target)).containsExactly("kind", "value", "reached", "met");
    assertThat(target.get("kind").textValue()).isEqualTo("reduction");
    assertThat(target.get("reached").doubleValue()).isEqualTo(met.json().at("/delta/reduction").doubleValue()).isBetween(5.7, 6.3);
    assertThat(target.get("met").booleanValue()).isTrue();
    assertThat(met.err()).doesNotContain("warning");
    Network network = Model.load(run().resolve("model.safetensors")).network();
    assertThat(network.thresholds(0).x()[0]).isNotEqualTo(0.15f).isEqualTo(network.thresholds(1).h()[0]);

    Cli missed = train(tones, dir.resolve("second"), "--delta", "--threshold-x", "0", "--target-sparsity", "0.9").succeeds();
    assertThat(missed.err()).containsPattern("warning: a sparsity of 0.9 was the target, 0.* was reached");
  }

  /** Tables have a dash where h cannot fire; JSON has null. */
  @Test
  void aCellWithoutAProductWithHHasNoSparsityOfH() throws IOException {
    Cli run = train(tones, run(), "--cell", "mingru", "--threshold-x", "0.2", "--threshold-h", "0", "--epochs", "1",
        "--details").succeeds();
    assertThat(run.out()).contains("dense minGRU", "delta minGRU").containsPattern("sparsity of delta-h, layer 1 +- +-\\s")
        .containsPattern("sparsity of delta-h, test examples +- +-\\s").containsPattern("sparsity of delta-x, layer 1 .*%.*%");
    JsonNode sparsity = Cli.parse(Files.readString(run().resolve("result.json"))).get("delta").get("sparsity");
    assertThat(sparsity.get("h").isNull()).isTrue();
    assertThat(sparsity.get("layers").get(0).get("h").isNull()).isTrue();
    assertThat(sparsity.get("x").asDouble()).isPositive();
    Cli eval = lull("eval", "--model", run(), "--data", tones).succeeds();
    assertThat(eval.out()).containsPattern("sparsity of delta-h +-\\s");
    assertThat(lull("info", run()).succeeds().out()).contains("delta minGRU, ");
  }

  @Test
  void trainsOneNetworkAlone() throws IOException {
    JsonNode result = train(series, run(), "--dense", "--json").succeeds().json();
    assertThat(result.get("delta").isNull()).isTrue();
    assertThat(result.get("speedup").isNull()).isTrue();
    assertThat(files()).containsExactly("checkpoints", "config.toml", "curves.png", "metrics.jsonl", "model.safetensors", "report.html",
        "result.json", "run.json");
    assertThat(Model.load(run().resolve("model.safetensors")).mode()).isEqualTo(Mode.DENSE);

    Path second = dir.resolve("second");
    Cli delta = train(series, second, "--delta", "--pretrain-epochs", "1", "--details").succeeds();
    assertThat(delta.out()).contains("delta LSTM", "times fewer, dense pretraining included").doesNotContain("dense LSTM", "times faster");
    assertThat(second.resolve("dense.safetensors")).doesNotExist();
    assertThat(Model.load(second.resolve("model.safetensors")).mode()).isEqualTo(Mode.DELTA);
  }

  @ParameterizedTest
  @CsvSource({"lstm, mean", "gru, last", "rnn, frames", "lstm, frames"})
  void everyCellAndHeadTrains(String cell, String head) {
    JsonNode result = train(series, run(), "--cell", cell, "--head", head, "--layers", "1", "--json").succeeds().json();
    Model model = Model.load(run().resolve("model.safetensors"));
    assertThat(model.network().spec()).extracting(spec -> spec.cell().name(), NetworkSpec::head, NetworkSpec::inputs, NetworkSpec::layers)
        .containsExactly(cell, Head.named(head), 2, 1);
    assertThat(result.at("/delta/parameters").longValue()).isEqualTo(model.network().spec().parameters());
    assertThat(model.frontEnd()).isEmpty();
  }

  @Test
  void learnsWhatCanBeLearned() {
    JsonNode result = train(series, run(), "--epochs", "30", "--batch", "8", "--lr", "0.02", "--json").succeeds().json();
    assertThat(result.at("/dense/test_accuracy").doubleValue()).isGreaterThan(0.9);
    assertThat(result.at("/delta/test_accuracy").doubleValue()).isGreaterThan(0.9);
  }

  @Test
  void thresholdsCanBeGivenForEachLayer() {
    train(series, run(), "--delta", "--threshold-x", "0.1,0.3", "--threshold-h", "0.5").succeeds();
    Model model = Model.load(run().resolve("model.safetensors"));
    assertThat(model.network().thresholds(0).x()[0]).isEqualTo(0.1f);
    assertThat(model.network().thresholds(1).x()[0]).isEqualTo(0.3f);
    assertThat(model.network().thresholds(0).h()[0]).isEqualTo(0.5f);
    assertThat(model.network().thresholds(1).h()[0]).isEqualTo(0.5f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--schedule plateau", "--schedule constant --warmup 0", "--optimizer sgd --weight-decay 0", "--features mel40",
      "--features reference16", "--patience 1 --no-augment", "--clip Infinity"})
  void otherChoicesTrain(String options) {
    train(tones, run(), (Object[]) options.split(" ")).succeeds();
  }

  @Test
  void aNetworkThatNeverFiresHasNoReduction() throws IOException {
    Cli run = train(series, run(), "--threshold", "1e30", "--details").succeeds();
    assertThat(run.out()).doesNotContain("Infinity", "NaN");
    JsonNode result = Cli.parse(Files.readString(run().resolve("result.json")));
    assertThat(result.at("/delta/reduction").isNull()).isTrue();
    assertThat(result.at("/delta/sparsity/all").doubleValue()).isOne();
  }

  @Test
  void sameSeedSameBytesAtAnyNumberOfThreads() {
    Path other = dir.resolve("other");
    Path third = dir.resolve("third");
    train(tones, run(), "--batch", "16").succeeds();
    train(tones, other, "--batch", "16", "--threads", "2", "--no-cache").succeeds();
    train(tones, third, "--batch", "16", "--seed", "2").succeeds();
    for (String file : List.of("model.safetensors", "dense.safetensors", "metrics.jsonl")) {
      assertThat(bytesOf(other.resolve(file))).as(file).isEqualTo(bytesOf(run().resolve(file)));
      assertThat(bytesOf(third.resolve(file))).as(file).isNotEqualTo(bytesOf(run().resolve(file)));
    }
  }

  @Test
  void anEmptyCacheIsNone() throws IOException {
    train(tones, run(), "--dense", "--cache", "").succeeds();
    assertThat(dir).isDirectoryNotContaining("glob:**.features");
  }

  @Test
  void withoutValidationExamplesThereIsNoValidationAccuracy() throws IOException {
    Path commands = TinyData.speechCommands(dir.resolve("commands"));
    Files.writeString(commands.resolve("validation_list.txt"), Files.readString(commands.resolve("testing_list.txt"))); // test goes first
    Cli run = train(commands, run(), "--dense", "--details").succeeds();
    assertThat(run.out()).contains("test accuracy").doesNotContain("validation accuracy");
    assertThat(Cli.parse(Files.readString(run().resolve("result.json"))).at("/dense/validation_accuracy").isNull()).isTrue();
  }

  @Test
  void anEmptyRunDirectoryMayExist() throws IOException {
    Files.createDirectory(run());
    train(series, run()).succeeds();
    assertThat(run().resolve("result.json")).exists();
  }

  @Test
  void theDefaultNetworkHas56287Parameters() {
    RunConfig config = RunConfig.defaults();
    NetworkConfig network = config.network();
    assertThat(new NetworkSpec(network.cell(), config.frontEnd().filters(), network.layers(), network.hidden(), 31, network.head())
        .parameters()).isEqualTo(56_287);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "train", "sweep", "eval", "info", "synthesise"})
  void helpSaysEverythingOnce(String command) {
    Cli help = (command.isEmpty() ? lull("--help") : lull(command, "--help")).succeeds();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).contains("Example").doesNotContain("${", "Default:");
    help.out().lines().forEach(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
    for (String option : List.of("--json", "--help", "--data")) {
      assertThat(help.out().lines().filter(line -> line.matches("\\s+(-., )?" + option + "\\b.*"))).hasSizeLessThanOrEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "train", "sweep", "reproduce", "learn", "incremental", "eval", "info", "synthesise", "bench", "serve",
      "simulate", "cache", "version", "completion"})
  void examplesOfHelpFitIntoALineEach(String command) {
    Cli help = (command.isEmpty() ? lull("--help") : lull(command, "--help")).succeeds();
    assertThat(help.out().lines().dropWhile(line -> !line.startsWith("Example")).skip(1)).allMatch(line -> line.startsWith("  "));
  }

  /** A list to choose from, on one screen; the whole descriptions stand in the help of the commands. */
  @Test
  void helpListsTheCommandsInASentenceEach() {
    List<String> help = lull("help").succeeds().out().lines().toList();
    assertThat(help).hasSizeLessThan(50).contains("Commands (lull help COMMAND says more):",
        "  demo         Shows in less than a minute what Lull does", "  predict      Recognises recordings, or time series");
    CommandLine all = Lull.commandLine();
    assertThat(help.stream().filter(line -> line.matches("  \\w+ {2,}\\S.*")).map(line -> line.strip().split(" ")[0]))
        .containsExactlyElementsOf(all.getSubcommands().keySet());
  }

  @Test
  void helpNamesTheOptimisers() {
    assertThat(lull("train", "--help").succeeds().out()).contains("One of " + String.join(", ", Optimiser.names()) + " (default: adamw)");
  }

  @Test
  void helpOfTrainingIsGrouped() {
    assertThat(lull("train", "--help").out()).containsSubsequence("Options to begin with:", "--data", "--run", "--epochs", "--cell",
        "--target-reduction", "More options:", "--json", "Data:", "--cache", "Network:", "--layers", "Training:", "--batch", "Examples:");
  }

  /** However narrow the terminal is: a command that is cut into lines could not be copied. */
  @Test
  void examplesOfHelpAreNeverWrapped() {
    CommandLine narrow = Lull.commandLine().setUsageHelpAutoWidth(false).setUsageHelpWidth(55);
    narrow.getSubcommands().forEach((name, command) -> {
      String help = command.getUsageMessage();
      for (String line : command.getCommandSpec().usageMessage().footer()) {
        assertThat(help.lines()).as(name).contains(String.format(line));
      }
    });
    assertThat(narrow.getUsageMessage().lines()).contains("  lull train --data speech_commands --run runs/words");
  }

  @ParameterizedTest
  @CsvSource({"eval, --model", "learn, --model", "serve, --model", "serve, --state", "synthesise, --out"})
  void requiredOptionsAreMarked(String command, String option) {
    assertThat(lull(command, "--help").succeeds().out()).contains(", * is required:").containsPattern("(?m)^\\* +" + option + "=");
    assertThat(lull("train", "--help").succeeds().out()).doesNotContain("* is required").doesNotContainPattern("(?m)^\\* ");
  }
}

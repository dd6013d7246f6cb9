package org.lull.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RunOptionsTest {
  /** For every option a value that is not what it is without. */
  private static final Map<String, String> OTHERS = Map.ofEntries(Map.entry("features", "mel40"), Map.entry("cell", "gru"),
      Map.entry("layers", "1"), Map.entry("hidden", "32"), Map.entry("head", "last"), Map.entry("numeric", "fixed16"),
      Map.entry("threshold", "0.3"), Map.entry("threshold-x", "0.3"), Map.entry("threshold-h", "0.3"), Map.entry("target-reduction", "4"),
      Map.entry("target-sparsity", "0.7"), Map.entry("delta-penalty", "0.5"), Map.entry("epochs", "7"), Map.entry("pretrain-epochs", "6"),
      Map.entry("pretrain-lr", "0.01"), Map.entry("batch", "8"), Map.entry("lr", "0.002"), Map.entry("schedule", "plateau"),
      Map.entry("warmup", "2"), Map.entry("optimizer", "sgd"), Map.entry("weight-decay", "0.3"), Map.entry("clip", "3"),
      Map.entry("patience", "9"), Map.entry("augment", "false"), Map.entry("seed", "2"));

  private static RunOptions options(String... arguments) {
    RunOptions options = new RunOptions();
    new CommandLine(options).parseArgs(arguments);
    return options;
  }

  /** What tells one dense beginning from another: every option but those of the delta network and of what comes after. */
  @Test
  void allThatDecidesPretrainingTellsItApart() {
    assertThat(OTHERS).containsOnlyKeys(RunOptions.names());
    RunOptions options = options("--pretrain-epochs", "5", "--pretrain-lr", "0.004");
    Optional<SortedMap<String, String>> pretraining = options.pretrainingValues();
    Set<String> after = Set.of("threshold", "threshold-x", "threshold-h", "target-reduction", "target-sparsity", "delta-penalty", "epochs",
        "lr");
    OTHERS.forEach((name, value) -> {
      Optional<SortedMap<String, String>> other = options.with(Map.of(name, value)).pretrainingValues();
      if (after.contains(name)) {
        assertThat(other).as(name).isEqualTo(pretraining);
      } else {
        assertThat(other).as(name).isNotEqualTo(pretraining);
      }
    });
  }

  @Test
  void pretrainingHasTheOptionsOfADenseRun() {
    assertThat(options("--pretrain-epochs", "5", "--pretrain-lr", "0.004", "--target-reduction", "3", "--lr", "1").pretrainingValues())
        .contains(options("--epochs", "5", "--lr", "0.004").denseValues());
    assertThat(options("--pretrain-epochs", "5", "--lr", "0.02").pretrainingValues())
        .contains(options("--epochs", "5", "--lr", "0.02").denseValues());
    assertThat(options("--epochs", "5").pretrainingValues()).isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.input.InvalidInputException;
import org.lull.train.Augmentation;

class RunConfigTest {
  /** For every option a value that is not what it is without. */
  private static final Map<String, String> OTHERS = Map.ofEntries(Map.entry("features", "mel40"), Map.entry("cell", "gru"),
      Map.entry("layers", "1"), Map.entry("hidden", "32"), Map.entry("head", "last"), Map.entry("numeric", "fixed16"),
      Map.entry("threshold", "0.3"), Map.entry("threshold-x", "0.3"), Map.entry("threshold-h", "0.3"), Map.entry("target-reduction", "4"),
      Map.entry("target-sparsity", "0.7"), Map.entry("delta-penalty", "0.5"), Map.entry("epochs", "7"), Map.entry("pretrain-epochs", "6"),
      Map.entry("pretrain-lr", "0.01"), Map.entry("batch", "8"), Map.entry("lr", "0.002"), Map.entry("schedule", "plateau"),
      Map.entry("warmup", "2"), Map.entry("optimizer", "sgd"), Map.entry("weight-decay", "0.3"), Map.entry("clip", "3"),
      Map.entry("patience", "9"), Map.entry("augment", "false"), Map.entry("class-weights", "balanced"), Map.entry("seed", "2"),
      Map.entry("task", "kws12"), Map.entry("classes", "yes,no"), Map.entry("unknown", "20"), Map.entry("silence", "20"),
      Map.entry("noise", "pink,babble"), Map.entry("snr", "5:10"));

  /** Such texts are in models and sweeps of before, which must be recognised. */
  @Test
  void theTextsOfTheDefaultsAreThoseOfBefore() {
    assertThat(RunConfig.defaults().options()).isEqualTo(Map.ofEntries(Map.entry("features", "mel16"), Map.entry("cell", "lstm"),
        Map.entry("layers", "2"), Map.entry("hidden", "64"), Map.entry("head", "mean"), Map.entry("threshold", "auto"),
        Map.entry("delta-penalty", "0.0"), Map.entry("epochs", "40"), Map.entry("pretrain-epochs", "0"), Map.entry("batch", "32"),
        Map.entry("lr", "0.005"), Map.entry("schedule", "cosine"), Map.entry("warmup", "1.0"), Map.entry("optimizer", "adamw"),
        Map.entry("weight-decay", "0.01"), Map.entry("clip", "1.0"), Map.entry("augment", "true"), Map.entry("seed", "1")));
  }

  @Test
  void everyOptionIsReadBackAsItWasWritten() {
    assertThat(OTHERS).containsOnlyKeys(RunConfig.names());
    assertThat(RunConfig.names()).containsAll(RunConfig.deltaNames());
    RunConfig other = RunConfig.defaults().with(OTHERS);
    assertThat(RunConfig.of(other.options())).isEqualTo(other);
    assertThat(other.changed()).containsOnlyKeys(RunConfig.names());
    OTHERS.forEach((name, value) -> assertThat(RunConfig.defaults().with(name, value).options()).as(name)
        .isNotEqualTo(RunConfig.defaults().options()));
  }

  @Test
  void aListIsWrittenInAnyOfThreeWays() {
    RunConfig config = RunConfig.defaults().with("threshold", "0.1:0.2");
    assertThat(config.options()).containsEntry("threshold", "[0.1, 0.2]");
    assertThat(RunConfig.defaults().with("threshold", "0.1,0.2")).isEqualTo(config);
    assertThat(RunConfig.defaults().with("threshold", "[0.1, 0.2]")).isEqualTo(config);
  }

  @Test
  void thresholdsFollowTheDataUntilTheyAreGiven() {
    RunConfig given = RunConfig.defaults().with("threshold", "0.15");
    assertThat(given).isNotEqualTo(RunConfig.defaults());
    assertThat(given.with("threshold", "auto")).isEqualTo(RunConfig.defaults());
    assertThat(RunConfig.defaults().delta().ofX()).isNull();
    assertThat(RunConfig.defaults().with("threshold-h", "0.2").delta().ofX()).isNull();
    assertThat(RunConfig.defaults().with("target-reduction", "4").delta().budget()).isPresent();
    assertThatThrownBy(() -> RunConfig.defaults().with("threshold", "0.1,auto")).isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @CsvSource({"hidden, many, 'many'", "threshold, high, 'high'", "augment, maybe, true or false", "threshold, 0.1:, '0.1:'",
      "seed, 1.5, '1.5'", "colour, red, choose from"})
  void refusesValuesOfAnotherKind(String name, String value, String message) {
    assertThatThrownBy(() -> RunConfig.defaults().with(name, value))
        .isInstanceOf(InvalidInputException.class).hasMessageContainingAll(name, message);
  }

  @Test
  void onlySoundIsAugmentedAndOnlyWhereAllowed() {
    TrainingConfig training = RunConfig.defaults().training();
    assertThat(training.options(true, 1).augmentation()).isEqualTo(Augmentation.speech());
    assertThat(training.options(false, 1).augmentation()).isEqualTo(Augmentation.none());
    assertThat(RunConfig.defaults().with("augment", "false").training().options(true, 1).augmentation()).isEqualTo(Augmentation.none());
  }

  /** What tells one dense beginning from another: every option but those of the delta network and of what comes after. */
  @Test
  void allThatDecidesPretrainingTellsItApart() {
    RunConfig config = RunConfig.defaults().with(Map.of("pretrain-epochs", "5", "pretrain-lr", "0.004"));
    Optional<SortedMap<String, String>> pretraining = config.pretrainingOptions();
    Set<String> after = Set.of("threshold", "threshold-x", "threshold-h", "target-reduction", "target-sparsity", "delta-penalty", "epochs",
        "lr");
    OTHERS.forEach((name, value) -> {
      Optional<SortedMap<String, String>> other = config.with(name, value).pretrainingOptions();
      if (after.contains(name)) {
        assertThat(other).as(name).isEqualTo(pretraining);
      } else {
        assertThat(other).as(name).isNotEqualTo(pretraining);
      }
    });
  }

  @Test
  void pretrainingHasTheOptionsOfADenseRun() {
    RunConfig dense = RunConfig.of(Map.of("epochs", "5", "lr", "0.004"));
    assertThat(RunConfig.of(Map.of("pretrain-epochs", "5", "pretrain-lr", "0.004", "target-reduction", "3", "lr", "1"))
        .pretrainingOptions()).contains(dense.denseOptions());
    assertThat(RunConfig.of(Map.of("pretrain-epochs", "5", "lr", "0.004")).pretrainingOptions()).contains(dense.denseOptions());
    assertThat(RunConfig.of(Map.of("epochs", "5")).pretrainingOptions()).isEmpty();
  }
}

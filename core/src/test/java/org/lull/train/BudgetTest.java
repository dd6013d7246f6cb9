// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;

class BudgetTest {
  private static final int CHANNELS = 4;
  private static final Normalisation AS_IT_IS = new Normalisation(new float[CHANNELS], new float[] {1, 1, 1, 1});

  private static Network network(String cell, float thresholdX, float thresholdH) {
    Network network = new Network(new NetworkSpec(Cell.named(cell), CHANNELS, 2, 12, 2, Head.MEAN));
    Initialiser.initialise(network, new SplittableRandom(1));
    network.setThresholds(0, Thresholds.uniform(CHANNELS, 12, thresholdX, thresholdH));
    network.setThresholds(1, Thresholds.uniform(12, 12, thresholdH, thresholdH));
    return network;
  }

  /** Slow walks, one class drifting upwards. */
  private static List<Example> examples(int n) {
    SplittableRandom random = new SplittableRandom(2);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < n; e++) {
      int steps = random.nextInt(20, 40);
      float[] frames = new float[steps * CHANNELS];
      for (int i = CHANNELS; i < frames.length; i++) {
        frames[i] = frames[i - CHANNELS] + (float) (0.2 * random.nextGaussian() + (e % 2 == 0 ? 0.02 : 0));
      }
      examples.add(new Example("example " + e, frames, steps, CHANNELS, e % 2));
    }
    return examples;
  }

  private static History fit(Network network, Budget budget, int threads) {
    return fit(network, budget, 0, threads);
  }

  private static History fit(Network network, Budget budget, double penalty, int threads) {
    TrainingOptions options =
        TrainingOptions.builder().epochs(10).batch(8).threads(threads).build();
    List<Example> examples = examples(200);
    try (Trainer trainer = new Trainer(network, AS_IT_IS, Mode.DELTA, options.withDeltaPenalty(penalty), budget)) {
      return trainer.fit(examples.subList(0, 160), examples.subList(160, 200), "test", Progress.SILENT, (_, _) -> {});
    }
  }

  @ParameterizedTest
  @CsvSource({"lstm, REDUCTION, 8, 0.2, 0.02", "lstm, REDUCTION, 3, 5, 0.5", "gru, REDUCTION, 5, 0.01, 0.001",
      "rnn, REDUCTION, 4, 0.2, 0.2",
      "lstm, SPARSITY, 0.9, 0.2, 0.02", "gru, SPARSITY, 0.6, 2, 2", "rnn, SPARSITY, 0.8, 0.1, 0.1"})
  void theWholeTrainingMeetsItFromAnyStart(String cell, Budget.Kind kind, double value, float thresholdX, float thresholdH) {
    Network network = network(cell, thresholdX, thresholdH);
    Budget budget = new Budget(kind, value);
    History fit = fit(network, budget, 2);
    double share = kind == Budget.Kind.SPARSITY ? 1 - fit.operations().sparsity()
        : fit.operations().total()
            / (double) fit.operations().denseTotal();
    assertThat(share / (kind == Budget.Kind.SPARSITY ? 1 - value : 1 / value)).isCloseTo(1, within(0.05));
    assertThat(budget.isMet(budget.reached(fit.operations()))).isTrue();
    float ratio = network.thresholds(0).x()[0] / network.thresholds(0).h()[0];
    assertThat(ratio).isCloseTo(thresholdX / thresholdH, within(1e-3f * ratio));

    Network again = network(cell, thresholdX, thresholdH);
    assertThat(fit(again, budget, 1).epochs()).isEqualTo(fit.epochs());
    assertThat(again.parameters()).isEqualTo(network.parameters());
    assertThat(again.thresholds(1).h()).isEqualTo(network.thresholds(1).h());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru", "rnn"})
  void aPenaltyOnDeltasMeetsItWithLowerThresholdsAndTheSameBytesAtAnyNumberOfThreads(String cell) {
    Budget budget = new Budget(Budget.Kind.REDUCTION, 8);
    Network without = network(cell, 0.2f, 0.02f);
    fit(without, budget, 2);
    Network with = network(cell, 0.2f, 0.02f);
    History fit = fit(with, budget, 0.5, 2);
    assertThat(budget.isMet(budget.reached(fit.operations()))).isTrue();
    assertThat(with.thresholds(0).h()[0]).isLessThan(0.9f * without.thresholds(0).h()[0]);

    Network again = network(cell, 0.2f, 0.02f);
    assertThat(fit(again, budget, 0.5, 1).epochs()).isEqualTo(fit.epochs());
    assertThat(again.parameters()).isEqualTo(with.parameters());
  }

  /** The network comes back with the thresholds its best weights were validated with, not with the last ones. */
  @Test
  void theBestWeightsKeepTheirThresholds() {
    Network network = network("lstm", 0.2f, 0.02f);
    History fit = fit(network, new Budget(Budget.Kind.REDUCTION, 20), 1);
    List<Example> examples = examples(200);
    try (Evaluator evaluator = new Evaluator(network, AS_IT_IS, Mode.DELTA, 1)) {
      assertThat(evaluator.evaluate(examples.subList(160, 200), _ -> {}).loss()).isEqualTo(fit.best().validationLoss());
    }
  }

  /** Each epoch's record says where the thresholds stood at its end, and how sparse each layer was. */
  @Test
  void recordsHaveTheThresholdsAndSparsityOfEachLayer() {
    Network network = network("lstm", 0.2f, 0.02f);
    History fit = fit(network, new Budget(Budget.Kind.REDUCTION, 20), 1);
    assertThat(fit.epochs()).allSatisfy(record -> {
      assertThat(record.layers()).hasSize(2);
      EpochRecord.Layer lowest = record.layers().getFirst();
      assertThat(lowest.thresholdX() / lowest.thresholdH()).isCloseTo(10, within(1e-4));
      assertThat(record.sparsityX()).isBetween(Math.min(lowest.sparsityX(), record.layers().getLast().sparsityX()),
          Math.max(lowest.sparsityX(), record.layers().getLast().sparsityX()));
    });
    assertThat((float) fit.best().layers().getFirst().thresholdX()).isEqualTo(network.thresholds(0).x()[0]);
    assertThat((float) fit.best().layers().getLast().thresholdH()).isEqualTo(network.thresholds(1).h()[0]);
    assertThat(fit.epochs().getFirst().layers().getFirst().thresholdX()).isNotEqualTo(fit.best().layers().getFirst().thresholdX());
  }

  @Test
  void thresholdsOfZeroCannotBeMoved() {
    Budget budget = new Budget(Budget.Kind.REDUCTION, 2);
    double reached = budget.reached(fit(network("lstm", 0, 0), budget, 1).operations());
    assertThat(reached).isEqualTo(1);
    assertThat(budget.isMet(reached)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"SPARSITY, -0.1", "SPARSITY, 1", "SPARSITY, NaN", "REDUCTION, 0.9", "REDUCTION, NaN", "REDUCTION, Infinity"})
  void whatNoTrainingCanCostIsRefused(Budget.Kind kind, double value) {
    assertThatThrownBy(() -> new Budget(kind, value)).isInstanceOf(InvalidInputException.class).hasMessageContaining("expected");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.Dataset;
import org.lull.Training;
import org.lull.TrainingBuilder;
import org.lull.TrainingResult;
import org.lull.network.Head;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;

class DefaultThresholdsTest {
  /** Not normalised, so that a step of the raw values is a step of the input. */
  private static final Normalisation UNIT = new Normalisation(new float[] {0, 0}, new float[] {1, 1});

  /** A ramp of two channels, with a step each. */
  private static Example ramp(int steps, double first, double second) {
    float[] frames = new float[2 * steps];
    for (int t = 0; t < steps; t++) {
      frames[2 * t] = (float) (first * t);
      frames[2 * t + 1] = (float) (second * t);
    }
    return new Example("ramp", frames, steps, 2, 0);
  }

  /** Of so many timesteps that the size of the data does not matter. */
  private static DefaultThresholds of(int steps, double first, double second) {
    return DefaultThresholds.of(Collections.nCopies(200_000 / steps, ramp(steps, first, second)), UNIT);
  }

  @Test
  void largeDataThatMovesFastHasTheLargestEverywhere() {
    assertThat(of(100, 0.11, -3)).isEqualTo(DefaultThresholds.uniform(2));
    assertThat(of(15, 0.2, 0.11)).isEqualTo(DefaultThresholds.uniform(2));
  }

  @Test
  void aSlowChannelHasOneAndAHalfOfItsMeanStep() {
    DefaultThresholds thresholds = of(100, 0.02, 1);
    assertThat(thresholds.channels()[0]).isCloseTo(0.03f, within(1e-6f));
    assertThat(thresholds.channels()[1]).isEqualTo(0.15f);
    assertThat(thresholds.hidden()).isCloseTo(0.09f, within(1e-6f));
  }

  @Test
  void theStepIsThatOfTheNormalisedInput() {
    Normalisation wide = new Normalisation(new float[] {7, -7}, new float[] {10, 1});
    assertThat(DefaultThresholds.of(Collections.nCopies(2000, ramp(100, 0.2, 1)), wide).channels()[0]).isCloseTo(0.03f, within(1e-6f));
  }

  @Test
  void aSlowChannelTransmitsAtEverySecondTimestep() {
    float theta = of(100, 0.02, 1).channels()[0];
    assertThat(0.02f < theta && 2 * 0.02f >= theta).isTrue();
  }

  /** From the end of one to the start of the next there is a long way back. */
  @Test
  void stepsAreCountedWithinSequencesOnly() {
    assertThat(of(10, 0.02, 1).channels()[0]).isCloseTo(0.03f, within(1e-6f));
  }

  @ParameterizedTest
  @CsvSource({"2000, 0.15", "1500, 0.15", "375, 0.075", "15, 0.015", "1, 0.003873"})
  void smallDataHasLess(int examples, float expected) {
    DefaultThresholds thresholds = DefaultThresholds.of(Collections.nCopies(examples, ramp(100, 1, 1)), UNIT);
    assertThat(thresholds.channels()).containsExactly(new float[] {expected, expected}, within(1e-6f));
    assertThat(thresholds.hidden()).isCloseTo(expected, within(1e-6f));
  }

  /** A threshold of 0 would have them transmit always. */
  @Test
  void whatNeverMovesHasTheLargest() {
    assertThat(of(100, 0, 1).channels()).containsExactly(0.15f, 0.15f);
    assertThat(of(1, 1, 1).channels()).containsExactly(0.15f, 0.15f); // a single timestep has no step
  }

  @Test
  void layersAboveHaveTheThresholdOfHiddenStatesOnTheirInput() {
    NetworkSpec spec = new NetworkSpec(Cell.named("lstm"), 2, 2, 5, 3, Head.MEAN);
    DefaultThresholds thresholds = new DefaultThresholds(new float[] {0.03f, 0.12f}, 0.07f);
    Thresholds first = thresholds.of(spec, 0, true);
    assertThat(first.x()).startsWith(0.03f, 0.12f);
    assertThat(first.h()).containsOnly(0.07f);
    Thresholds second = thresholds.of(spec, 1, true);
    assertThat(second.x()).containsOnly(0.07f);
    assertThat(second.h()).containsOnly(0.07f);
    assertThat(thresholds.of(spec, 0, false).x()).containsOnly(0.03f); // the accelerator has one for all entries
  }

  private static Dataset slowAndFast(int steps) {
    List<float[][]> sequences = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      float[][] sequence = new float[steps][2];
      for (int t = 0; t < steps; t++) {
        sequence[t][0] = (float) Math.sin(2 * Math.PI * t / steps + i);
        sequence[t][1] = (i + 7 * t) % 5;
      }
      sequences.add(sequence);
      labels.add(i % 2 == 0 ? "even" : "odd");
    }
    return Dataset.of(sequences, labels);
  }

  private static TrainingBuilder training() {
    return Training.builder().layers(2).hidden(8).epochs(1).threads(1);
  }

  @Test
  void trainingUsesThemWhereNoneAreGiven() {
    Dataset data = slowAndFast(120);
    Training training = training().build();
    DefaultThresholds expected = DefaultThresholds.of(data.train(), training.normalisation(data));
    TrainingResult result = training.fit(data);
    NetworkSpec spec = training.spec(data);
    for (int layer = 0; layer < 2; layer++) {
      assertThat(result.model().network().thresholds(layer)).isEqualTo(expected.of(spec, layer, true));
    }
    assertThat(expected.channels()[0]).isLessThan(expected.channels()[1]);
    assertThat(result.model().provenance().options()).containsEntry("threshold-x", "auto").containsEntry("threshold-h", "auto");
  }

  @Test
  void oneOfXAndHMayBeGiven() {
    Dataset data = slowAndFast(120);
    float hidden = DefaultThresholds.of(data.train(), training().build().normalisation(data)).hidden();
    Thresholds thresholds = training().thresholds(new float[] {0.3f}, null).build().fit(data).model().network().thresholds(0);
    assertThat(thresholds.x()).containsOnly(0.3f);
    assertThat(thresholds.h()).containsOnly(hidden);
  }

  /** Whose controller moves them anyway: they start as they always did. */
  @Test
  void aBudgetStartsFromTheLargest() {
    Dataset data = slowAndFast(20);
    TrainingBuilder budgeted = training().budget(Budget.sparsity(0.5));
    assertThat(budgeted.build().fit(data).model().network().parameters())
        .isEqualTo(budgeted.threshold(0.15f).build().fit(data).model().network().parameters());
  }
}

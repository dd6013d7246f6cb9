// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lull.input.InvalidInputException;
import org.lull.train.LearningRate.Shape;

class LearningRateTest {
  private static final Offset<Double> ROUNDING = within(1e-12);

  @ParameterizedTest
  @EnumSource
  void warmsUpInEqualStepsToTheFullRate(Shape shape) {
    LearningRate rate = new LearningRate(shape, 0.5, 4, 100);
    for (int step = 0; step <= 4; step++) {
      assertThat(rate.at(step)).isCloseTo(0.1 * (step + 1), ROUNDING);
    }
  }

  /** Ten steps an epoch: two epochs, half an epoch and none at all. */
  @ParameterizedTest
  @CsvSource({"2, 20", "0.5, 5", "0, 0"})
  void theWarmUpIsCountedInEpochs(double epochs, int steps) {
    LearningRate rate = new LearningRate(new Schedule(Shape.CONSTANT, 0.5, epochs), 10, 100);
    assertThat(rate.at(steps)).isEqualTo(0.5);
    if (steps > 0) {
      assertThat(rate.at(steps - 1)).isCloseTo(0.5 * steps / (steps + 1), ROUNDING);
    }
  }

  @Test
  void aWarmUpLongerThanTheTrainingIsRefused() {
    assertThat(TrainingOptions.builder().epochs(2).warmup(2).build().schedule().warmup()).isEqualTo(2);
    assertThatThrownBy(() -> TrainingOptions.builder().epochs(2).warmup(2.1).build()).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("warm-up: 2.1", "expected 0 to 2 epochs", "never reaches the learning rate");
  }

  @Test
  void cosineFallsToTwoPercent() {
    LearningRate rate = new LearningRate(Shape.COSINE, 0.5, 20, 120);
    assertThat(rate.at(20)).isCloseTo(0.5, ROUNDING);
    assertThat(rate.at(70)).isCloseTo(0.5 * 0.51, ROUNDING);
    assertThat(rate.at(120)).isCloseTo(0.01, ROUNDING);
    assertThat(rate.at(1000)).isCloseTo(0.01, ROUNDING);
    for (int step = 21; step <= 120; step++) {
      assertThat(rate.at(step)).isLessThan(rate.at(step - 1));
    }
    assertThat(new LearningRate(Shape.COSINE, 0.5, 0, 0).at(0)).isPositive();
  }

  @Test
  void constantStays() {
    assertThat(new LearningRate(Shape.CONSTANT, 0.5, 0, 10).at(1_000_000)).isEqualTo(0.5);
  }

  @Test
  void plateauFallsByAFifthAfterFourEpochsInVainDownToItsFloor() {
    LearningRate rate = new LearningRate(Shape.PLATEAU, 1, 0, 10);
    rate.endOfEpoch(3);
    for (int epoch = 0; epoch < 4; epoch++) {
      rate.endOfEpoch(3);
      assertThat(rate.at(0)).isEqualTo(1);
    }
    rate.endOfEpoch(3.1);
    assertThat(rate.at(0)).isCloseTo(0.8, ROUNDING);
    for (int epoch = 0; epoch < 4; epoch++) {
      rate.endOfEpoch(3);
    }
    rate.endOfEpoch(2.9); // just in time
    rate.endOfEpoch(3);
    assertThat(rate.at(0)).isCloseTo(0.8, ROUNDING);
    for (int epoch = 0; epoch < 100; epoch++) {
      rate.endOfEpoch(Double.NaN);
    }
    assertThat(rate.at(0)).isCloseTo(0.3, ROUNDING);
  }

  @Test
  void shapesHaveNames() {
    assertThat(Shape.named("cosine")).isEqualTo(Shape.COSINE);
    assertThat(Shape.named("plateau")).isEqualTo(Shape.PLATEAU);
    assertThat(Shape.named("constant")).isEqualTo(Shape.CONSTANT);
    assertThatThrownBy(() -> Shape.named("Cosine")).isInstanceOf(InvalidInputException.class)
        .hasMessage("schedule \"Cosine\" is unknown; choose cosine, plateau or constant");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.Frames;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;

/** What cannot be trained on never gets in. */
class ExampleTest {
  private static final Normalisation TWO = new Normalisation(new float[2], new float[] {1, 1});

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e20f, -Float.MAX_VALUE})
  void aNumberThatIsNoneIsRefusedWithItsPlace(float value) {
    assertThatThrownBy(() -> new Example("clip", new float[] {0, 1, 2, 3, 4, value}, 3, 2, 0)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("clip", "channel 1 of frame 2", Float.toString(value));
    assertThatThrownBy(() -> Example.of("clip", new float[][] {{0}, {value}}, 0)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("clip", "channel 0 of frame 1");
    assertThatThrownBy(() -> Example.of("clip", new float[][] {{0}}, new float[] {1, value})).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("clip", "target", Float.toString(value));
    assertThatThrownBy(() -> Example.of("clip", new float[][] {{0}}, 0).withFrames(new float[] {value}, 1))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("clip");
  }

  @Test
  void theLargestNumberIsTaken() {
    assertThat(new Example("clip", new float[] {Frames.LARGEST, -Frames.LARGEST}, 1, 2, 0).frames()).hasSize(2);
  }

  @Test
  void wrongSizesAreRefused() {
    assertThatThrownBy(() -> new Example("clip", new float[5], 3, 2, 0)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("clip", "5 values", "3 steps of 2 channels");
    assertThatThrownBy(() -> new Example("clip", new float[0], 0, 2, 0)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> new Example("clip", new float[0], 1 << 30, 1 << 2, 0)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Example.of("clip", new float[][] {{0, 1}, {0}}, 0)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("frame 1", "expected 2");
    assertThatThrownBy(() -> Example.of("clip", new float[0][], 0)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Example.of("clip", new float[][] {{}}, 0)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Example.of("clip", new float[][] {{0}}, new float[0])).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> new Example("clip", new float[2], 1, 2, -1)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("label -1", "0 or more");
  }

  @Test
  void nobodyElsesArrayIsInIt() {
    float[] frames = {1, 2};
    float[] target = {3};
    Example example = Example.of("clip", new float[][] {frames}, target);
    Example same = Example.of("clip", new float[][] {{1, 2}}, new float[] {3});
    frames[0] = 9;
    target[0] = 9;
    example.frames()[1] = 9;
    example.target()[0] = 9;
    assertThat(example).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(example).isNotEqualTo(Example.of("clip", new float[][] {{1, 2}}, new float[] {4}));
    float[] flat = {1, 2};
    Example other = new Example("clip", flat, 1, 2, 1);
    flat[0] = 5;
    assertThat(other.frames()).containsExactly(1, 2);
    assertThat(other.withLabel(2)).isNotEqualTo(other).isEqualTo(new Example("clip", new float[] {1, 2}, 1, 2, 2));
  }

  @Test
  void statisticsAndThresholdsAreValues() {
    float[] mean = {1};
    float[] deviation = {2};
    Normalisation normalisation = new Normalisation(mean, deviation);
    mean[0] = 7;
    normalisation.deviation()[0] = 7;
    assertThat(normalisation).isEqualTo(new Normalisation(new float[] {1}, new float[] {2}))
        .isNotEqualTo(new Normalisation(new float[] {1}, new float[] {3}));
    assertThatThrownBy(() -> new Normalisation(new float[2], new float[] {1})).isInstanceOf(InvalidInputException.class);
    for (float wrong : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new Normalisation(new float[1], new float[] {wrong})).isInstanceOf(InvalidInputException.class);
    }
    assertThatThrownBy(() -> new Normalisation(new float[] {Float.NaN}, new float[] {1})).isInstanceOf(InvalidInputException.class);
    Thresholds thresholds = Thresholds.uniform(1, 1, 0.5f, 0.25f);
    thresholds.x()[0] = Float.NaN;
    assertThat(thresholds).isEqualTo(Thresholds.uniform(1, 1, 0.5f, 0.25f)).isNotEqualTo(Thresholds.uniform(1, 1, 0.5f, 0.5f));
    for (float wrong : new float[] {Float.NaN, -0.1f, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> Thresholds.uniform(1, 1, wrong, 0)).isInstanceOf(InvalidInputException.class);
      assertThatThrownBy(() -> Thresholds.uniform(1, 1, 0, wrong)).isInstanceOf(InvalidInputException.class);
    }
  }

  /** A trainer and an evaluator read inputs by the width of the network: others would be misaligned. */
  @Test
  void whatDoesNotFitTheNetworkIsRefused() {
    Network network = new Network(new NetworkSpec(Cell.named("rnn"), 2, 1, 4, 3, Head.MEAN));
    Example wide = Example.of("wide", new float[4][3], 0);
    Example unknown = Example.of("unknown", new float[4][2], 3);
    Example number = Example.of("number", new float[4][2], new float[] {1});
    Example good = Example.of("good", new float[4][2], 2);
    TrainingOptions options = TrainingOptions.builder().epochs(1).threads(1).build();
    for (Mode mode : Mode.values()) {
      try (Trainer trainer = new Trainer(network, TWO, mode, options); Evaluator evaluator = new Evaluator(network, TWO, mode, 1)) {
        for (Example bad : List.of(wide, unknown, number)) {
          assertThatThrownBy(() -> trainer.step(List.of(good, bad), 1, 0, 0.1)).isInstanceOf(InvalidInputException.class)
              .hasMessageContaining(bad.id());
          assertThatThrownBy(() -> trainer.fit(List.of(bad), List.of(), "", Progress.SILENT, (_, _) -> {}))
              .isInstanceOf(InvalidInputException.class).hasMessageContaining(bad.id());
          assertThatThrownBy(() -> trainer.fit(List.of(good), List.of(bad), "", Progress.SILENT, (_, _) -> {}))
              .isInstanceOf(InvalidInputException.class).hasMessageContaining(bad.id());
          assertThatThrownBy(() -> evaluator.evaluate(List.of(good, bad), _ -> {})).isInstanceOf(InvalidInputException.class)
              .hasMessageContaining(bad.id());
        }
        assertThat(network.parameters()).containsOnly(0);
      }
      Normalisation three = new Normalisation(new float[3], new float[] {1, 1, 1});
      assertThatThrownBy(() -> new Trainer(network, three, mode, options)).isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll("3 channels", "2 inputs");
      assertThatThrownBy(() -> new Evaluator(network, three, mode, 1)).isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll("3 channels", "2 inputs");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Sequence;
import org.lull.rnn.Cell;

class TargetsTest {
  private static final int OUTPUTS = 4; // silence and three classes
  private static final Sequence INPUT = new Sequence(new float[16], 1); // without frame labels
  private static final Example EXAMPLE = new Example("example", new float[1], 1, 1, 0);

  /** A pass that ran sequences of these lengths; what their logits are is up to the test. */
  private static NetworkPass pass(int... lengths) {
    Network network = new Network(new NetworkSpec(Cell.named("rnn"), 1, 1, 1, OUTPUTS, Head.FRAMES));
    NetworkPass pass = new NetworkPass(network, Mode.DENSE);
    pass.forward(Arrays.stream(lengths).mapToObj(steps -> new Sequence(new float[16 * steps], steps)).toList());
    return pass;
  }

  /** Each digit is the output that wins a timestep. */
  @ParameterizedTest
  @CsvSource({"0123000, 2", "0020010, 0", "0000003, 2", "1000000, 0", "3, 2"})
  void theLastFrameThatIsNotSilentDecides(String winners, int expected) {
    NetworkPass pass = pass(9, winners.length());
    for (int t = 0; t < winners.length(); t++) {
      pass.logits()[pass.packing().row(t, 1) * pass.logitsStride() + winners.charAt(t) - '0'] = 1;
    }
    assertThat(Targets.decide(pass, Head.FRAMES, 1, EXAMPLE, INPUT, OUTPUTS)).isEqualTo(expected);
  }

  @Test
  void ofSilenceThroughoutTheNearestClassAtTheEndIsTaken() {
    NetworkPass pass = pass(5);
    for (int t = 0; t < 5; t++) {
      System.arraycopy(new float[] {9, 1, t == 4 ? 2 : 0, 1}, 0, pass.logits(), t * pass.logitsStride(), OUTPUTS);
    }
    assertThat(Targets.decide(pass, Head.FRAMES, 0, EXAMPLE, INPUT, OUTPUTS)).isEqualTo(1);
  }

  @Test
  void aSequenceTooShortForSilentEdgesIsTheClassThroughout() {
    for (int steps : List.of(1, 4)) {
      NetworkPass pass = pass(steps);
      Example example = new Example("example", new float[steps], steps, 1, 2);
      assertThat(Targets.lossAndGradient(Loss.CROSS_ENTROPY, pass, Head.FRAMES, 0, example, INPUT, OUTPUTS, 1))
          .isCloseTo(Math.log(OUTPUTS), within(1e-6));
      for (int t = 0; t < steps; t++) {
        assertThat(pass.logits()[t * pass.logitsStride() + 3]).isEqualTo(-0.75f / steps);
      }
    }
  }

  /** A stream of background, ignored, class 2, and ignored again. */
  private static Sequence stream() {
    return new Sequence(new float[16 * 4], 4).withFrameLabels(new int[] {Example.BACKGROUND, Example.IGNORED, 2, Example.IGNORED});
  }

  @Test
  void ofAStreamEachFrameHasItsTargetAndIgnoredOnesHaveNone() {
    NetworkPass pass = pass(4);
    Arrays.fill(pass.logits(), 0f);
    Example example = Example.ofStream("stream", new float[4], 4, 1, 2, new int[] {-1, -2, 2, -2});
    assertThat(Targets.lossAndGradient(Loss.CROSS_ENTROPY, pass, Head.FRAMES, 0, example, stream(), OUTPUTS, 1))
        .isCloseTo(Math.log(OUTPUTS), within(1e-6));
    int stride = pass.logitsStride();
    assertThat(Arrays.copyOfRange(pass.logits(), 0, 4)).containsExactly(-0.15f, 0.05f, 0.05f, 0.05f); // a fifth of the loss
    assertThat(Arrays.copyOfRange(pass.logits(), stride, stride + 4)).containsOnly(0f);
    assertThat(Arrays.copyOfRange(pass.logits(), 2 * stride, 2 * stride + 4)).containsExactly(0.2f, 0.2f, 0.2f, -0.6f);
    assertThat(Arrays.copyOfRange(pass.logits(), 3 * stride, 3 * stride + 4)).containsOnly(0f);
  }

  @Test
  void ofAStreamTheHighestProbabilityDecides() {
    NetworkPass pass = pass(4);
    int stride = pass.logitsStride();
    Arrays.fill(pass.logits(), 0f);
    pass.logits()[1] = 1; // class 0 at the first frame
    pass.logits()[stride + 2] = 9; // class 1 where it is ignored
    pass.logits()[2 * stride + 3] = 2; // class 2
    Example example = Example.ofStream("stream", new float[4], 4, 1, 2, new int[] {-1, -2, 2, -2});
    assertThat(Targets.decide(pass, Head.FRAMES, 0, example, stream(), OUTPUTS)).isEqualTo(2);
    pass.logits()[0] = -5; // background is less likely at the first frame, so class 0 is more
    pass.logits()[1] = 3;
    assertThat(Targets.decide(pass, Head.FRAMES, 0, example, stream(), OUTPUTS)).isZero();
  }

  @Test
  void streamsNeedTheHeadFramesAndLabelsOfTheirFrames() {
    Example example = Example.ofStream("stream", new float[4], 4, 1, 2, new int[] {-1, -2, 2, -2});
    assertThatThrownBy(() -> Loss.CROSS_ENTROPY.check(example, new NetworkSpec(Cell.named("rnn"), 1, 1, 1, 3, Head.MEAN)))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("the head is mean");
    assertThatThrownBy(() -> Loss.CROSS_ENTROPY.check(example, new NetworkSpec(Cell.named("rnn"), 1, 1, 1, 3, Head.FRAMES)))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("label 2, expected 0 to 1");
    assertThatThrownBy(() -> Example.ofStream("stream", new float[4], 4, 1, 2, new int[] {-1, 2})).hasMessageContaining("2 frame labels");
    assertThatThrownBy(() -> Example.ofStream("stream", new float[1], 1, 1, 2, new int[] {-3})).hasMessageContaining("frame label -3");
    assertThatThrownBy(() -> example.withFrames(new float[3], 3)).hasMessageContaining("each has its own label");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
}

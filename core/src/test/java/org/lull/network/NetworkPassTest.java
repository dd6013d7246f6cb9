// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.Finite;
import org.lull.input.InvalidInputException;
import org.lull.rnn.Cell;
import org.lull.rnn.Tape;

class NetworkPassTest {
  private static final int TOO_MANY = 130_000_000;

  private static Network network(int hidden) {
    return new Network(new NetworkSpec(Cell.named("lstm"), 40, 1, hidden, 3, Head.MEAN));
  }

  /** Refused before anything is allocated or read; and the pass is as good as before. */
  @ParameterizedTest
  @EnumSource
  void sequencesTooLongForAnArrayAreRefused(Mode mode) {
    Network network = network(8);
    NetworkPass pass = new NetworkPass(network, mode);
    assertThatThrownBy(() -> pass.forward(List.of(new Sequence(new float[48], TOO_MANY)))).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("130000000 timesteps of 40 channels need an array of 6240000000 numbers")
        .hasMessageEndingWith("use shorter clips or fewer units");
    pass.forward(List.of(new Sequence(new float[96], 2)));
    assertThat(pass.firstNotFinite()).isEmpty();
  }

  @Test
  void aTapeTooLongForAnArrayIsRefused() {
    Network network = network(500);
    Tape tape = new Tape(network.layers().getFirst());
    assertThatThrownBy(() -> tape.begin(network.parameters(), 1_000_000, 1, 1)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("1000000 timesteps of 500 units", "2147483639", "use shorter clips or fewer units");
    tape.begin(network.parameters(), 2, 1, 1); // not taken for one that has the room
    assertThat(tape.array()).hasSizeGreaterThan(2 * 500);
  }

  /** In the dense products a gate that saturates would hide it. */
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1.0001e6f, -1.0001e6f, 3e38f})
  void valuesNoNetworkReadsAreRefused(float bad) {
    String message = "timestep 1, channel 39 is " + bad + " after normalisation, expected a finite number within +-1000000; ";
    Network network = network(8);
    float[] values = new float[3 * 48];
    values[48 + 39] = bad;
    for (Mode mode : Mode.values()) {
      NetworkPass pass = new NetworkPass(network, mode);
      assertThatThrownBy(() -> pass.forward(List.of(new Sequence(values, 3)))).isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(message);
      pass.forward(List.of(new Sequence(values, 1))); // what lies behind the end is not looked at
    }
    NetworkStream stream = new NetworkStream(network);
    NetworkState state = new NetworkState(network);
    stream.step(state, new float[40]);
    assertThatThrownBy(() -> stream.step(state, Arrays.copyOfRange(values, 48, 88))).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(message);
    assertThat(state.steps()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void valuesAtTheBoundAreRead(Mode mode) {
    float[] values = new float[48];
    values[0] = Finite.LARGEST;
    values[1] = -Finite.LARGEST;
    NetworkPass pass = new NetworkPass(network(8), mode);
    pass.forward(List.of(new Sequence(values, 1)));
    assertThat(pass.firstNotFinite()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void noSequencesAreRefused(Mode mode) {
    assertThatThrownBy(() -> new NetworkPass(network(8), mode).forward(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.io.Safetensors.Tensor;
import org.lull.rnn.Cell;

class InitialiserTest {
  private static final int HIDDEN = 5;

  private static Network network(String cell) {
    Network network = new Network(new NetworkSpec(Cell.named(cell), 3, 1, HIDDEN, 2, Head.MEAN));
    Initialiser.initialise(network, new SplittableRandom(7));
    return network;
  }

  private static float[] tensor(String cell, String name) {
    return ReferenceTwin.tensors(network(cell)).get(name).data();
  }

  /** Biases of the gates, in PyTorch's order. */
  @ParameterizedTest
  @CsvSource({"lstm, 0 1 0 0", "gru, 0 0 0", "rnn, 0", "mingru, 0 0", "indrnn, 0", "peephole, 0 1 0 0", "lnlstm, 0 1 0 0"})
  void biasesBeginAsTheCellSays(String cell, String gates) {
    float[] expected = new float[gates.split(" ").length * HIDDEN];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Float.parseFloat(gates.split(" ")[i / HIDDEN]);
    }
    assertThat(tensor(cell, "bias_ih_l0")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"peephole, weight_ci_l0, 0", "peephole, weight_cf_l0, 0", "peephole, weight_co_l0, 0", "lnlstm, ln_weight_l0, 1",
      "lnlstm, ln_bias_l0, 0", "lnlstm, ln_c_weight_l0, 1", "lnlstm, ln_c_bias_l0, 0"})
  void soDoParametersOfItsOwn(String cell, String tensor, float value) {
    assertThat(tensor(cell, tensor)).containsOnly(value);
  }

  @ParameterizedTest
  @CsvSource({"indrnn, weight_hh_l0"})
  void whichMayBeDrawn(String cell, String tensor) {
    float[] values = tensor(cell, tensor);
    assertThat(IntStream.range(0, values.length).mapToDouble(i -> values[i])).allMatch(u -> u >= 0 && u < 1).doesNotHaveDuplicates();
  }

  /** Changing what a seed gives would change every run: numbers that were written down when there were three cells. */
  @ParameterizedTest
  @CsvSource({"lstm, 1049489929", "gru, -1593972334", "rnn, -1057418313"})
  void aSeedGivesTheSameWeightsForEver(String cell, int expected) {
    int hash = 0;
    for (Tensor tensor : ReferenceTwin.tensors(network(cell)).values()) {
      hash = 31 * hash + Arrays.hashCode(tensor.data());
    }
    assertThat(hash).isEqualTo(expected);
  }
}

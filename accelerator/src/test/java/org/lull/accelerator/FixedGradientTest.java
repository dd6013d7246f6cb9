// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Sequence;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;

/** The integers beside the floats they stand for. */
class FixedGradientTest {
  private static final int INPUTS = 6;
  private static final int OUTPUTS = 3;

  /** A network whose weights are exact in 16 bits. */
  private static Network network(String cell, int layers, int hidden, Head head) {
    Network network = new Network(new NetworkSpec(Cell.named(cell), INPUTS, layers, hidden, OUTPUTS, head));
    SplittableRandom random = new SplittableRandom(7);
    network.layers().forEach(layout -> {
      for (int u = 0; u < hidden; u++) {
        for (int gate = 0; gate < layout.cell().blocks(); gate++) {
          for (int j = 0; j < layout.columns(); j++) {
            network.parameters()[layout.weight(j, gate, u)] = random.nextInt(-4000, 4000) / 8192f;
          }
          network.parameters()[layout.bias(0) + layout.unitInBlocks(layout.cell().blocks(), gate, u)] = random.nextInt(-4000, 4000) / 8192f;
        }
      }
    });
    for (int k = 0; k < OUTPUTS; k++) {
      for (int u = 0; u < hidden; u++) {
        network.parameters()[network.headWeight() + k * Kernels.pad(hidden) + u] = (float) random.nextGaussian();
      }
    }
    return network;
  }

  /** Inputs that stay for a while, exact in 16 bits. */
  private static Sequence sequence(int steps, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int stride = Kernels.pad(INPUTS);
    float[] x = new float[steps * stride];
    for (int t = 0; t < steps; t++) {
      for (int k = 0; k < INPUTS; k++) {
        boolean moves = t == 0 || random.nextInt(3) == 0;
        x[t * stride + k] = moves ? random.nextInt(-8000, 8000) / 4096f : x[(t - 1) * stride + k];
      }
    }
    return new Sequence(x, steps);
  }

  /** The sum over the sequences, one after another. */
  private static float[] gradient(Network network, Mode mode, Sequence... sequences) {
    NetworkPass pass = new NetworkPass(network, mode);
    float[] gradient = new float[network.parameters().length];
    for (int s = 0; s < sequences.length; s++) {
      pass.forward(List.of(sequences[s]));
      for (int k = 0; k < pass.logits().length; k++) {
        pass.logits()[k] = k % pass.logitsStride() < OUTPUTS ? 0.3f - 0.2f * (k % 5) : 0;
      }
      pass.backward(gradient, s == 0);
    }
    return gradient;
  }

  private static float[] hidden(Network network, Mode mode, Sequence sequence) {
    NetworkPass pass = new NetworkPass(network, mode);
    pass.forward(List.of(sequence));
    return pass.topHidden();
  }

  /** |a - b| / |b|, of the recurrent layers. */
  private static double difference(Network network, float[] a, float[] b) {
    double difference = 0;
    double norm = 0;
    for (int k = network.first(); k < Math.min(network.headWeight(), b.length); k++) {
      difference += (a[k] - b[k]) * (a[k] - b[k]);
      norm += b[k] * b[k];
    }
    return Math.sqrt(difference / norm);
  }

  /** Where rounding cannot change what fires: everything does, or only inputs, which are exact, are held back. */
  @ParameterizedTest
  @CsvSource({"1, DENSE, 0, MEAN, 0.02", "2, DENSE, 0, MEAN, 0.02", "2, DENSE, 0, LAST, 0.02", "3, DENSE, 0, FRAMES, 0.03",
      "1, DELTA, 0.5, MEAN, 0.02", "1, DELTA, 0.5, FRAMES, 0.02", "1, DELTA, 0, LAST, 0.02"})
  void gradientsAreThoseOfTheFloats(int layers, Mode mode, float theta, Head head, double tolerance) {
    Network network = network("lstm", layers, 20, head);
    network.setThresholds(0, Thresholds.uniform(INPUTS, 20, theta, 0));
    Network fixed = network.copy();
    fixed.setArithmetic(new Fixed16());
    for (int seed = 0; seed < 5; seed++) {
      Sequence sequence = sequence(30 + seed, seed);
      float[] h = hidden(network, mode, sequence);
      float[] fixedH = hidden(fixed, mode, sequence);
      for (int k = 0; k < h.length; k++) {
        assertThat(Math.abs(fixedH[k] - h[k])).isLessThan(3e-3f);
      }
      float[] exact = gradient(network, mode, sequence);
      assertThat(difference(network, gradient(fixed, mode, sequence), exact)).as("sequence %d", seed).isLessThan(tolerance);
    }
  }

  @Test
  void thePassOfOtherNumbersCountsTheSameOperations() {
    Network network = network("lstm", 2, 20, Head.MEAN);
    Network fixed = network.copy();
    fixed.setArithmetic(new Fixed16());
    Sequence sequence = sequence(40, 3);
    NetworkPass floats = new NetworkPass(network, Mode.DENSE);
    NetworkPass integers = new NetworkPass(fixed, Mode.DENSE);
    for (NetworkPass pass : List.of(floats, integers)) {
      pass.forward(List.of(sequence));
      pass.backward(new float[network.parameters().length], true);
    }
    for (int layer = 0; layer < 2; layer++) { // h_0 is never on the list
      long column = network.layers().get(layer).macsPerColumnOfX();
      assertThat(integers.operations().layer(layer).forward()).isEqualTo(floats.operations().layer(layer).forward() - 20 * column);
    }
  }

  @Test
  void gradientsOfTwoSequencesAddUp() {
    Network network = network("lstm", 1, 8, Head.MEAN);
    network.setArithmetic(new Fixed16());
    float[] first = gradient(network, Mode.DENSE, sequence(10, 1));
    float[] second = gradient(network, Mode.DENSE, sequence(10, 2));
    float[] both = gradient(network, Mode.DENSE, sequence(10, 1), sequence(10, 2));
    for (int k = network.first(); k < network.headWeight(); k++) {
      assertThat(both[k]).isEqualTo(first[k] + second[k]);
    }
    assertThat(difference(network, first, second)).isPositive();
  }

  @Test
  void otherCellsAreRefused() {
    for (String cell : List.of("gru", "rnn")) {
      assertThatThrownBy(() -> network(cell, 1, 8, Head.MEAN).setArithmetic(new Fixed16())).isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("lstm").hasMessageContaining(cell).hasMessageContaining("float32");
    }
  }

  @Test
  void differentThresholdsInOneLayerAreRefused() {
    Network network = network("lstm", 1, 8, Head.MEAN);
    float[] x = Thresholds.uniform(INPUTS, 8, 0.1f, 0.1f).x();
    x[3] = 0.2f;
    network.setThresholds(0, new Thresholds(x, Thresholds.uniform(INPUTS, 8, 0.1f, 0.1f).h()));
    network.setArithmetic(new Fixed16());
    assertThatThrownBy(() -> new NetworkPass(network, Mode.DELTA)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("0.1").hasMessageContaining("0.2");
  }

  @Test
  void aThresholdAboveZeroNeverBecomesTheDenseNetwork() {
    Network network = network("lstm", 1, 8, Head.MEAN);
    network.setThresholds(0, Thresholds.uniform(INPUTS, 8, 1e-6f, 0.25f));
    FixedLstmLayer layer = new FixedNetwork(network, Mode.DELTA).layers().getFirst();
    assertThat(layer.thetaX()).isEqualTo(1);
    assertThat(layer.thetaH()).isEqualTo(1024);
    assertThat(new FixedNetwork(network, Mode.DENSE).layers().getFirst().thetaH()).isZero();
  }
}

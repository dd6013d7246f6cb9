// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.kernel.Kernels;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Sequence;
import org.lull.rnn.Cell;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.Thresholds;
import org.lull.train.Example;
import org.lull.train.Loss;
import org.lull.train.Targets;

/** Learning in integers beside gradient descent in floats. */
class FixedClassifierTest {
  private static final int INPUTS = 6;
  private static final int CLASSES = 3;
  private static final int UNITS = 20;

  private static Network network(Head head) {
    Network network = new Network(new NetworkSpec(Cell.named("lstm"), INPUTS, 2, UNITS, CLASSES, head));
    Initialiser.initialise(network, new SplittableRandom(4));
    network.setThresholds(0, Thresholds.uniform(INPUTS, UNITS, 0.3f, 0));
    return network;
  }

  /** Inputs that stay for a while, exact in 16 bits. */
  private static short[] input(int steps, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    short[] x = new short[steps * INPUTS];
    for (int k = 0; k < x.length; k++) {
      x[k] = (short) (k < INPUTS || random.nextInt(3) == 0 ? random.nextInt(-8000, 8000) : x[k - INPUTS]);
    }
    return x;
  }

  private static float[] gradient(Network network, short[] x, int steps, int label) {
    int stride = Kernels.pad(INPUTS);
    float[] values = new float[steps * stride];
    for (int k = 0; k < x.length; k++) {
      values[k / INPUTS * stride + k % INPUTS] = x[k] / 4096f;
    }
    Sequence sequence = new Sequence(values, steps);
    NetworkPass pass = new NetworkPass(network, Mode.DELTA);
    pass.forward(List.of(sequence));
    Targets.lossAndGradient(Loss.CROSS_ENTROPY, pass, network.spec().head(), 0, new Example("", new float[x.length], steps, INPUTS, label),
        sequence, CLASSES, 1);
    float[] gradient = new float[network.parameters().length];
    pass.backward(gradient, true);
    return gradient;
  }

  @ParameterizedTest
  @CsvSource({"MEAN, 30", "LAST, 30", "MEAN, 1", "LAST, 7", "MEAN, 100"})
  void aStepIsOneOfGradientDescent(Head head, int steps) {
    Network network = network(head);
    for (int rate : new int[] {0, 3, 6}) {
      FixedClassifier fixed = new FixedClassifier(network, Mode.DELTA);
      short[][] before = {fixed.weights(0).clone(), fixed.weights(1).clone(), fixed.headWeights().clone()};
      short[] x = input(steps, steps);
      fixed.learn(x, steps, 1, rate);
      float[] gradient = gradient(network, x, steps, 1);
      for (int l = 0; l < 2; l++) {
        LayerLayout layout = network.layers().get(l);
        float[] expected = new float[before[l].length];
        for (int k = 0; k < expected.length; k++) {
          int j = k / (4 * UNITS);
          int unit = k % (4 * UNITS) / 4;
          int at = j < layout.columns() ? layout.weight(j, k % 4, unit) : layout.bias(0) + layout.unitInBlocks(4, k % 4, unit);
          expected[k] = gradient[at];
        }
        compare("layer " + l, before[l], fixed.weights(l), fixed.carry(l), 1 << FixedPoint.FW, expected, rate);
      }
      float[] expected = new float[CLASSES * (UNITS + 1)];
      for (int k = 0; k < CLASSES; k++) {
        System.arraycopy(gradient, network.headWeight() + k * Kernels.pad(UNITS), expected, k * (UNITS + 1), UNITS);
        expected[k * (UNITS + 1) + UNITS] = gradient[network.headBias() + k];
      }
      compare("head", before[2], fixed.headWeights(), fixed.headCarry(), 1 << fixed.headFraction(), expected, rate);
    }
  }

  /** The weights with their carries moved against the gradient. */
  private static void compare(String what, short[] before, short[] after, byte[] carry, double scale, float[] gradient, int rate) {
    double difference = 0;
    double norm = 0;
    for (int k = 0; k < before.length; k++) {
      double step = (after[k] - before[k] - carry[k] / 256.0) / scale * (1 << rate);
      difference += Math.pow(step + gradient[k], 2);
      norm += Math.pow(gradient[k], 2);
    }
    assertThat(Math.sqrt(difference / norm)).as("%s, rate %d", what, rate).isLessThan(0.03);
  }

  @Test
  void itLearns() {
    FixedClassifier fixed = new FixedClassifier(network(Head.MEAN), Mode.DELTA);
    short[][] clips = IntStream.range(0, 9).mapToObj(n -> input(20, n)).toArray(short[][]::new);
    for (int n = 0; n < 300; n++) {
      fixed.learn(clips[n % 9], 20, n % 9 / 3, 2);
    }
    for (int n = 0; n < 9; n++) {
      int[] scores = fixed.scores(clips[n], 20);
      assertThat(IntStream.range(0, CLASSES).boxed().max((a, b) -> scores[a] - scores[b])).contains(n / 3);
    }
    assertThat(fixed.saturated().weights()).isZero();
  }

  @Test
  void theSoftmaxIsExactToFourDigits() {
    for (int[] scores : new int[][] {{0, 0, 0}, {4096, 0, -4096}, {40_000, -40_000, 39_000}, {Integer.MAX_VALUE, Integer.MIN_VALUE, 0}}) {
      int[] gradient = FixedHead.gradient(scores, 2);
      double largest = Math.max(scores[0], Math.max(scores[1], scores[2]));
      double sum = IntStream.of(scores).mapToDouble(score -> Math.exp((score - largest) / 4096)).sum();
      for (int k = 0; k < 3; k++) {
        double probability = Math.exp((scores[k] - largest) / 4096) / sum;
        assertThat(gradient[k] / 32768.0).isCloseTo(probability - (k == 2 ? 1 : 0), within(6e-5));
      }
    }
  }

  /** Steps too small for a weight add up. */
  @Test
  void nothingIsLostInTheCarry() {
    short[] weights = {100};
    byte[] carry = {0};
    Saturations saturations = new Saturations();
    for (int n = 0; n < 256; n++) {
      CarriedUpdate.apply(weights, carry, 0, 3, 8, saturations); // 3 / 256 of a unit
    }
    assertThat(weights[0]).isEqualTo((short) 97);
    assertThat(carry[0]).isZero();
    CarriedUpdate.apply(weights, carry, 0, -1L << 30, 8, saturations);
    assertThat(weights[0]).isEqualTo(Short.MAX_VALUE);
    assertThat(saturations.counts().weight()).isEqualTo(1);
  }
}

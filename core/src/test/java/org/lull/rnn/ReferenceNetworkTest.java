// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lull.rnn.ReferenceLayer.Thresholds;
import org.lull.rnn.ReferenceLayer.Weights;
import org.lull.rnn.ReferenceNetwork.Pooling;
import org.lull.rnn.ReferenceNetwork.Run;

class ReferenceNetworkTest {
  private static final int INPUTS = 3;
  private static final int HIDDEN = 5;
  private static final int CLASSES = 4;
  private static final Thresholds DENSE = new Thresholds(0, 0);

  private static Stream<Arguments> gradientCases() {
    List<Arguments> cases = new ArrayList<>();
    for (ReferenceCell cell : ReferenceCell.values()) {
      cases.add(Arguments.of(cell, 1, DENSE, Pooling.LAST, 0.0, 0.0));
      cases.add(Arguments.of(cell, 13, DENSE, Pooling.MEAN, 0.0, 0.0));
      cases.add(Arguments.of(cell, 2, new Thresholds(0.1, 0.1), Pooling.EVERY_FRAME, 0.0, 0.9));
      cases.add(Arguments.of(cell, 40, new Thresholds(0.3, 0.04), Pooling.MEAN, 0.5, 0.95));
      cases.add(Arguments.of(cell, 31, new Thresholds(0.3, 0.05), Pooling.LAST, 0.5, 0.96));
      cases.add(Arguments.of(cell, 40, new Thresholds(0.2, 0.1), Pooling.EVERY_FRAME, 0.5, 0.95));
      cases.add(Arguments.of(cell, 20, new Thresholds(0, 0.1), Pooling.MEAN, cell.recurrent() ? 0.2 : 0, 0.9));
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("gradientCases")
  void theAnalyticGradientIsTheSlopeOfTheLossWithTheMasksFrozen(
      ReferenceCell cell, int steps, Thresholds thresholds, Pooling pooling, double leastSparsity, double mostSparsity) {
    ReferenceNetwork network = ReferenceNetwork.random(steps, cell, INPUTS, HIDDEN, 2, CLASSES, thresholds, pooling);
    double[][] x = walk(steps, steps, INPUTS);
    int[] labels = pooling == Pooling.EVERY_FRAME ? new SplittableRandom(7).ints(steps, 0, CLASSES).toArray() : new int[] {2};
    Run run = network.forward(x, labels);
    List<boolean[][]> active = run.active();
    assertThat(sparsity(active)).isBetween(leastSparsity, mostSparsity);
    assertThat(network.forward(x, active, labels).loss()).isEqualTo(run.loss());

    double strength = thresholds.x() > 0 ? 0.3 : 0; // the penalty has a kink where delta is 0, which thresholds keep away from
    ReferenceNetwork.Gradients gradients = run.backward(strength);
    List<double[]> parameters = rows(network.tensors(), x);
    List<double[]> analytic = rows(gradients.tensors(), gradients.x());
    DoubleSupplier loss = () -> {
      Run moved = network.forward(x, active, labels);
      return moved.loss() + moved.penalty(strength);
    };
    assertThat(analytic).hasSameSizeAs(parameters);
    double step = cell == ReferenceCell.INDRNN ? 1e-4 : 1e-3; // none that takes one of its sums across the kink at 0
    double worst = 0;
    for (int row = 0; row < parameters.size(); row++) {
      assertThat(analytic.get(row)).hasSameSizeAs(parameters.get(row));
      for (int i = 0; i < parameters.get(row).length; i++) {
        worst = Math.max(worst, relativeError(analytic.get(row)[i], slope(loss, parameters.get(row), i, step)));
      }
    }
    assertThat(worst).isLessThanOrEqualTo(1e-7);
  }

  @ParameterizedTest
  @EnumSource
  void withoutThresholdsItIsTheOrdinaryCell(ReferenceCell cell) {
    ReferenceNetwork network = ReferenceNetwork.random(11, cell, INPUTS, HIDDEN, 2, CLASSES, DENSE, Pooling.LAST);
    double[][] x = walk(12, 50, INPUTS);
    double[][] h = x;
    for (ReferenceLayer layer : network.layers()) {
      h = ordinary(cell, layer.weights(), h);
    }
    Run run = network.forward(x, 0);
    assertThat(sparsity(run.active())).isZero();
    for (int t = 0; t < x.length; t++) {
      assertThat(run.h()[t]).containsExactly(h[t], within(1e-12));
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEntryCollectsTheGradientOfTheStepsThatHeldItsValue(ReferenceCell cell) {
    Thresholds thresholds = new Thresholds(0.4, 0.05);
    ReferenceNetwork network = ReferenceNetwork.random(21, cell, INPUTS, HIDDEN, 2, CLASSES, thresholds, Pooling.MEAN);
    Run run = network.forward(walk(22, 60, INPUTS), 1);
    List<ReferenceLayer.Gradients> gradients = run.backward().layers();
    for (int layer = 0; layer < 2; layer++) {
      double[][] w = network.layers().get(layer).stack();
      double[][] g = gradients.get(layer).g();
      double[][] dv = gradients.get(layer).dv();
      boolean[][] active = run.active().get(layer);
      for (int t = 0; t < g.length; t++) {
        for (int i = 0; i < dv[t].length; i++) {
          assertThat(dv[t][i]).isCloseTo(active[t][i] ? whileHeld(w, g, active, t, i) : 0, within(1e-14));
        }
      }
    }
  }

  /** The i-th entry of W^T (G_t - G_t'), where the entry fires next at t'. */
  private static double whileHeld(double[][] w, double[][] g, boolean[][] active, int t, int i) {
    int next = t + 1;
    while (next < g.length && !active[next][i]) {
      next++;
    }
    double sum = 0;
    for (int row = 0; row < w.length; row++) {
      sum += w[row][i] * (g[t][row] - (next < g.length ? g[next][row] : 0));
    }
    return sum;
  }

  @Test
  void anEntryFiresWhereItMovedByTheThresholdOrMoreSinceItLastFired() {
    double[][] one = {{0}};
    Weights weights = new Weights(1, one, one, new double[1], new double[1], new double[0][]);
    double[][] x = {{0.25}, {0.5}, {0.75}, {1}, {0.5}, {0.25}};
    boolean[][] active = new ReferenceLayer(ReferenceCell.VANILLA, weights, new Thresholds(0.5, 0)).forward(x).active();
    assertThat(Arrays.stream(active).map(entries -> entries[0])).containsExactly(false, true, false, true, true, false);
    assertThat(Arrays.stream(active).map(entries -> entries[1])).containsOnly(true);
  }

  @Test
  void labelsMustMatchTheRowsOfLogits() {
    ReferenceNetwork network = ReferenceNetwork.random(1, ReferenceCell.GRU, INPUTS, HIDDEN, 1, CLASSES, DENSE, Pooling.EVERY_FRAME);
    assertThatThrownBy(() -> network.forward(walk(1, 3, INPUTS), 0)).hasMessage("1 labels for 3 rows of logits");
  }

  private static List<double[]> rows(Stream<double[][]> tensors, double[][] x) {
    return Stream.concat(tensors, Stream.<double[][]>of(x)).flatMap(Arrays::stream).toList();
  }

  /** A slow random walk, as features are: neighbouring steps differ little. */
  private static double[][] walk(long seed, int steps, int width) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] x = new double[steps][width];
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < width; i++) {
        x[t][i] = (t == 0 ? random.nextDouble(-1, 1) : 0.95 * x[t - 1][i]) + random.nextDouble(-0.3, 0.3);
      }
    }
    return x;
  }

  private static double sparsity(List<boolean[][]> masks) {
    int silent = 0;
    int entries = 0;
    for (boolean[][] mask : masks) {
      for (boolean[] step : mask) {
        for (boolean active : step) {
          silent += active ? 0 : 1;
          entries++;
        }
      }
    }
    return silent / (double) entries;
  }

  /** Central difference of the fourth order: its error, about 1e-12, lets a step be wide enough for rounding not to matter. */
  private static double slope(DoubleSupplier loss, double[] parameter, int i, double step) {
    double value = parameter[i];
    double[] losses = DoubleStream.of(-2, -1, 1, 2).map(k -> {
      parameter[i] = value + k * step;
      return loss.getAsDouble();
    }).toArray();
    parameter[i] = value;
    return (losses[0] - 8 * losses[1] + 8 * losses[2] - losses[3]) / (12 * step);
  }

  /** Gradients below 1e-4 are compared absolutely, to 1e-11: the rounding of the loss allows no more. */
  private static double relativeError(double a, double b) {
    return Math.abs(a - b) / Math.max(1e-4, Math.max(Math.abs(a), Math.abs(b)));
  }

  /** The cell as a textbook and PyTorch's documentation write it; the bias vectors are added to their products. */
  private static double[][] ordinary(ReferenceCell cell, Weights w, double[][] x) {
    int n = w.hidden();
    double[] h = new double[n];
    double[] c = new double[n];
    double[][] outputs = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] a = ReferenceLayer.add(ReferenceLayer.multiply(w.ih(), x[t]), w.biasIh());
      double[] b = ReferenceLayer.add(ReferenceLayer.multiply(w.hh(), h), w.biasHh());
      double[][] own = w.own();
      double[] y = cell == ReferenceCell.LAYER_NORM ? layerNorm(ReferenceLayer.add(a, b), own[0], own[1]) : a;
      for (int j = 0; j < n; j++) {
        switch (cell) {
          case LSTM -> {
            c[j] = sigmoid(a[n + j] + b[n + j]) * c[j] + sigmoid(a[j] + b[j]) * Math.tanh(a[2 * n + j] + b[2 * n + j]);
            h[j] = sigmoid(a[3 * n + j] + b[3 * n + j]) * Math.tanh(c[j]);
          }
          case GRU -> {
            double candidate = Math.tanh(a[2 * n + j] + sigmoid(a[j] + b[j]) * b[2 * n + j]);
            double z = sigmoid(a[n + j] + b[n + j]);
            h[j] = (1 - z) * candidate + z * h[j];
          }
          case VANILLA -> h[j] = Math.tanh(a[j] + b[j]);
          case MINGRU -> h[j] += sigmoid(a[j]) * (a[n + j] - h[j]);
          case INDRNN -> h[j] = Math.max(a[j] + own[0][j] * h[j], 0);
          case PEEPHOLE -> {
            double input = sigmoid(a[j] + b[j] + own[0][j] * c[j]) * Math.tanh(a[2 * n + j] + b[2 * n + j]);
            c[j] = sigmoid(a[n + j] + b[n + j] + own[1][j] * c[j]) * c[j] + input;
            h[j] = sigmoid(a[3 * n + j] + b[3 * n + j] + own[2][j] * c[j]) * Math.tanh(c[j]);
          }
          case LAYER_NORM -> c[j] = sigmoid(y[n + j]) * c[j] + sigmoid(y[j]) * Math.tanh(y[2 * n + j]);
        }
      }
      if (cell == ReferenceCell.LAYER_NORM) {
        double[] yOfC = layerNorm(c, own[2], own[3]);
        Arrays.setAll(h, j -> sigmoid(y[3 * n + j]) * Math.tanh(yOfC[j]));
      }
      outputs[t] = h.clone();
    }
    return outputs;
  }

  /** As PyTorch's documentation of LayerNorm has it. */
  private static double[] layerNorm(double[] x, double[] weight, double[] bias) {
    double mean = DoubleStream.of(x).average().orElseThrow();
    double variance = DoubleStream.of(x).map(value -> (value - mean) * (value - mean)).average().orElseThrow();
    double[] y = new double[x.length];
    Arrays.setAll(y, i -> (x[i] - mean) / Math.sqrt(variance + 1e-5) * weight[i] + bias[i]);
    return y;
  }

  private static double sigmoid(double a) {
    return 1 / (1 + Math.exp(-a));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.torch;

import java.util.List;
import org.lull.exchange.Reference;
import org.lull.exchange.RecurrentWeights.Layer;

/** The equations of torch.nn.LSTM, torch.nn.GRU and torch.nn.RNN (tanh), as PyTorch's documentation has them. */
record TorchReference(List<Layer> layers) implements Reference {
  @Override
  public double[][] run(double[][] x) {
    double[][] below = x;
    for (Layer layer : layers) {
      double[][] h = new double[x.length][];
      double[] state = new double[layer.hidden()];
      double[] cell = new double[layer.hidden()];
      for (int t = 0; t < x.length; t++) {
        double[] ofX = product(layer.weightIh(), layer.biasIh(), below[t]);
        double[] ofH = product(layer.weightHh(), layer.biasHh(), state);
        state = switch (layer.kind()) {
          case LSTM -> lstm(ofX, ofH, cell);
          case GRU -> gru(ofX, ofH, state);
          case RNN -> rnn(ofX, ofH);
          case PEEPHOLE -> throw new IllegalArgumentException("PyTorch has no peepholes");
        };
        h[t] = state;
      }
      below = h;
    }
    return below;
  }

  /** c_t = f c + i g; h_t = o tanh(c_t). Replaces the cell state. */
  private static double[] lstm(double[] x, double[] h, double[] c) {
    int n = c.length;
    double[] next = new double[n];
    for (int u = 0; u < n; u++) {
      double i = Reference.sigmoid(x[u] + h[u]);
      double f = Reference.sigmoid(x[n + u] + h[n + u]);
      double g = Math.tanh(x[2 * n + u] + h[2 * n + u]);
      double o = Reference.sigmoid(x[3 * n + u] + h[3 * n + u]);
      c[u] = f * c[u] + i * g;
      next[u] = o * Math.tanh(c[u]);
    }
    return next;
  }

  /** n = tanh(x_n + r h_n); h_t = (1 - z) n + z h. */
  private static double[] gru(double[] x, double[] h, double[] before) {
    int n = before.length;
    double[] next = new double[n];
    for (int u = 0; u < n; u++) {
      double r = Reference.sigmoid(x[u] + h[u]);
      double z = Reference.sigmoid(x[n + u] + h[n + u]);
      double candidate = Math.tanh(x[2 * n + u] + r * h[2 * n + u]);
      next[u] = (1 - z) * candidate + z * before[u];
    }
    return next;
  }

  private static double[] rnn(double[] x, double[] h) {
    double[] next = new double[x.length];
    for (int u = 0; u < next.length; u++) {
      next[u] = Math.tanh(x[u] + h[u]);
    }
    return next;
  }

  private static double[] product(float[] weight, float[] bias, double[] x) {
    double[] y = new double[bias.length];
    for (int row = 0; row < y.length; row++) {
      double sum = bias[row];
      for (int j = 0; j < x.length; j++) {
        sum += (double) weight[row * x.length + j] * x[j];
      }
      y[row] = sum;
    }
    return y;
  }
}

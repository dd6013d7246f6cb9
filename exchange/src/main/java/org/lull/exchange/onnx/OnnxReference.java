// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.onnx;

import java.util.List;
import org.lull.exchange.Reference;

/**
 * The equations of ONNX's operators LSTM, GRU (with {@code linear_before_reset}) and RNN with their default activations, in ONNX's layout:
 * gates i o f c of the LSTM, z r h of the GRU.
 */
record OnnxReference(List<Layer> layers) implements Reference {
  /**
   * The inputs of a node.
   *
   * @param w [gates hidden][inputs]
   * @param r [gates hidden][hidden]
   * @param b Wb and then Rb, [2 gates hidden]
   * @param p peepholes i o f, [3 hidden]; empty for none
   */
  record Layer(String operator, int inputs, int hidden, float[] w, float[] r, float[] b, float[] p) {}

  @Override
  public double[][] run(double[][] x) {
    double[][] below = x;
    for (Layer layer : layers) {
      double[][] y = new double[x.length][];
      double[] h = new double[layer.hidden];
      double[] c = new double[layer.hidden];
      for (int t = 0; t < x.length; t++) {
        double[] xw = product(layer.w, below[t], layer.b, 0);
        double[] hr = product(layer.r, h, layer.b, layer.b.length / 2);
        h = switch (layer.operator) {
          case "LSTM" -> lstm(layer, xw, hr, c);
          case "GRU" -> gru(layer, xw, hr, h);
          default -> rnn(xw, hr);
        };
        y[t] = h;
      }
      below = y;
    }
    return below;
  }

  /** Ct = ft (.) Ct-1 + it (.) ct, and Ht = ot (.) tanh(Ct). Replaces the cell state. */
  private static double[] lstm(Layer layer, double[] xw, double[] hr, double[] c) {
    int n = layer.hidden;
    double[] h = new double[n];
    for (int u = 0; u < n; u++) {
      double i = Reference.sigmoid(xw[u] + hr[u] + peephole(layer, 0, u) * c[u]);
      double f = Reference.sigmoid(xw[2 * n + u] + hr[2 * n + u] + peephole(layer, 2, u) * c[u]);
      double candidate = Math.tanh(xw[3 * n + u] + hr[3 * n + u]);
      c[u] = f * c[u] + i * candidate;
      double o = Reference.sigmoid(xw[n + u] + hr[n + u] + peephole(layer, 1, u) * c[u]);
      h[u] = o * Math.tanh(c[u]);
    }
    return h;
  }

  private static double peephole(Layer layer, int gate, int u) {
    return layer.p.length == 0 ? 0 : layer.p[gate * layer.hidden + u];
  }

  /** Ht = (1 - zt) (.) ht + zt (.) Ht-1. */
  private static double[] gru(Layer layer, double[] xw, double[] hr, double[] before) {
    int n = layer.hidden;
    double[] h = new double[n];
    for (int u = 0; u < n; u++) {
      double z = Reference.sigmoid(xw[u] + hr[u]);
      double r = Reference.sigmoid(xw[n + u] + hr[n + u]);
      h[u] = (1 - z) * Math.tanh(xw[2 * n + u] + r * hr[2 * n + u]) + z * before[u];
    }
    return h;
  }

  private static double[] rnn(double[] xw, double[] hr) {
    double[] h = new double[xw.length];
    for (int u = 0; u < h.length; u++) {
      h[u] = Math.tanh(xw[u] + hr[u]);
    }
    return h;
  }

  private static double[] product(float[] matrix, double[] v, float[] bias, int biasAt) {
    double[] y = new double[bias.length / 2];
    for (int row = 0; row < y.length; row++) {
      double sum = bias[biasAt + row];
      for (int j = 0; j < v.length; j++) {
        sum += (double) matrix[row * v.length + j] * v[j];
      }
      y[row] = sum;
    }
    return y;
  }
}

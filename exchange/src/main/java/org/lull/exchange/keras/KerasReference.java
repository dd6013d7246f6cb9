// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.keras;

import java.util.List;
import org.lull.exchange.Reference;

/**
 * The equations of keras.layers.LSTM, GRU (with reset_after) and SimpleRNN with their default activations, in Keras's layout: kernels with
 * a row for each input, gates i f c o of the LSTM, z r h of the GRU.
 */
record KerasReference(List<Layer> layers) implements Reference {
  /**
   * The weights of a layer.
   *
   * @param kernel [inputs][gates units]
   * @param recurrent [units][gates units]
   * @param bias [gates units], of the GRU [2][gates units]: of the input, then of the recurrent product
   */
  record Layer(String type, int inputs, int units, float[] kernel, float[] recurrent, float[] bias) {}

  @Override
  public double[][] run(double[][] x) {
    double[][] below = x;
    for (Layer layer : layers) {
      double[][] all = new double[x.length][];
      double[] h = new double[layer.units];
      double[] c = new double[layer.units];
      int columns = layer.kernel.length / layer.inputs;
      for (int t = 0; t < x.length; t++) {
        double[] ofX = product(below[t], layer.kernel, columns, layer.bias, 0);
        double[] ofH = product(h, layer.recurrent, columns, layer.bias, layer.type.equals("GRU") ? columns : -1);
        h = switch (layer.type) {
          case "LSTM" -> lstm(ofX, ofH, c);
          case "GRU" -> gru(ofX, ofH, h);
          default -> simple(ofX, ofH);
        };
        all[t] = h;
      }
      below = all;
    }
    return below;
  }

  /** c = f c + i tanh(z_c); h = o tanh(c). Replaces the carry state. */
  private static double[] lstm(double[] x, double[] h, double[] carry) {
    int n = carry.length;
    double[] next = new double[n];
    for (int u = 0; u < n; u++) {
      double i = Reference.sigmoid(x[u] + h[u]);
      double f = Reference.sigmoid(x[n + u] + h[n + u]);
      carry[u] = f * carry[u] + i * Math.tanh(x[2 * n + u] + h[2 * n + u]);
      next[u] = Reference.sigmoid(x[3 * n + u] + h[3 * n + u]) * Math.tanh(carry[u]);
    }
    return next;
  }

  /** hh = tanh(x_h + r recurrent_h); h = z h + (1 - z) hh. */
  private static double[] gru(double[] x, double[] h, double[] before) {
    int n = before.length;
    double[] next = new double[n];
    for (int u = 0; u < n; u++) {
      double z = Reference.sigmoid(x[u] + h[u]);
      double r = Reference.sigmoid(x[n + u] + h[n + u]);
      next[u] = z * before[u] + (1 - z) * Math.tanh(x[2 * n + u] + r * h[2 * n + u]);
    }
    return next;
  }

  private static double[] simple(double[] x, double[] h) {
    double[] next = new double[x.length];
    for (int u = 0; u < next.length; u++) {
      next[u] = Math.tanh(x[u] + h[u]);
    }
    return next;
  }

  /** v kernel + bias, or without a bias where its place is below 0. */
  private static double[] product(double[] v, float[] kernel, int columns, float[] bias, int biasAt) {
    double[] y = new double[columns];
    for (int j = 0; j < columns; j++) {
      double sum = biasAt < 0 ? 0 : bias[biasAt + j];
      for (int i = 0; i < v.length; i++) {
        sum += v[i] * kernel[i * columns + j];
      }
      y[j] = sum;
    }
    return y;
  }
}

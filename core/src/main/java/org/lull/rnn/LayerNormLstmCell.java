// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import static org.lull.kernel.Activations.flushTiny;
import static org.lull.kernel.Activations.sigmoid;
import static org.lull.kernel.Activations.tanh;

import java.util.Arrays;
import java.util.List;
import org.lull.kernel.CellStep;
import org.lull.kernel.Kernels;

/**
 * LSTM with layer normalisation (Ba, Kiros and Hinton 2016, "Layer normalization", equations 20 to 22), with one norm over the delta memory
 * where that paper has one over the product with x and one over that with h. Blocks i f g o:
 *
 * <pre>
 *   y   = norm(M_t) gain + shift                  norm over all 4 Nh rows of M_t
 *   c_t = sigmoid(y_f) c_{t-1} + sigmoid(y_i) tanh(y_g)
 *   h_t = sigmoid(y_o) tanh(norm(c_t) gain_c + shift_c)
 *
 *   norm(v) = (v - mean(v)) / sqrt(variance(v) + 1e-5)
 * </pre>
 *
 * In model files gain and shift are ln_weight_l0 and ln_bias_l0, [4 Nh], those of c ln_c_weight_l0 and ln_c_bias_l0, [Nh]. Means are
 * sums over all units as {@link Kernels#sum} takes them: the same bits on every machine.
 */
public record LayerNormLstmCell() implements Cell {
  private static final int FORGET = 1;
  private static final float EPSILON = 1e-5f; // PyTorch's

  // blocks of what is saved: the gates after activation, which dL/dM_t replaces, and
  private static final int NORM = 4;
  private static final int NORM_OF_C = 8;
  private static final int TANH = 9;
  /** 1 / sqrt(variance + epsilon), of M and of c. */
  private static final int INVERSE = 10;

  // blocks of the parameters
  private static final int GAIN = 0;
  private static final int SHIFT = 4;
  private static final int GAIN_OF_C = 8;
  private static final int SHIFT_OF_C = 9;

  @Override
  public String name() {
    return "lnlstm";
  }

  @Override
  public String displayName() {
    return "layer-norm LSTM";
  }

  @Override
  public int blocks() {
    return 4;
  }

  @Override
  public int saved() {
    return 11;
  }

  @Override
  public int pointwiseOperations() {
    return 238; // 156 forward, five exponentials among them, and 82 backward
  }

  @Override
  public float initialBias(int block) {
    return block == FORGET ? 1 : 0;
  }

  @Override
  public List<CellParameter> parameters() {
    return List.of(new CellParameter("ln_weight", 4, 1), new CellParameter("ln_bias", 4, 0), new CellParameter("ln_c_weight", 1, 1),
        new CellParameter("ln_c_bias", 1, 0));
  }

  @Override
  public boolean wholeLayer() {
    return true;
  }

  @Override
  public void forward(CellStep s) {
    float[] a = s.a;
    int n = s.units;
    a[s.saved + INVERSE * n] = normalise(s, s.m, 4, s.saved + NORM * n);
    for (int u = 0; u < s.realUnits; u++) {
      float i = sigmoid(y(s, 0, u));
      float f = sigmoid(y(s, 1, u));
      float g = tanh(y(s, 2, u));
      a[s.saved + u] = i;
      a[s.saved + n + u] = f;
      a[s.saved + 2 * n + u] = g;
      a[s.saved + 3 * n + u] = sigmoid(y(s, 3, u));
      a[s.c + u] = Math.fma(f, a[s.cBefore + u], i * g);
    }
    a[s.saved + INVERSE * n + 1] = normalise(s, s.c, 1, s.saved + NORM_OF_C * n);
    for (int u = 0; u < s.realUnits; u++) {
      float tanhC = tanh(Math.fma(a[s.saved + NORM_OF_C * n + u], a[s.own + GAIN_OF_C * n + u], a[s.own + SHIFT_OF_C * n + u]));
      a[s.saved + TANH * n + u] = tanhC;
      a[s.h + u] = a[s.saved + 3 * n + u] * tanhC;
    }
  }

  private static float y(CellStep s, int block, int u) {
    int at = block * s.units + u;
    return Math.fma(s.a[s.saved + NORM * s.units + at], s.a[s.own + GAIN * s.units + at], s.a[s.own + SHIFT * s.units + at]);
  }

  @Override
  public void backward(CellStep s) {
    float[] a = s.a;
    int n = s.units;
    int dNorm = s.scratch;
    clearPadding(s, dNorm, 1);
    clearPadding(s, s.saved, 4);
    for (int u = 0; u < s.realUnits; u++) {
      float o = a[s.saved + 3 * n + u];
      float tanhC = a[s.saved + TANH * n + u];
      float dh = flushTiny(a[s.dh + u] + s.above[s.aboveAt + u]);
      a[s.saved + 3 * n + u] = dh * tanhC * (o - o * o); // dL/dy_o
      affineBackward(s, dh * o - dh * o * tanhC * tanhC, NORM_OF_C, GAIN_OF_C, SHIFT_OF_C, u, dNorm);
    }
    normaliseBackward(s, dNorm, 1, s.saved + NORM_OF_C * n, a[s.saved + INVERSE * n + 1]);
    for (int u = 0; u < s.realUnits; u++) {
      float i = a[s.saved + u];
      float f = a[s.saved + n + u];
      float g = a[s.saved + 2 * n + u];
      float dc = flushTiny(a[s.carry + u] + a[dNorm + u]);
      a[s.saved + u] = dc * g * (i - i * i);
      a[s.saved + n + u] = dc * a[s.cBefore + u] * (f - f * f);
      a[s.saved + 2 * n + u] = dc * i - dc * i * g * g;
      a[s.carry + u] = dc * f;
    }
    for (int block = 0; block < 4; block++) {
      for (int u = 0; u < s.realUnits; u++) {
        affineBackward(s, a[s.saved + block * n + u], NORM + block, GAIN + block, SHIFT + block, u, s.saved + block * n);
      }
    }
    normaliseBackward(s, s.saved, 4, s.saved + NORM * n, a[s.saved + INVERSE * n]);
  }

  /** Of y = norm gain + shift: dL/dnorm at {@code to}, and the gradients of gain and shift. */
  private static void affineBackward(CellStep s, float dy, int norm, int gain, int shift, int u, int to) {
    float[] a = s.a;
    int n = s.units;
    a[s.ownGradient + gain * n + u] += dy * a[s.saved + norm * n + u];
    a[s.ownGradient + shift * n + u] += dy;
    a[to + u] = dy * a[s.own + gain * n + u];
  }

  /** norm(v) of so many blocks at {@code from}, whose padding is 0; returns what it was multiplied with. */
  private static float normalise(CellStep s, int from, int blocks, int to) {
    float[] a = s.a;
    int all = blocks * s.units;
    int count = blocks * s.realUnits;
    float mean = s.kernels.sum(a, from, all) / count;
    for (int i = 0; i < all; i++) {
      a[to + i] = a[from + i] - mean;
    }
    clearPadding(s, to, blocks);
    float inverse = 1f / (float) Math.sqrt(s.kernels.dot(a, to, a, to, all) / count + EPSILON);
    for (int i = 0; i < all; i++) {
      a[to + i] *= inverse;
    }
    return inverse;
  }

  /** dL/dnorm(v) at {@code d}, whose padding is 0, to dL/dv, in place. */
  private static void normaliseBackward(CellStep s, int d, int blocks, int norm, float inverse) {
    float[] a = s.a;
    int all = blocks * s.units;
    int count = blocks * s.realUnits;
    float mean = s.kernels.sum(a, d, all) / count;
    float slope = s.kernels.dot(a, d, a, norm, all) / count;
    for (int i = 0; i < all; i++) {
      a[d + i] = inverse * (a[d + i] - mean - a[norm + i] * slope);
    }
    clearPadding(s, d, blocks);
  }

  /** What belongs to no unit must not enter a sum over them. */
  private static void clearPadding(CellStep s, int at, int blocks) {
    for (int block = 0; block < blocks; block++) {
      Arrays.fill(s.a, at + block * s.units + s.realUnits, at + (block + 1) * s.units, 0f);
    }
  }
}

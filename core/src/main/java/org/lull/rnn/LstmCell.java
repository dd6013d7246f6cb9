// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import static org.lull.kernel.Activations.flushTiny;
import static org.lull.kernel.Activations.onePlusExp;
import static org.lull.kernel.Activations.tanh;

import org.lull.kernel.CellStep;

/**
 * LSTM (Hochreiter and Schmidhuber 1997; forget gate, no peepholes). Blocks i f g o:
 *
 * <pre>
 *   c_t = sigmoid(f) c_{t-1} + sigmoid(i) tanh(g)
 *   h_t = sigmoid(o) tanh(c_t)
 * </pre>
 */
public record LstmCell() implements Cell {
  private static final int FORGET = 1;

  @Override
  public String name() {
    return "lstm";
  }

  @Override
  public int blocks() {
    return 4;
  }

  @Override
  public int saved() {
    return 5; // the gates and tanh(c)
  }

  @Override
  public int pointwiseOperations() {
    return 155; // 128 forward, five exponentials among them, and 27 backward
  }

  /** A forget gate that begins open (Jozefowicz et al. 2015). */
  @Override
  public float initialBias(int block) {
    return block == FORGET ? 1 : 0;
  }

  @Override
  public void forward(CellStep s) {
    float[] a = s.a;
    int n = s.units;
    for (int u = 0; u < n; u++) {
      float ei = onePlusExp(a[s.m + u], -1f);
      float ef = onePlusExp(a[s.m + n + u], -1f);
      float eg = onePlusExp(a[s.m + 2 * n + u], -2f);
      float eo = onePlusExp(a[s.m + 3 * n + u], -1f);
      float inputForget = ei * ef;
      float cellOutput = eg * eo;
      float inverse = 1f / (inputForget * cellOutput); // one division for four gates
      float left = inverse * cellOutput;
      float right = inverse * inputForget;
      float i = left * ef;
      float f = left * ei;
      float g = Math.fma(right * eo, 2f, -1f);
      float o = right * eg;
      float c = Math.fma(f, a[s.cBefore + u], i * g);
      float tanhC = tanh(c);
      a[s.saved + u] = i;
      a[s.saved + n + u] = f;
      a[s.saved + 2 * n + u] = g;
      a[s.saved + 3 * n + u] = o;
      a[s.saved + 4 * n + u] = tanhC;
      a[s.c + u] = c;
      a[s.h + u] = o * tanhC;
    }
  }

  @Override
  public void backward(CellStep s) {
    float[] a = s.a;
    int n = s.units;
    for (int u = 0; u < n; u++) {
      float i = a[s.saved + u];
      float f = a[s.saved + n + u];
      float g = a[s.saved + 2 * n + u];
      float o = a[s.saved + 3 * n + u];
      float tanhC = a[s.saved + 4 * n + u];
      float dh = flushTiny(a[s.dh + u] + s.above[s.aboveAt + u]);
      float throughOutput = dh * o;
      float dc = flushTiny(a[s.carry + u] + (throughOutput - throughOutput * tanhC * tanhC));
      a[s.saved + u] = dc * g * (i - i * i);
      a[s.saved + n + u] = dc * a[s.cBefore + u] * (f - f * f);
      a[s.saved + 2 * n + u] = dc * i - dc * i * g * g;
      a[s.saved + 3 * n + u] = dh * tanhC * (o - o * o);
      a[s.carry + u] = dc * f;
    }
  }
}

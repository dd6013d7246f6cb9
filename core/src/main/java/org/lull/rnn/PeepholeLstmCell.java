// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import static org.lull.kernel.Activations.flushTiny;
import static org.lull.kernel.Activations.sigmoid;
import static org.lull.kernel.Activations.tanh;

import java.util.List;
import org.lull.kernel.CellStep;

/**
 * LSTM with peepholes (Gers, Schraudolph and Schmidhuber 2002, "Learning precise timing with LSTM recurrent networks"): the gates also look
 * at the cell state of their own unit. Blocks i f g o, and weights p_i p_f p_o, a number a unit each:
 *
 * <pre>
 *   c_t = sigmoid(f + p_f c_{t-1}) c_{t-1} + sigmoid(i + p_i c_{t-1}) tanh(g)
 *   h_t = sigmoid(o + p_o c_t) tanh(c_t)
 * </pre>
 *
 * In model files p_i p_f p_o are weight_ci_l0, weight_cf_l0 and weight_co_l0. They begin at 0: as the LSTM without them.
 */
public record PeepholeLstmCell() implements Cell {
  private static final int FORGET = 1;

  @Override
  public String name() {
    return "peephole";
  }

  @Override
  public String displayName() {
    return "peephole LSTM";
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
    return 166; // 127 forward, five exponentials among them, and 39 backward
  }

  @Override
  public float initialBias(int block) {
    return block == FORGET ? 1 : 0;
  }

  @Override
  public List<CellParameter> parameters() {
    return List.of(new CellParameter("weight_ci", 1, 0), new CellParameter("weight_cf", 1, 0), new CellParameter("weight_co", 1, 0));
  }

  @Override
  public void forward(CellStep s) {
    float[] a = s.a;
    int n = s.units;
    for (int u = 0; u < n; u++) {
      float cBefore = a[s.cBefore + u];
      float i = sigmoid(Math.fma(a[s.own + u], cBefore, a[s.m + u]));
      float f = sigmoid(Math.fma(a[s.own + n + u], cBefore, a[s.m + n + u]));
      float g = tanh(a[s.m + 2 * n + u]);
      float c = Math.fma(f, cBefore, i * g);
      float o = sigmoid(Math.fma(a[s.own + 2 * n + u], c, a[s.m + 3 * n + u]));
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
      float cBefore = a[s.cBefore + u];
      float dh = flushTiny(a[s.dh + u] + s.above[s.aboveAt + u]);
      float dO = dh * tanhC * (o - o * o);
      float throughOutput = dh * o - dh * o * tanhC * tanhC + dO * a[s.own + 2 * n + u];
      float dc = flushTiny(a[s.carry + u] + throughOutput);
      float di = dc * g * (i - i * i);
      float df = dc * cBefore * (f - f * f);
      a[s.saved + u] = di;
      a[s.saved + n + u] = df;
      a[s.saved + 2 * n + u] = dc * i - dc * i * g * g;
      a[s.saved + 3 * n + u] = dO;
      a[s.ownGradient + u] += di * cBefore;
      a[s.ownGradient + n + u] += df * cBefore;
      a[s.ownGradient + 2 * n + u] += dO * a[s.c + u];
      a[s.carry + u] = dc * f + di * a[s.own + u] + df * a[s.own + n + u];
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import static org.lull.kernel.Activations.flushTiny;
import static org.lull.kernel.Activations.tanh;

import org.lull.kernel.CellStep;

/** The plain recurrent cell (Elman 1990): h_t = tanh(M_t). */
public record VanillaCell() implements Cell {
  @Override
  public String name() {
    return "rnn";
  }

  @Override
  public int blocks() {
    return 1;
  }

  @Override
  public int saved() {
    return 1;
  }

  @Override
  public int pointwiseOperations() {
    return 30; // 24 forward, one exponential among them, and 6 backward
  }

  @Override
  public void forward(CellStep s) {
    float[] a = s.a;
    for (int u = 0; u < s.units; u++) {
      float h = tanh(a[s.m + u]);
      a[s.saved + u] = h;
      a[s.h + u] = h;
    }
  }

  @Override
  public void backward(CellStep s) {
    float[] a = s.a;
    for (int u = 0; u < s.units; u++) {
      float h = a[s.saved + u];
      float dh = flushTiny(a[s.dh + u] + s.above[s.aboveAt + u]);
      a[s.saved + u] = dh - dh * h * h;
    }
  }
}

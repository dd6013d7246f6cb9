// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import static org.lull.kernel.Activations.flushTiny;
import static org.lull.kernel.Activations.onePlusExp;
import static org.lull.kernel.Activations.tanh;

import org.lull.kernel.CellStep;

/**
 * GRU (Cho et al. 2014) as PyTorch has it, the reset gate after the product. Blocks nx r z nh, so that the blocks x feeds (nx r z) and
 * those h feeds (r z nh) are both consecutive:
 *
 * <pre>
 *   n   = tanh(nx + sigmoid(r) nh)
 *   h_t = (1 - sigmoid(z)) n + sigmoid(z) h_{t-1}
 * </pre>
 */
public record GruCell() implements Cell {
  @Override
  public String name() {
    return "gru";
  }

  @Override
  public int blocks() {
    return 4;
  }

  @Override
  public int blocksOfX() {
    return 3;
  }

  @Override
  public int blocksOfH() {
    return 3;
  }

  @Override
  public int saved() {
    return 4;
  }

  @Override
  public int[] gatesOfX() {
    return new int[] {2, 0, 1};
  }

  @Override
  public int[] gatesOfH() {
    return new int[] {0, 1, 2};
  }

  @Override
  public int pointwiseOperations() {
    return 99; // 77 forward, three exponentials among them, and 22 backward
  }

  @Override
  public void forward(CellStep s) {
    float[] a = s.a;
    int n = s.units;
    for (int u = 0; u < n; u++) {
      float er = onePlusExp(a[s.m + n + u], -1f);
      float ez = onePlusExp(a[s.m + 2 * n + u], -1f);
      float inverse = 1f / (er * ez); // one division for two gates
      float r = inverse * ez;
      float z = inverse * er;
      float nh = a[s.m + 3 * n + u];
      float candidate = tanh(Math.fma(r, nh, a[s.m + u]));
      a[s.saved + u] = candidate;
      a[s.saved + n + u] = r;
      a[s.saved + 2 * n + u] = z;
      a[s.saved + 3 * n + u] = nh;
      a[s.h + u] = Math.fma(z, a[s.hBefore + u] - candidate, candidate);
    }
  }

  @Override
  public void backward(CellStep s) {
    float[] a = s.a;
    int n = s.units;
    for (int u = 0; u < n; u++) {
      float candidate = a[s.saved + u];
      float r = a[s.saved + n + u];
      float z = a[s.saved + 2 * n + u];
      float nh = a[s.saved + 3 * n + u];
      float dh = flushTiny(a[s.dh + u] + s.above[s.aboveAt + u] + a[s.carry + u]);
      float dn = dh - dh * z;
      float dnx = dn - dn * candidate * candidate;
      a[s.saved + u] = dnx;
      a[s.saved + n + u] = dnx * nh * (r - r * r);
      a[s.saved + 2 * n + u] = dh * (a[s.hBefore + u] - candidate) * (z - z * z);
      a[s.saved + 3 * n + u] = dnx * r;
      a[s.carry + u] = dh * z;
    }
  }
}

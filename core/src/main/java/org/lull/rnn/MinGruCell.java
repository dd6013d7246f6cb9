// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import static org.lull.kernel.Activations.flushTiny;
import static org.lull.kernel.Activations.sigmoid;

import org.lull.kernel.CellStep;

/**
 * minGRU (Feng et al. 2024, "Were RNNs all we needed?", section 3.1): a GRU whose gate and candidate look at x alone, so that there is no
 * recurrent product. Blocks z n:
 *
 * <pre>
 *   h_t = (1 - sigmoid(z)) h_{t-1} + sigmoid(z) n
 * </pre>
 *
 * The gate weighs the candidate, not h_{t-1} as that of {@link GruCell} does.
 */
public record MinGruCell() implements Cell {
  @Override
  public String name() {
    return "mingru";
  }

  @Override
  public String displayName() {
    return "minGRU";
  }

  @Override
  public int blocks() {
    return 2;
  }

  @Override
  public int blocksOfH() {
    return 0;
  }

  @Override
  public int saved() {
    return 2;
  }

  @Override
  public int pointwiseOperations() {
    return 38; // 26 forward, one exponential among them, and 12 backward
  }

  @Override
  public void forward(CellStep s) {
    float[] a = s.a;
    int n = s.units;
    for (int u = 0; u < n; u++) {
      float z = sigmoid(a[s.m + u]);
      float candidate = a[s.m + n + u];
      a[s.saved + u] = z;
      a[s.saved + n + u] = candidate;
      a[s.h + u] = Math.fma(z, candidate - a[s.hBefore + u], a[s.hBefore + u]);
    }
  }

  @Override
  public void backward(CellStep s) {
    float[] a = s.a;
    int n = s.units;
    for (int u = 0; u < n; u++) {
      float z = a[s.saved + u];
      float candidate = a[s.saved + n + u];
      float dh = flushTiny(a[s.dh + u] + s.above[s.aboveAt + u] + a[s.carry + u]);
      a[s.saved + u] = dh * (candidate - a[s.hBefore + u]) * (z - z * z);
      a[s.saved + n + u] = dh * z;
      a[s.carry + u] = dh - dh * z;
    }
  }
}

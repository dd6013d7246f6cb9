// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import static org.lull.kernel.Activations.flushTiny;

import java.util.List;
import org.lull.kernel.CellStep;

/**
 * IndRNN (Li et al. 2018, "Independently recurrent neural network: building a longer and deeper RNN", equation 2): each unit remembers
 * itself alone, by a recurrent weight of its own. There is no recurrent product. With M_t = bias + W x_t:
 *
 * <pre>
 *   h_t = max(0, M_t + u h_{t-1})
 * </pre>
 *
 * u is weight_hh_l0, [Nh], and begins uniform between 0 and 1, so that units remember for times of many lengths.
 */
public record IndRnnCell() implements Cell {
  @Override
  public String name() {
    return "indrnn";
  }

  @Override
  public String displayName() {
    return "IndRNN";
  }

  @Override
  public int blocks() {
    return 1;
  }

  @Override
  public int blocksOfH() {
    return 0;
  }

  @Override
  public int saved() {
    return 1;
  }

  @Override
  public int pointwiseOperations() {
    return 9; // 3 forward and 6 backward
  }

  @Override
  public List<CellParameter> parameters() {
    return List.of(new CellParameter("weight_hh", 1, 0, 1));
  }

  @Override
  public void forward(CellStep s) {
    float[] a = s.a;
    for (int u = 0; u < s.units; u++) {
      float sum = Math.fma(a[s.own + u], a[s.hBefore + u], a[s.m + u]);
      float h = sum <= 0 ? 0 : sum; // and what is not a number stays so
      a[s.saved + u] = h;
      a[s.h + u] = h;
    }
  }

  @Override
  public void backward(CellStep s) {
    float[] a = s.a;
    for (int u = 0; u < s.units; u++) {
      float dh = flushTiny(a[s.dh + u] + s.above[s.aboveAt + u] + a[s.carry + u]);
      float dm = a[s.saved + u] == 0 ? 0 : dh;
      a[s.saved + u] = dm;
      a[s.ownGradient + u] += dm * a[s.hBefore + u];
      a[s.carry + u] = dm * a[s.own + u];
    }
  }
}

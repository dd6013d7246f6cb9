// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.VectorActivations.flushTiny;
import static org.lull.kernel.VectorActivations.onePlusExp;
import static org.lull.kernel.VectorWidth.F;
import static org.lull.kernel.VectorWidth.V;

import jdk.incubator.vector.FloatVector;

/** Twin of {@code GruCell}. */
final class VectorGru implements CellKernel {
  @Override
  public String name() {
    return "gru";
  }

  @Override
  public void forward(CellStep s) {
    forward(s.a, s.units, s.m, s.saved, s.hBefore, s.h, s.scratch);
  }

  private static void forward(float[] x, int units, int m, int saved, int hBefore, int h, int scratch) {
    onePlusExp(x, m + units, x, scratch, 2 * units, -1f);
    for (int u = 0; u < units; u += V) {
      FloatVector er = FloatVector.fromArray(F, x, scratch + u);
      FloatVector ez = FloatVector.fromArray(F, x, scratch + units + u);
      FloatVector inverse = FloatVector.broadcast(F, 1f).div(er.mul(ez));
      FloatVector r = inverse.mul(ez);
      FloatVector nh = FloatVector.fromArray(F, x, m + 3 * units + u);
      r.fma(nh, FloatVector.fromArray(F, x, m + u)).intoArray(x, scratch + 2 * units + u);
      r.intoArray(x, saved + units + u);
      inverse.mul(er).intoArray(x, saved + 2 * units + u);
      nh.intoArray(x, saved + 3 * units + u);
    }
    onePlusExp(x, scratch + 2 * units, x, scratch, units, -2f);
    for (int u = 0; u < units; u += V) {
      FloatVector n = FloatVector.broadcast(F, 2f).div(FloatVector.fromArray(F, x, scratch + u)).sub(1f);
      n.intoArray(x, saved + u);
      FloatVector z = FloatVector.fromArray(F, x, saved + 2 * units + u);
      z.fma(FloatVector.fromArray(F, x, hBefore + u).sub(n), n).intoArray(x, h + u);
    }
  }

  @Override
  public void backward(CellStep s) {
    backward(s.a, s.units, s.saved, s.hBefore, s.dh, s.above, s.aboveAt, s.carry);
  }

  private static void backward(float[] x, int units, int saved, int hBefore, int dh, float[] above, int aboveAt, int carry) {
    for (int u = 0; u < units; u += V) {
      FloatVector n = FloatVector.fromArray(F, x, saved + u);
      FloatVector r = FloatVector.fromArray(F, x, saved + units + u);
      FloatVector z = FloatVector.fromArray(F, x, saved + 2 * units + u);
      FloatVector dhNow = FloatVector.fromArray(F, x, dh + u).add(FloatVector.fromArray(F, above, aboveAt + u));
      dhNow = flushTiny(dhNow.add(FloatVector.fromArray(F, x, carry + u)));
      FloatVector dn = dhNow.sub(dhNow.mul(z));
      FloatVector dnx = dn.sub(dn.mul(n).mul(n));
      FloatVector dr = dnx.mul(FloatVector.fromArray(F, x, saved + 3 * units + u)).mul(r.sub(r.mul(r)));
      FloatVector dz = dhNow.mul(FloatVector.fromArray(F, x, hBefore + u).sub(n)).mul(z.sub(z.mul(z)));
      dhNow.mul(z).intoArray(x, carry + u);
      dnx.intoArray(x, saved + u);
      dr.intoArray(x, saved + units + u);
      dz.intoArray(x, saved + 2 * units + u);
      dnx.mul(r).intoArray(x, saved + 3 * units + u);
    }
  }
}

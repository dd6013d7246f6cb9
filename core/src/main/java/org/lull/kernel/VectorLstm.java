// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.VectorActivations.flushTiny;
import static org.lull.kernel.VectorActivations.onePlusExp;
import static org.lull.kernel.VectorWidth.F;
import static org.lull.kernel.VectorWidth.V;

import jdk.incubator.vector.FloatVector;

/** Twin of {@code LstmCell}. */
final class VectorLstm implements CellKernel {
  @Override
  public String name() {
    return "lstm";
  }

  @Override
  public void forward(CellStep s) {
    forward(s.a, s.units, s.m, s.saved, s.cBefore, s.c, s.h, s.scratch);
  }

  private static void forward(float[] x, int units, int m, int saved, int cBefore, int c, int h, int scratch) {
    onePlusExp(x, m, x, scratch, 2 * units, -1f);
    onePlusExp(x, m + 2 * units, x, scratch + 2 * units, units, -2f);
    onePlusExp(x, m + 3 * units, x, scratch + 3 * units, units, -1f);
    gates(x, units, scratch, saved, cBefore, c);
    onePlusExp(x, c, x, scratch, units, -2f);
    output(x, units, scratch, saved, h);
  }

  private static void gates(float[] x, int units, int e, int saved, int cBefore, int c) {
    for (int u = 0; u < units; u += V) {
      FloatVector ei = FloatVector.fromArray(F, x, e + u);
      FloatVector ef = FloatVector.fromArray(F, x, e + units + u);
      FloatVector eg = FloatVector.fromArray(F, x, e + 2 * units + u);
      FloatVector eo = FloatVector.fromArray(F, x, e + 3 * units + u);
      FloatVector inputForget = ei.mul(ef);
      FloatVector cellOutput = eg.mul(eo);
      FloatVector inverse = FloatVector.broadcast(F, 1f).div(inputForget.mul(cellOutput)); // one division for four gates
      FloatVector left = inverse.mul(cellOutput);
      FloatVector right = inverse.mul(inputForget);
      FloatVector i = left.mul(ef);
      FloatVector f = left.mul(ei);
      FloatVector g = right.mul(eo).fma(FloatVector.broadcast(F, 2f), FloatVector.broadcast(F, -1f));
      i.intoArray(x, saved + u);
      f.intoArray(x, saved + units + u);
      g.intoArray(x, saved + 2 * units + u);
      right.mul(eg).intoArray(x, saved + 3 * units + u);
      f.fma(FloatVector.fromArray(F, x, cBefore + u), i.mul(g)).intoArray(x, c + u);
    }
  }

  private static void output(float[] x, int units, int e, int saved, int h) {
    for (int u = 0; u < units; u += V) {
      FloatVector tanhC = FloatVector.broadcast(F, 2f).div(FloatVector.fromArray(F, x, e + u)).sub(1f);
      tanhC.intoArray(x, saved + 4 * units + u);
      FloatVector.fromArray(F, x, saved + 3 * units + u).mul(tanhC).intoArray(x, h + u);
    }
  }

  @Override
  public void backward(CellStep s) {
    backward(s.a, s.units, s.saved, s.cBefore, s.dh, s.above, s.aboveAt, s.carry);
  }

  private static void backward(float[] x, int units, int saved, int cBefore, int dh, float[] above, int aboveAt, int dc) {
    for (int u = 0; u < units; u += V) {
      FloatVector i = FloatVector.fromArray(F, x, saved + u);
      FloatVector f = FloatVector.fromArray(F, x, saved + units + u);
      FloatVector g = FloatVector.fromArray(F, x, saved + 2 * units + u);
      FloatVector o = FloatVector.fromArray(F, x, saved + 3 * units + u);
      FloatVector tanhC = FloatVector.fromArray(F, x, saved + 4 * units + u);
      FloatVector dhNow = flushTiny(FloatVector.fromArray(F, x, dh + u).add(FloatVector.fromArray(F, above, aboveAt + u)));
      FloatVector throughOutput = dhNow.mul(o);
      FloatVector dcNow = FloatVector.fromArray(F, x, dc + u).add(throughOutput.sub(throughOutput.mul(tanhC).mul(tanhC)));
      dcNow = flushTiny(dcNow);
      FloatVector di = dcNow.mul(g).mul(i.sub(i.mul(i)));
      FloatVector df = dcNow.mul(FloatVector.fromArray(F, x, cBefore + u)).mul(f.sub(f.mul(f)));
      FloatVector dg = dcNow.mul(i);
      dg = dg.sub(dg.mul(g).mul(g));
      dcNow.mul(f).intoArray(x, dc + u);
      di.intoArray(x, saved + u);
      df.intoArray(x, saved + units + u);
      dg.intoArray(x, saved + 2 * units + u);
      dhNow.mul(tanhC).mul(o.sub(o.mul(o))).intoArray(x, saved + 3 * units + u);
    }
  }
}

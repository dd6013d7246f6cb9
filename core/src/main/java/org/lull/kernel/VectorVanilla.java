// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.VectorActivations.flushTiny;
import static org.lull.kernel.VectorWidth.F;
import static org.lull.kernel.VectorWidth.V;

import jdk.incubator.vector.FloatVector;

/** Twin of {@code VanillaCell}. */
final class VectorVanilla implements CellKernel {
  @Override
  public String name() {
    return "rnn";
  }

  @Override
  public void forward(CellStep s) {
    VectorActivations.tanh(s.a, s.m, s.a, s.h, s.units);
    System.arraycopy(s.a, s.h, s.a, s.saved, s.units);
  }

  @Override
  public void backward(CellStep s) {
    backward(s.a, s.units, s.saved, s.dh, s.above, s.aboveAt);
  }

  private static void backward(float[] x, int units, int saved, int dh, float[] above, int aboveAt) {
    for (int u = 0; u < units; u += V) {
      FloatVector h = FloatVector.fromArray(F, x, saved + u);
      FloatVector dhNow = flushTiny(FloatVector.fromArray(F, x, dh + u).add(FloatVector.fromArray(F, above, aboveAt + u)));
      dhNow.sub(dhNow.mul(h).mul(h)).intoArray(x, saved + u);
    }
  }
}

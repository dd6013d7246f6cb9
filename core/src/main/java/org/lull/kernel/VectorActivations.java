// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.Activations.C3;
import static org.lull.kernel.Activations.C4;
import static org.lull.kernel.Activations.C5;
import static org.lull.kernel.Activations.C6;
import static org.lull.kernel.Activations.LARGEST;
import static org.lull.kernel.Activations.LN2_HIGH;
import static org.lull.kernel.Activations.LN2_LOW;
import static org.lull.kernel.Activations.LOG2E;
import static org.lull.kernel.Activations.ONE;
import static org.lull.kernel.Activations.ROUND;
import static org.lull.kernel.VectorWidth.F;
import static org.lull.kernel.VectorWidth.V;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** exp, tanh and sigmoid of arrays, with the bits of {@link Activations}. */
final class VectorActivations {
  private VectorActivations() {}

  /** {@code y = 1 + exp(x scale)}; see {@link Activations#onePlusExp}. */
  static void onePlusExp(float[] x, int xAt, float[] y, int yAt, int n, float scale) {
    for (int i = 0; i < n; i += V) {
      FloatVector v = FloatVector.fromArray(F, x, xAt + i).mul(scale);
      // not min and max: Java's rules for NaN and -0 make those several times dearer
      v = v.blend(LARGEST, v.compare(VectorOperators.GT, LARGEST));
      v = v.blend(-LARGEST, v.compare(VectorOperators.LT, -LARGEST));
      FloatVector rounded = v.fma(FloatVector.broadcast(F, LOG2E), FloatVector.broadcast(F, ROUND));
      IntVector power = rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(ONE);
      rounded = rounded.sub(ROUND);
      FloatVector r = rounded.fma(FloatVector.broadcast(F, -LN2_HIGH), v);
      r = rounded.fma(FloatVector.broadcast(F, -LN2_LOW), r);
      FloatVector p = r.fma(FloatVector.broadcast(F, C6), FloatVector.broadcast(F, C5));
      p = p.fma(r, FloatVector.broadcast(F, C4));
      p = p.fma(r, FloatVector.broadcast(F, C3));
      p = p.fma(r, FloatVector.broadcast(F, 0.5f));
      p = p.fma(r, FloatVector.broadcast(F, 1f));
      p = p.fma(r, FloatVector.broadcast(F, 1f));
      p.fma(power.reinterpretAsFloats(), FloatVector.broadcast(F, 1f)).intoArray(y, yAt + i);
    }
  }

  static void tanh(float[] x, int xAt, float[] y, int yAt, int n) {
    onePlusExp(x, xAt, y, yAt, n, -2f);
    for (int i = 0; i < n; i += V) {
      FloatVector.broadcast(F, 2f).div(FloatVector.fromArray(F, y, yAt + i)).sub(1f).intoArray(y, yAt + i);
    }
  }

  static void sigmoid(float[] x, int xAt, float[] y, int yAt, int n) {
    onePlusExp(x, xAt, y, yAt, n, -1f);
    for (int i = 0; i < n; i += V) {
      FloatVector.broadcast(F, 1f).div(FloatVector.fromArray(F, y, yAt + i)).intoArray(y, yAt + i);
    }
  }

  static FloatVector flushTiny(FloatVector x) {
    return x.blend(0f, x.abs().compare(VectorOperators.LT, Kernels.TINY));
  }
}

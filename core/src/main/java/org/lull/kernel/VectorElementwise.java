// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.Kernels.LANES;
import static org.lull.kernel.VectorWidth.F;
import static org.lull.kernel.VectorWidth.V;

import jdk.incubator.vector.FloatVector;

/** What is done element by element, and sums over all of them: {@link Kernels#add}, {@link Kernels#sum} and the like. */
final class VectorElementwise {
  /** Room for partial sums, one to a thread. */
  private static final ThreadLocal<float[]> SUMS = ThreadLocal.withInitial(() -> new float[LANES]);

  private VectorElementwise() {}

  static float sum(float[] x, int at, int n) {
    float[] sums = SUMS.get();
    for (int lane = 0; lane < LANES; lane += V) {
      FloatVector sum = FloatVector.zero(F);
      for (int i = lane; i < n; i += LANES) {
        sum = sum.add(FloatVector.fromArray(F, x, at + i));
      }
      sum.intoArray(sums, lane);
    }
    return ScalarKernels.fold(sums, 0);
  }

  static float dot(float[] x, int xAt, float[] y, int yAt, int n) {
    float[] sums = SUMS.get();
    for (int lane = 0; lane < LANES; lane += V) {
      FloatVector sum = FloatVector.zero(F);
      for (int i = lane; i < n; i += LANES) {
        sum = FloatVector.fromArray(F, x, xAt + i).fma(FloatVector.fromArray(F, y, yAt + i), sum);
      }
      sum.intoArray(sums, lane);
    }
    return ScalarKernels.fold(sums, 0);
  }

  static void add(float[] x, int xAt, float[] to, int toAt, int n) {
    for (int i = 0; i < n; i += V) {
      FloatVector.fromArray(F, to, toAt + i).add(FloatVector.fromArray(F, x, xAt + i)).intoArray(to, toAt + i);
    }
  }

  static void adamW(float[] parameters, float[] gradients, float[] first, float[] second, int at, int n, float scale, float beta1,
      float beta2, float epsilon, float step, float root, float keep) {
    for (int i = at; i < at + n; i += V) {
      FloatVector g = FloatVector.fromArray(F, gradients, i).mul(scale);
      FloatVector m = FloatVector.broadcast(F, beta1).fma(FloatVector.fromArray(F, first, i), g.mul(1f - beta1));
      FloatVector v = FloatVector.broadcast(F, beta2).fma(FloatVector.fromArray(F, second, i), g.mul(1f - beta2).mul(g));
      m.intoArray(first, i);
      v.intoArray(second, i);
      FloatVector move = m.mul(step).div(v.sqrt().div(root).add(epsilon));
      FloatVector.fromArray(F, parameters, i).mul(keep).sub(move).intoArray(parameters, i);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.Kernels.LANES;
import static org.lull.kernel.VectorWidth.F;
import static org.lull.kernel.VectorWidth.V;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** The end of a dot product: 16 partial sums become one, in the order of {@link ScalarKernels#fold}. */
final class VectorFold {
  private VectorFold() {}

  /**
   * Folds n rows of 16 partial sums each in halves and stores (or adds) the totals, four rows together.
   *
   * @param row number of the first row in {@code sums}; rows up to the next multiple of four must be readable
   */
  static void fold(float[] sums, int row, int n, float[] to, int toAt, boolean add) {
    for (int i = 0; i < n; i += 4) {
      int at = (row + i) * LANES;
      fold4(folded(sums, at), folded(sums, at + LANES), folded(sums, at + 2 * LANES), folded(sums, at + 3 * LANES), Math.min(4, n - i), to,
          toAt + i, add);
    }
  }

  /** Folds a row of 16 sums in halves until it is one vector. */
  private static FloatVector folded(float[] sums, int at) {
    FloatVector row = FloatVector.fromArray(F, sums, at);
    if (V == 8) {
      return row.add(FloatVector.fromArray(F, sums, at + V));
    }
    if (V == 4) {
      return row.add(FloatVector.fromArray(F, sums, at + 2 * V))
          .add(FloatVector.fromArray(F, sums, at + V).add(FloatVector.fromArray(F, sums, at + 3 * V)));
    }
    return row;
  }

  /** Constants of a fold that has vectors of V lanes to begin with. */
  private static final class Halves {
    static final VectorMask<Float> UPPER_HALF = VectorMask.fromLong(F, V == 16 ? 0xff00L : V == 8 ? 0xf0L : 0xcL);
    static final VectorMask<Float> UPPER_QUARTERS = VectorMask.fromLong(F, V == 16 ? 0xf0f0L : V == 8 ? 0xccL : 0xaL);
    static final VectorShuffle<Float> BY_HALF = VectorShuffle.fromOp(F, lane -> lane ^ V / 2);
    static final VectorShuffle<Float> BY_QUARTER = VectorShuffle.fromOp(F, lane -> lane ^ V / 4);
    static final VectorShuffle<Float> BY2 = VectorShuffle.fromOp(F, lane -> lane ^ 2);
    static final VectorShuffle<Float> BY1 = VectorShuffle.fromOp(F, lane -> lane ^ 1);
    /** Moves the first lane of each quarter to the front. */
    static final VectorShuffle<Float> QUARTERS = VectorShuffle.fromOp(F, lane -> lane * (V / 4) % V);
  }

  /**
   * Stores (or adds) the totals of the first n of four vectors. A blend puts halves of two vectors into one, so that each addition works on
   * a full vector.
   */
  static void fold4(FloatVector a, FloatVector b, FloatVector c, FloatVector d, int n, float[] to, int toAt, boolean add) {
    // halves: [a | c] and [b | d]
    FloatVector ac = a.blend(c, Halves.UPPER_HALF).add(c.blend(a, Halves.UPPER_HALF).rearrange(Halves.BY_HALF));
    FloatVector bd = b.blend(d, Halves.UPPER_HALF).add(d.blend(b, Halves.UPPER_HALF).rearrange(Halves.BY_HALF));
    // quarters: [a | b | c | d]
    FloatVector abcd = ac.blend(bd, Halves.UPPER_QUARTERS).add(bd.blend(ac, Halves.UPPER_QUARTERS).rearrange(Halves.BY_QUARTER));
    if (V == 16) {
      abcd = abcd.add(abcd.rearrange(Halves.BY2));
    }
    if (V >= 8) {
      abcd = abcd.add(abcd.rearrange(Halves.BY1)).rearrange(Halves.QUARTERS);
    }
    VectorMask<Float> wanted = VectorMask.fromLong(F, (1 << n) - 1);
    if (add) {
      abcd = abcd.add(FloatVector.fromArray(F, to, toAt, wanted));
    }
    abcd.intoArray(to, toAt, wanted);
  }
}

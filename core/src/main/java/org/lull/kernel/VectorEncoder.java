// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.Kernels.LANES;
import static org.lull.kernel.VectorWidth.F;
import static org.lull.kernel.VectorWidth.I;
import static org.lull.kernel.VectorWidth.V;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The delta encoder, forward and backward: {@link Kernels#encode}, {@link Kernels#hold} and their backward methods. */
final class VectorEncoder {
  private static final IntVector IOTA = IntVector.zero(I).addIndex(1);

  private static final int LARGE_BITS = Float.floatToRawIntBits(Kernels.LARGE_MOVE);

  private VectorEncoder() {}

  static int encode(float[] values, int at, float[] reference, int referenceAt, float[] threshold, int n, int base,
      int[] list, float[] delta, int count, int[] fired, int firedAt) {
    int first = count;
    IntVector largest = IntVector.zero(I);
    for (int group = 0; group * LANES < n; group++) {
      int bits = 0;
      for (int part = 0; part < LANES; part += V) {
        int e = group * LANES + part;
        FloatVector value = FloatVector.fromArray(F, values, at + e);
        FloatVector last = FloatVector.fromArray(F, reference, referenceAt + e);
        FloatVector moved = value.sub(last);
        largest = largest.max(moved.abs().reinterpretAsInts()); // floats that are not negative are in the order of their bits
        VectorMask<Float> fires = fires(moved, threshold, e, n);
        last.blend(value, fires).intoArray(reference, referenceAt + e);
        IOTA.add(base + e).compress(fires.cast(I)).intoArray(list, count);
        moved.compress(fires).intoArray(delta, count);
        int partBits = (int) fires.toLong();
        bits |= partBits << part;
        count += Integer.bitCount(partBits);
      }
      fired[firedAt + group] = bits;
    }
    return largest.compare(VectorOperators.GT, LARGE_BITS).anyTrue() && anyLarge(delta, first, count) ? ~count : count;
  }

  /** Whether one of those that fired moved by that much: where a threshold is as large, what moved need not have fired. */
  private static boolean anyLarge(float[] delta, int first, int end) {
    for (int k = first; k < end; k++) {
      if (Math.abs(delta[k]) > Kernels.LARGE_MOVE) {
        return true;
      }
    }
    return false;
  }

  private static VectorMask<Float> fires(FloatVector moved, float[] threshold, int e, int n) {
    VectorMask<Float> stays = moved.abs().compare(VectorOperators.LT, FloatVector.fromArray(F, threshold, e));
    return e + V <= n ? stays.not() : stays.not().and(F.indexInRange(e, n));
  }

  static void encodeBackward(float[] d, int at, int[] fired, int firedAt, int n, float[] a, int aAt, float[] dv, int dvAt) {
    FloatVector zero = FloatVector.zero(F);
    for (int e = 0; e < n; e += V) {
      int bits = fired[firedAt + e / LANES] >>> e % LANES & (1 << V) - 1;
      VectorMask<Float> fires = VectorMask.fromLong(F, bits);
      FloatVector spread = FloatVector.fromArray(F, d, at).expand(fires);
      FloatVector old = FloatVector.fromArray(F, a, aAt + e);
      zero.blend(spread.add(old), fires).intoArray(dv, dvAt + e);
      old.blend(spread.neg(), fires).intoArray(a, aAt + e);
      at += Integer.bitCount(bits);
    }
  }

  static int hold(float[] values, int at, float[] held, int before, float[] threshold, int n, int now, int[] fired, int firedAt) {
    int count = 0;
    for (int group = 0; group * LANES < n; group++) {
      int bits = 0;
      for (int part = 0; part < LANES; part += V) {
        int e = group * LANES + part;
        FloatVector value = FloatVector.fromArray(F, values, at + e);
        FloatVector last = FloatVector.fromArray(F, held, before + e);
        VectorMask<Float> fires = fires(value.sub(last), threshold, e, n);
        last.blend(value, fires).intoArray(held, now + e);
        bits |= (int) fires.toLong() << part;
      }
      fired[firedAt + group] = bits;
      count += Integer.bitCount(bits);
    }
    return count;
  }

  static void holdBackward(float[] d, int at, int[] fired, int firedAt, int n, float[] carry, int carryAt) {
    FloatVector zero = FloatVector.zero(F);
    for (int e = 0; e < Kernels.pad(n); e += V) {
      VectorMask<Float> fires = VectorMask.fromLong(F, fired[firedAt + e / LANES] >>> e % LANES & (1 << V) - 1);
      FloatVector r = FloatVector.fromArray(F, d, at + e).add(FloatVector.fromArray(F, carry, carryAt + e));
      zero.blend(r, fires).intoArray(d, at + e);
      r.blend(0f, fires).intoArray(carry, carryAt + e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

/** exp(z) of z up to 0 in integers: 2^(z log2 e), by a table of 2^f on [0, 1) with linear interpolation. Exact to 2e-5. */
final class Exponential {
  /** Fraction bits of the argument. */
  static final int FRACTION = 12;
  /** Fraction bits of the result. */
  static final int RESULT_FRACTION = 30;

  private static final int ENTRIES = 64;
  private static final int LOG2_E = 47274; // in 2^-15
  private static final int[] BASE = new int[ENTRIES + 1]; // 2^(k / 64) in 2^-15

  static {
    for (int k = 0; k <= ENTRIES; k++) {
      BASE[k] = (int) Math.rint((1 << 15) * StrictMath.pow(2, k / (double) ENTRIES));
    }
  }

  private Exponential() {}

  /** @param z at most 0, in 2^-{@link #FRACTION} */
  static int exp(long z) {
    long power = FixedPoint.rne(z * LOG2_E, 15);
    long halvings = -(power >> FRACTION);
    int fraction = (int) power & (1 << FRACTION) - 1;
    int k = fraction >> 6;
    int y = BASE[k] + ((BASE[k + 1] - BASE[k]) * (fraction & 63) >> 6);
    return halvings > RESULT_FRACTION ? 0 : (int) ((long) y << RESULT_FRACTION - 15 >> halvings);
  }

  /** The table: a copy. */
  static int[] base() {
    return BASE.clone();
  }
}

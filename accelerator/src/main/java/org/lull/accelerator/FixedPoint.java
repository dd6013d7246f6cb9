// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

/**
 * The number formats of the accelerator, and its rounding. docs/accelerator.md, section Numbers, describes each signal and its unit, with
 * the same letters.
 */
final class FixedPoint {
  /** Fraction bits of x, h, references, deltas, thresholds and arguments of sigmoid and tanh. */
  static final int FV = 12;
  /** Fraction bits of weights. */
  static final int FW = 13;
  /** Fraction bits of c. */
  static final int FC = 10;
  /** Fraction bits of the results of sigmoid and tanh. */
  static final int FA = 15;
  /** The unit of dL/dc is 2^KC times that of dL/dh. */
  static final int KC = 1;
  /** The unit of G as an operand is 2^KG times that of dL/dh. */
  static final int KG = 3;
  /** Fraction bits of the sum G beyond its operand. */
  static final int GF = 12;
  /** Bits of the sum of a weight gradient. */
  static final int GRADIENT_BITS = 40;

  /** Shifts of a weight gradient in an update: 8, 12, 16 .. 36. */
  static final int SMALLEST_SHIFT = 8;
  static final int LARGEST_SHIFT = 36;
  static final int SHIFT_STEP = 4;

  /** 1.0 as a delta: the input of the column of biases. */
  static final int ONE = 1 << FV;

  private FixedPoint() {}

  /** a / 2^n, rounded to the nearest integer, halves to even; n from 0 to 62. */
  static long rne(long a, int n) {
    return n == 0 ? a : a + (1L << n - 1) - 1 + (a >> n & 1) >> n; // a half goes up where the integer below is odd
  }

  /** The nearest 16-bit integer. */
  static int clamp16(long a) {
    return Math.clamp(a, Short.MIN_VALUE, Short.MAX_VALUE);
  }

  /** A number in units of 1 / {@code scale} as a 16-bit integer: rounded half to even, saturated. */
  static short quantise(double value, double scale) {
    return (short) clamp16((long) Math.rint(value * scale));
  }

  /** Whether {@link #quantise} does not saturate. */
  static boolean fits(double value, double scale) {
    long rounded = (long) Math.rint(value * scale);
    return clamp16(rounded) == rounded;
  }
}

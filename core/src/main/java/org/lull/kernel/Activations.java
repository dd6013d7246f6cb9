// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

/** exp, tanh and sigmoid of one number, for cells in plain loops. The kernels for arrays give the same bits. */
public final class Activations {
  /** |x| is kept below it, so that the product of four values 1 + exp(x) stays finite. */
  static final float LARGEST = 20f;

  static final float LOG2E = 1.44269504f;
  /** 1.5 * 2^23: adding it rounds to an integer, whose low bits are then the low bits of the float. */
  static final float ROUND = 12582912f;

  /** The bits of 1f. */
  static final int ONE = 0x3f800000;

  static final float LN2_HIGH = 0.693145752f;
  static final float LN2_LOW = 1.42860677e-6f;
  static final float C3 = 1.6666667e-1f;
  static final float C4 = 4.1666667e-2f;
  static final float C5 = 8.3333333e-3f;
  static final float C6 = 1.3888889e-3f;

  private Activations() {}

  /**
   * 1 + exp(x scale). x scale is clamped to +-20, so that the product of four such values is finite. exp is a polynomial of degree 6 on
   * [-ln2/2, ln2/2], times a power of two that is made from its bits. (It is multiplied, not added to the bits of p, so that NaN stays
   * NaN.)
   */
  public static float onePlusExp(float x, float scale) {
    float y = x * scale;
    y = y > LARGEST ? LARGEST : y;
    y = y < -LARGEST ? -LARGEST : y;
    float rounded = Math.fma(y, LOG2E, ROUND);
    float power = Float.intBitsToFloat((Float.floatToRawIntBits(rounded) << 23) + ONE);
    rounded -= ROUND;
    float r = Math.fma(rounded, -LN2_LOW, Math.fma(rounded, -LN2_HIGH, y));
    float p = Math.fma(r, C6, C5);
    p = Math.fma(p, r, C4);
    p = Math.fma(p, r, C3);
    p = Math.fma(p, r, 0.5f);
    p = Math.fma(p, r, 1f);
    p = Math.fma(p, r, 1f);
    return Math.fma(p, power, 1f);
  }

  /** tanh(x), to 1e-6 absolute. */
  public static float tanh(float x) {
    return 2f / onePlusExp(x, -2f) - 1f;
  }

  /** 1 / (1 + exp(-x)), to 1e-6 absolute. */
  public static float sigmoid(float x) {
    return 1f / onePlusExp(x, -1f);
  }

  /** 0 for a gradient smaller than {@link Kernels#TINY}, x otherwise. */
  public static float flushTiny(float x) {
    return Math.abs(x) < Kernels.TINY ? 0f : x;
  }
}

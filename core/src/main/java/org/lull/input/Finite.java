// SPDX-License-Identifier: Apache-2.0
package org.lull.input;

/**
 * The rule for the numbers that a network reads: features are finite, and after normalisation they lie within +-{@value #LARGEST}.
 *
 * <p>The bound is far beyond any measurement: of n training values none is more than sqrt(n) standard deviations from their mean. A value
 * beyond the bound is an error in the source of the data. It would give plausible scores if a gate saturates, or NaN if infinities meet.
 */
public final class Finite {
  /** The largest magnitude of a normalised value, in standard deviations of the training features. */
  public static final float LARGEST = 1e6f;

  private Finite() {}

  /** Position of the first of the values {@code from} to {@code to - 1} that is infinite or NaN; -1 if there is none. */
  public static int firstNotFinite(float[] values, int from, int to) {
    return firstBeyond(Float.MAX_VALUE, values, from, to);
  }

  /** Position of the first of the values {@code from} to {@code to - 1} that is beyond the bound or NaN; -1 if there is none. */
  public static int firstTooLarge(float[] values, int from, int to) {
    return firstBeyond(LARGEST, values, from, to);
  }

  /** The message about a normalised value that is refused; it follows the place of the value. */
  public static String refused(float value) {
    return value + " after normalisation, expected a finite number within +-" + (int) LARGEST
        + "; look at what the features were made from";
  }

  public static int firstBeyond(float bound, float[] values, int from, int to) {
    float largest = 0; // NaN as soon as one value is
    for (int i = from; i < to; i++) { // no way out of this loop, so that it runs in vectors
      largest = Math.max(largest, Math.abs(values[i]));
    }
    if (largest <= bound) {
      return -1;
    }
    int i = from;
    while (Math.abs(values[i]) <= bound) {
      i++;
    }
    return i;
  }
}

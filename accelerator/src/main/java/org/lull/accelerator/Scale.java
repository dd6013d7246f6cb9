// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.Locale;
import org.lull.input.InvalidInputException;

/**
 * What the host multiplies dL/dh with, and by how much the update shifts what comes of it: together they are the learning rate.
 *
 * @param factor of dL/dh
 * @param shift of the update
 */
record Scale(double factor, int shift) {
  /** Bits of the gradients that a small learning rate may cost. */
  private static final int LOST_BITS = 6;

  /**
   * The largest factor that is no larger than fits and gives the learning rate with one of the shifts there are.
   *
   * @param fitting exponent of two of the largest factor at which no gradient is saturated
   * @throws InvalidInputException if none of the shifts does without saturating gradients, or losing all of their bits
   */
  static Scale of(int fitting, double learningRate) {
    // a weight moves by 2^-FW dW / 2^shift, dW is in 2^(KG - FV) / factor
    double perShift = learningRate * Math.scalb(1.0, FixedPoint.KG - FixedPoint.FV + FixedPoint.FW);
    double largest = Math.scalb(1.0, fitting);
    int shift = FixedPoint.LARGEST_SHIFT;
    while (shift > FixedPoint.SMALLEST_SHIFT && perShift * Math.scalb(1.0, shift) > largest) {
      shift -= FixedPoint.SHIFT_STEP;
    }
    double factor = perShift * Math.scalb(1.0, shift);
    if (factor > largest || factor < largest / (1 << LOST_BITS)) {
      double one = largest / Math.scalb(1.0, FixedPoint.KG - FixedPoint.FV + FixedPoint.FW); // the rate of a shift of 0
      throw new InvalidInputException(String.format(Locale.ROOT,
          "learning rate %s: the shifts of the update give %.1g to %.1g for these sequences", learningRate,
          Math.scalb(one, -FixedPoint.LARGEST_SHIFT - LOST_BITS), Math.scalb(one, -FixedPoint.SMALLEST_SHIFT)));
    }
    return new Scale(factor, shift);
  }
}

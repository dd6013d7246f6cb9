// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.Locale;
import org.lull.input.InvalidInputException;

/**
 * The scale of the gradients: the factor by which the host multiplies dL/dh, and the shift of the update. Together they are the learning
 * rate.
 *
 * @param factor factor of dL/dh
 * @param shift number of bits by which an update shifts a gradient to the right
 */
record Scale(double factor, int shift) {
  /** Largest number of bits of the gradients that may be lost for a small learning rate. */
  private static final int LOST_BITS = 6;

  /**
   * The scale for a learning rate: the largest factor that saturates no gradient and gives the learning rate with one of the shifts.
   *
   * @param fitting exponent of two of the largest factor that saturates no gradient
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

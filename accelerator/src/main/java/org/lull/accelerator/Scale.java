package org.lull.accelerator;

/**
 * What the host multiplies dL/dh with, and by how much the update shifts what comes of it: together they are the learning rate.
 *
 * @param factor of dL/dh
 * @param shift of the update
 */
record Scale(double factor, int shift) {
  /**
   * The largest factor that is no larger than fits and gives the learning rate with one of the shifts there are; where even the smallest
   * shift asks for a larger one, that, and gradients may be saturated.
   *
   * @param fitting exponent of two of the largest factor at which no gradient is saturated
   */
  static Scale of(int fitting, double learningRate) {
    // a weight moves by 2^-FW dW / 2^shift, dW is in 2^(KG - FV) / factor
    double perShift = learningRate * Math.scalb(1.0, FixedPoint.KG - FixedPoint.FV + FixedPoint.FW);
    int shift = FixedPoint.LARGEST_SHIFT;
    while (shift > FixedPoint.SMALLEST_SHIFT && perShift * Math.scalb(1.0, shift) > Math.scalb(1.0, fitting)) {
      shift -= FixedPoint.SHIFT_STEP;
    }
    return new Scale(perShift * Math.scalb(1.0, shift), shift);
  }
}

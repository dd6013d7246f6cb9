// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

/** Softmax cross-entropy. */
final class CrossEntropy {
  private CrossEntropy() {}

  /**
   * Computes the loss of one row of logits, [n] at {@code at}, for class {@code label}, in nats and without the weight. Overwrites the row
   * with the gradient of {@code weight} times that loss: weight (softmax - one-hot).
   */
  static double lossAndGradient(float[] logits, int at, int n, int label, double weight) {
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < n; k++) {
      max = Math.max(max, logits[at + k]);
    }
    double sum = 0;
    for (int k = 0; k < n; k++) {
      sum += StrictMath.exp(logits[at + k] - max);
    }
    double loss = StrictMath.log(sum) + max - logits[at + label];
    for (int k = 0; k < n; k++) {
      double p = StrictMath.exp(logits[at + k] - max) / sum;
      logits[at + k] = (float) (weight * (p - (k == label ? 1 : 0)));
    }
    return loss;
  }
}

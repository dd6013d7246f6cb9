// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import org.lull.network.Sequence;
import org.lull.train.Example;
import org.lull.train.Loss;

/**
 * Cross-entropy for unbalanced classes (Menon et al. 2021, logit adjustment). In training only, the logarithm of a class's frequency is
 * added to its score. So the unadjusted scores learn to predict as if all classes were equally frequent.
 *
 * @param logOfCount [classes]
 */
record LogitAdjustment(double[] logOfCount) implements Loss {
  /** @param counts number of examples of each class; the score of a class with none is not adjusted */
  static LogitAdjustment of(int[] counts) {
    double[] logs = new double[counts.length];
    for (int k = 0; k < logs.length; k++) {
      logs[k] = counts[k] == 0 ? 0 : StrictMath.log(counts[k]);
    }
    return new LogitAdjustment(logs);
  }

  @Override
  public double lossAndGradient(Example example, Sequence input, float[] logits, int at, int n, int target, double weight) {
    for (int k = 0; k < n; k++) {
      logits[at + k] += (float) logOfCount[k];
    }
    return CROSS_ENTROPY.lossAndGradient(example, input, logits, at, n, target, weight);
  }
}

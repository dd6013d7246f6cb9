// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import org.lull.network.Sequence;
import org.lull.train.Example;
import org.lull.train.Loss;

/**
 * Cross-entropy where some classes come more often than others: each score is raised by the logarithm of how often its class comes, in
 * training alone, so that the scores themselves learn to tell classes as if all came equally often (Menon et al. 2021, logit adjustment).
 *
 * @param logOfCount [classes]
 */
record LogitAdjustment(double[] logOfCount) implements Loss {
  /** @param counts how often each class comes; one that never does is left as it is */
  static LogitAdjustment of(int[] counts) {
    double[] logs = new double[counts.length];
    for (int k = 0; k < logs.length; k++) {
      logs[k] = counts[k] == 0 ? 0 : StrictMath.log(counts[k]);
    }
    return new LogitAdjustment(logs);
  }

  @Override
  public double replaceByGradient(Example example, Sequence input, float[] logits, int at, int n, int target, double weight) {
    for (int k = 0; k < n; k++) {
      logits[at + k] += (float) logOfCount[k];
    }
    return CROSS_ENTROPY.replaceByGradient(example, input, logits, at, n, target, weight);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Sequence;

/**
 * Mean squared error: the mean over the outputs of the squared differences from the normalised target. Targets are normalised so that
 * targets of different units weigh the same.
 */
record MeanSquaredError(Normalisation targets) implements Loss {

  /** loss = 1/n sum_k (y_k - z_k)^2, gradient = weight 2/n (y_k - z_k), z being the normalised target. */
  @Override
  public double lossAndGradient(Example example, Sequence input, float[] logits, int at, int n, int target, double weight) {
    double sum = 0;
    for (int k = 0; k < n; k++) {
      double difference = (double) logits[at + k] - targets.normalised(k, example.target(k));
      sum += difference * difference;
      logits[at + k] = (float) (weight * 2 / n * difference);
    }
    return sum / n;
  }

  @Override
  public void check(Example example, NetworkSpec spec) {
    if (spec.head() == Head.FRAMES) {
      throw new InvalidInputException("the head frames tells classes apart; regression needs mean or last");
    }
    if (targets.channels() != spec.outputs()) {
      throw new InvalidInputException("statistics of " + targets.channels() + " targets for a network of " + spec.outputs() + " outputs");
    }
    if (example.targets() != spec.outputs()) {
      throw new InvalidInputException(example.id() + ": " + example.targets() + " targets, expected " + spec.outputs() + ", one for each"
          + " output of the network");
    }
  }
}

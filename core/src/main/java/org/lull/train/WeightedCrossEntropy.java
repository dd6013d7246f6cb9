// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import org.lull.input.InvalidInputException;
import org.lull.network.NetworkSpec;
import org.lull.network.Sequence;

/**
 * Softmax cross-entropy with a weight for each class, as PyTorch's {@code CrossEntropyLoss(weight=...)} defines it: the loss of a batch is
 * {@code sum_i w[y_i] l_i / sum_i w[y_i]}. With a head that decides at each frame, all frames have the weight of the sequence's class.
 */
final class WeightedCrossEntropy implements Loss {
  private final double[] weights;

  WeightedCrossEntropy(double[] weights) {
    this.weights = weights.clone();
    for (int k = 0; k < weights.length; k++) {
      if (!(weights[k] > 0 && weights[k] < Double.POSITIVE_INFINITY)) {
        throw new InvalidInputException("weight " + weights[k] + " of class " + k + ", expected a finite number above 0");
      }
    }
  }

  @Override
  public double lossAndGradient(Example example, Sequence input, float[] logits, int at, int n, int target, double weight) {
    return CrossEntropy.lossAndGradient(logits, at, n, target, weight);
  }

  @Override
  public double weight(Example example) {
    return weights[example.label()];
  }

  @Override
  public void check(Example example, NetworkSpec spec) {
    Loss.super.check(example, spec);
    if (example.label() >= weights.length) {
      throw new InvalidInputException(example.id() + ": label " + example.label() + " with weights of " + weights.length
          + " classes, expected one weight for each class");
    }
  }
}

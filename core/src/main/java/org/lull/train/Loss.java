// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import org.lull.input.InvalidInputException;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Sequence;

/** What a network is taught by: a loss on the scores of one decision. Called from several threads. */
@FunctionalInterface
public interface Loss {
  /** Softmax cross-entropy. */
  Loss CROSS_ENTROPY = (_, _, logits, at, n, target, weight) -> CrossEntropy.replaceByGradient(logits, at, n, target, weight);

  /**
   * Mean squared error, for regression.
   *
   * @param targets statistics of the training targets, by which they are normalised
   */
  static Loss meanSquaredError(Normalisation targets) {
    return new MeanSquaredError(targets);
  }

  /**
   * The loss, without the weight, of one row of logits; overwrites the row with the gradient of {@code weight} times that loss.
   *
   * @param example whose scores they are, as it was given to be trained on: before augmentation
   * @param input what the network was run on: the example augmented and normalised
   * @param logits [n] at {@code at}
   * @param target the output that should be largest; of no meaning in regression
   */
  double replaceByGradient(Example example, Sequence input, float[] logits, int at, int n, int target, double weight);

  /** Statistics of the targets in regression; null where the outputs are classes. */
  default Normalisation targets() {
    return null;
  }

  /**
   * Refuses an example that the loss cannot teach.
   *
   * @throws InvalidInputException where its label is beyond the classes of the network, or it has another number of targets
   */
  default void check(Example example, NetworkSpec spec) {
    int classes = spec.head().classes(spec.outputs());
    if (example.label() == Example.NO_LABEL) {
      throw new InvalidInputException(example.id() + ": has a target, expected a label, as the network tells " + classes
          + " classes apart");
    }
    if (example.label() >= classes) {
      throw new InvalidInputException(example.id() + ": label " + example.label() + ", expected 0 to " + (classes - 1) + ", as the network"
          + " tells " + classes + " classes apart");
    }
  }
}

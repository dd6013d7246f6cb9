// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Sequence;

/** A loss on the scores of one decision. It is called from several threads. */
@FunctionalInterface
public interface Loss {
  /** Softmax cross-entropy. */
  Loss CROSS_ENTROPY = (_, _, logits, at, n, target, weight) -> CrossEntropy.lossAndGradient(logits, at, n, target, weight);

  /**
   * Softmax cross-entropy in which each example counts by the weight of its class, as in PyTorch's {@code CrossEntropyLoss(weight=...)}.
   *
   * @param classWeights [classes], above 0, such as those of {@link ClassWeights#of}; copied
   */
  static Loss crossEntropy(double[] classWeights) {
    return new WeightedCrossEntropy(classWeights);
  }

  /**
   * Mean squared error, for regression.
   *
   * @param targets statistics of the training targets; the targets are normalised by them
   */
  static Loss meanSquaredError(Normalisation targets) {
    return new MeanSquaredError(targets);
  }

  /**
   * Computes the loss of one row of logits, without the weight. Overwrites the row with the gradient of {@code weight} times that loss.
   *
   * @param example the example that the scores belong to, before augmentation
   * @param input the input of the network: the example, augmented and normalised
   * @param logits [n] at {@code at}
   * @param target the output that should be largest; without meaning in regression
   */
  double lossAndGradient(Example example, Sequence input, float[] logits, int at, int n, int target, double weight);

  /**
   * How much an example counts. The loss of a batch, and of all validation examples, is the mean weighted by this: sum(w l) / sum(w).
   */
  default double weight(Example example) {
    return 1;
  }

  /** Statistics of the targets in regression; null if the outputs are classes. */
  default Normalisation targets() {
    return null;
  }

  /**
   * Refuses an example that does not fit this loss.
   *
   * @throws InvalidInputException if the label is beyond the classes of the network, or the number of targets is different
   */
  default void check(Example example, NetworkSpec spec) {
    int classes = spec.head().classes(spec.outputs());
    if (example.label() == Example.NO_LABEL) {
      throw new InvalidInputException(example.id() + ": has a target, expected a label, as the network tells " + classes
          + " classes apart");
    }
    if (example.isStream() && spec.head() != Head.FRAMES) {
      throw new InvalidInputException(example.id() + ": has a label for each frame, which only the head frames takes; the head is "
          + spec.head().label());
    }
    int largest = example.largestLabel();
    if (largest >= classes) {
      throw new InvalidInputException(example.id() + ": label " + largest + ", expected 0 to " + (classes - 1) + ", as the network"
          + " tells " + classes + " classes apart");
    }
  }
}

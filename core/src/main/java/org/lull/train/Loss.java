package org.lull.train;

import org.lull.network.Sequence;

/** What a network is taught by: a loss on the scores of one decision. Called from several threads. */
@FunctionalInterface
public interface Loss {
  /** Softmax cross-entropy. */
  Loss CROSS_ENTROPY = (_, _, logits, at, n, target, weight) -> CrossEntropy.replaceByGradient(logits, at, n, target, weight);

  /**
   * The loss, in nats and without the weight, of one row of logits; overwrites the row with the gradient of {@code weight} times that loss.
   *
   * @param example whose scores they are, as it was given to be trained on: before augmentation
   * @param input what the network was run on: the example augmented and normalised
   * @param logits [n] at {@code at}
   * @param target the output that should be largest
   */
  double replaceByGradient(Example example, Sequence input, float[] logits, int at, int n, int target, double weight);
}

// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.util.Arrays;
import java.util.List;

/** What a {@link Model} takes a sequence for. */
public final class Prediction {
  private final List<String> labels;
  private final float[] scores;
  private final int index;

  /** @param scores of the labels, in their order; taken over */
  Prediction(List<String> labels, float[] scores) {
    this.labels = labels;
    this.scores = scores;
    int best = 0;
    for (int k = 1; k < scores.length; k++) {
      best = scores[k] > scores[best] ? k : best;
    }
    index = best;
  }

  /** The class with the largest score. */
  public String label() {
    return labels.get(index);
  }

  /** Its place among the labels of the model. */
  public int index() {
    return index;
  }

  /** Scores (logits) of all classes, in the order of the model's labels: [labels]. */
  public float[] scores() {
    return scores.clone();
  }

  /** The softmax of the scores, [labels]: they add up to 1. */
  public double[] probabilities() {
    double[] shares = new double[scores.length];
    double sum = 0;
    for (int k = 0; k < shares.length; k++) {
      shares[k] = StrictMath.exp((double) scores[k] - scores[index]);
      sum += shares[k];
    }
    for (int k = 0; k < shares.length; k++) {
      shares[k] /= sum;
    }
    return shares;
  }

  @Override
  public String toString() {
    return label() + " " + Arrays.toString(scores);
  }
}

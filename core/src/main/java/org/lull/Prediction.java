// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.util.Arrays;
import java.util.List;

/** The class that a {@link Model} predicts for a sequence, with the scores of all classes. */
public final class Prediction {
  private final List<String> labels;
  private final float[] scores;
  private final int index;

  /** @param scores one score for each label, in the order of the labels; not copied */
  Prediction(List<String> labels, float[] scores) {
    this.labels = labels;
    this.scores = scores;
    int best = 0;
    for (int k = 1; k < scores.length; k++) {
      best = scores[k] > scores[best] ? k : best;
    }
    index = best;
  }

  /** Name of the class with the largest score. */
  public String label() {
    return labels.get(index);
  }

  /** Index of that class in the labels of the model. */
  public int index() {
    return index;
  }

  /** Scores (logits) of all classes, in the order of the model's labels: [labels]. */
  public float[] scores() {
    return scores.clone();
  }

  /** The softmax of the scores, [labels]; the probabilities add up to 1. */
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

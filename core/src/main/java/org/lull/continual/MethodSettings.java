// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import org.lull.input.InvalidInputException;

/**
 * Settings of a class-incremental method.
 *
 * @param replay whether training uses exemplars of old classes beside the new clips
 * @param distillation how the old outputs are kept near those before the task, on all training examples
 * @param strength weight of the distillation beside the cross-entropy. With {@code oldClips} it is the weight at one exemplar per class,
 *     and is divided by the number of exemplars per class
 * @param temperature temperature of a softmax distillation
 * @param oldClips 0: an epoch takes every exemplar once. Above 0: an epoch takes all new clips, and draws this number of clips from the
 *     exemplars of every old class. Then scores are adjusted for the frequency of each class ({@link LogitAdjustment}), and new outputs
 *     begin as linear discriminants ({@link Discriminant})
 * @param anchor how strongly the recurrent weights are drawn back to those before the task (Li et al. 2018, L2-SP). Each example, at any
 *     batch size, moves them this share of the way back. The share is for one exemplar per class and the full learning rate. It is divided
 *     by the number of exemplars per class, and falls with the learning rate
 * @param decides which classifier makes the predictions
 */
public record MethodSettings(boolean replay, Distillation.Kind distillation, double strength, double temperature, int oldClips,
    double anchor, Classifier decides) {
  /** The classifier that makes the predictions. */
  public enum Classifier {
    /** The trained head. */
    HEAD,
    /** The nearest mean of exemplars. */
    NEAREST_MEAN,
    /** The linear discriminant of the exemplars ({@link Discriminant}). The recurrent layers do not change: nothing is trained. */
    DISCRIMINANT
  }

  public MethodSettings {
    if (!(strength >= 0) || !(temperature > 0) || oldClips < 0 || !(anchor >= 0)) {
      throw new InvalidInputException("distillation of strength " + strength + " at temperature " + temperature + ", " + oldClips
          + " clips of old classes, an anchor of " + anchor + ": expected 0 or more, and a temperature above 0");
    }
  }

  /** Whether the network is trained. */
  public boolean trains() {
    return decides != Classifier.DISCRIMINANT;
  }

  /** Whether all classes have the same weight, whatever the number of clips of each. */
  boolean balanced() {
    return oldClips > 0;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import org.lull.input.InvalidInputException;

/**
 * How classes are learned one task after another.
 *
 * @param replay whether exemplars of old classes are trained on beside the new clips
 * @param distillation how the old outputs are held to what they gave before the task, on all that is trained on
 * @param strength of the distillation beside the cross-entropy; with {@code oldClips} for one exemplar a class, in proportion less for more
 * @param temperature of a distillation by softmax
 * @param oldClips 0: an epoch takes every exemplar once; above: so many of every old class, drawn from its exemplars, beside all new clips,
 *     with the scores adjusted for the frequency of each class ({@link LogitAdjustment}) and new outputs that begin as linear discriminants
 *     ({@link Discriminant})
 * @param anchor how strongly the recurrent layers are drawn to the weights they had before the task (Li et al. 2018, L2-SP), for one
 *     exemplar a class, in proportion less for more: every example, however many a step takes, moves them by this share of the way back,
 *     and less as the learning rate falls
 * @param decides what tells the classes apart
 */
public record MethodSettings(boolean replay, Distillation.Kind distillation, double strength, double temperature, int oldClips,
    double anchor, Classifier decides) {
  /** What tells the classes apart. */
  public enum Classifier {
    /** The head, as it was trained. */
    HEAD,
    /** The nearest mean of exemplars. */
    NEAREST_MEAN,
    /** The linear discriminant of the exemplars ({@link Discriminant}), of recurrent layers that stay as they are: nothing is trained. */
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

  /** Whether all classes weigh the same, however many clips there are of each. */
  boolean balanced() {
    return oldClips > 0;
  }
}

package org.lull.learn;

import org.lull.InvalidInputException;

/**
 * How classes are learned one task after another.
 *
 * @param replay whether exemplars of old classes are trained on beside the new clips
 * @param distillation how the old outputs are held to what they were
 * @param strength of the distillation beside the cross-entropy
 * @param temperature of a distillation by softmax
 * @param perClass examples an epoch takes of every class, old or new, so that all weigh the same; 0 for every example there is, once
 * @param balancedEpochs of fine-tuning at the end on the exemplars alone, of which all classes have as many
 * @param nearestMean whether the nearest mean of exemplars decides; otherwise the trained head
 */
public record Recipe(boolean replay, Distillation.Kind distillation, double strength, double temperature, int perClass,
    int balancedEpochs, boolean nearestMean) {
  public Recipe {
    if (!(strength >= 0) || !(temperature > 0) || perClass < 0 || balancedEpochs < 0) {
      throw new InvalidInputException("distillation of strength " + strength + " at temperature " + temperature + ", " + perClass
          + " examples a class, " + balancedEpochs + " balanced epochs: expected 0 or more, and a temperature above 0");
    }
  }
}

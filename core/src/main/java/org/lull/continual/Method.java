// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.lull.continual.Distillation.Kind;
import org.lull.continual.MethodSettings.Classifier;
import org.lull.input.InvalidInputException;

/** The methods for learning new classes. */
public enum Method {
  /** iCaRL (Rebuffi et al. 2017), the reference implementation's method: exemplars by herding, distillation, nearest mean of exemplars. */
  ICARL(new MethodSettings(true, Kind.SIGMOID, 1, 1, 0, 0, Classifier.NEAREST_MEAN)),
  /** Trains on the new clips alone. Shows how much is forgotten without a memory. */
  FINETUNE(new MethodSettings(false, Kind.NONE, 0, 1, 0, 0, Classifier.HEAD)),
  /** Trains on new clips and exemplars, with nothing else against forgetting. */
  REPLAY(new MethodSettings(true, Kind.NONE, 0, 1, 0, 0, Classifier.HEAD)),
  /**
   * Oversamples the exemplars, and adjusts the scores for the imbalance that remains. Outputs and weights are kept near those before the
   * task, more strongly if there are fewer exemplars.
   */
  BALANCED(new MethodSettings(true, Kind.SOFTMAX, 1, 2, 20, 0.0014, Classifier.HEAD)),
  /** No training: the head is the linear discriminant of the exemplars. {@link OnlineLearner} does this if every class has an exemplar. */
  DISCRIMINANT(new MethodSettings(true, Kind.NONE, 0, 1, 0, 0, Classifier.DISCRIMINANT));

  private final MethodSettings recipe;

  Method(MethodSettings recipe) {
    this.recipe = recipe;
  }

  /** The learning rate of a task with so many examples per step. */
  public static double learningRate(int batch) {
    return batch == 1 ? 1e-3 : 6e-3;
  }

  public MethodSettings recipe() {
    return recipe;
  }

  /** The name as in options: "icarl". */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** @throws InvalidInputException if there is no method with that label */
  public static Method named(String label) {
    return Arrays.stream(values()).filter(method -> method.label().equals(label)).findFirst().orElseThrow(() -> new InvalidInputException(
        "method \"" + label + "\" is unknown; choose " + Arrays.stream(values()).map(Method::label).collect(Collectors.joining(", "))));
  }
}

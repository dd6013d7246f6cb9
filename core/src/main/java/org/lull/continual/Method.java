// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.lull.continual.Distillation.Kind;
import org.lull.continual.MethodSettings.Classifier;
import org.lull.input.InvalidInputException;

/** The ways to learn new classes that there are to choose from. */
public enum Method {
  /** Exemplars by herding, distillation, and the nearest mean of exemplars (Rebuffi et al. 2017): the reference implementation's method. */
  ICARL(new MethodSettings(true, Kind.SIGMOID, 1, 1, 0, 0, Classifier.NEAREST_MEAN)),
  /** The new clips alone: what is lost without a memory. */
  FINETUNE(new MethodSettings(false, Kind.NONE, 0, 1, 0, 0, Classifier.HEAD)),
  /** Exemplars, but nothing else against forgetting. */
  REPLAY(new MethodSettings(true, Kind.NONE, 0, 1, 0, 0, Classifier.HEAD)),
  /**
   * Exemplars drawn more often than they are there, and scores adjusted for what is still out of balance; the network held to what it was,
   * outputs and weights, the more the fewer exemplars there are.
   */
  BALANCED(new MethodSettings(true, Kind.SOFTMAX, 1, 2, 20, 0.0014, Classifier.HEAD)),
  /** Linear discriminants of the exemplars, and no training: what {@link OnlineLearner} does where every class has an exemplar. */
  DISCRIMINANT(new MethodSettings(true, Kind.NONE, 0, 1, 0, 0, Classifier.DISCRIMINANT));

  private final MethodSettings recipe;

  Method(MethodSettings recipe) {
    this.recipe = recipe;
  }

  /** The learning rate of a task with so many examples a step. */
  public static double learningRate(int batch) {
    return batch == 1 ? 1e-3 : 6e-3;
  }

  public MethodSettings recipe() {
    return recipe;
  }

  /** As in options: "icarl". */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** @throws InvalidInputException where there is none of that label */
  public static Method named(String label) {
    return Arrays.stream(values()).filter(method -> method.label().equals(label)).findFirst().orElseThrow(() -> new InvalidInputException(
        "method \"" + label + "\" is unknown; choose " + Arrays.stream(values()).map(Method::label).collect(Collectors.joining(", "))));
  }
}

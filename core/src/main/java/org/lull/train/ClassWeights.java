// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.lull.input.InvalidInputException;

/** How much the examples of each class count in the cross-entropy. */
public enum ClassWeights {
  /** All examples count the same. */
  NONE,
  /**
   * All classes count the same: an example counts {@code examples / (classes x examples of its class)}, the formula of scikit-learn's
   * {@code class_weight="balanced"}. Small classes are then not given up for large ones.
   */
  BALANCED;

  /** @throws InvalidInputException if there are no class weights of that name */
  public static ClassWeights named(String name) {
    return Arrays.stream(values()).filter(value -> value.toString().equals(name)).findFirst().orElseThrow(
        () -> new InvalidInputException("class weights \"" + name + "\" are unknown; choose none or balanced"));
  }

  /** The name, in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The loss with these weights.
   *
   * @param examples training examples, whose classes are counted
   * @param classes number of classes
   */
  public Loss loss(List<Example> examples, int classes) {
    return this == NONE ? Loss.CROSS_ENTROPY : Loss.crossEntropy(of(examples, classes));
  }

  /**
   * The weight of each class, [classes]. A class without examples has 1.
   *
   * @param examples training examples
   */
  public double[] of(List<Example> examples, int classes) {
    double[] weights = new double[classes];
    if (this == BALANCED) {
      examples.forEach(example -> weights[example.label()]++);
    }
    for (int k = 0; k < classes; k++) {
      weights[k] = weights[k] == 0 ? 1 : examples.size() / (classes * weights[k]);
    }
    return weights;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.Objects;
import org.lull.input.InvalidInputException;

/**
 * Settings of the learning rate of a training.
 *
 * @param shape the curve of the learning rate after the warm-up
 * @param learningRate the full rate, after the warm-up; above 0
 * @param warmup number of epochs in which the rate rises linearly to the full rate, step by step: 0.5 is half an epoch, 0 is no warm-up
 */
public record Schedule(LearningRate.Shape shape, double learningRate, double warmup) {
  /** @throws InvalidInputException if a number is out of range */
  public Schedule {
    Objects.requireNonNull(shape, "shape");
    checkLearningRate(learningRate);
    checkWarmup(warmup);
  }

  static void checkLearningRate(double rate) {
    Hyperparameter.require(rate > 0 && rate < 1e3, "learning rate", rate, "above 0 and below 1000");
  }

  static void checkWarmup(double epochs) {
    Hyperparameter.require(epochs >= 0 && epochs < 1e6, "warm-up", epochs, "0 epochs or more and below 1000000");
  }
}

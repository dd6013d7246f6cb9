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
    Hyperparameter.require(learningRate > 0 && learningRate < 1e3, "learning rate", learningRate, "above 0 and below 1000");
    Hyperparameter.require(warmup >= 0 && warmup < 1e6, "warm-up", warmup, "0 epochs or more and below 1000000");
  }
}

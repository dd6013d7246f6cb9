// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import org.lull.cost.OperationCount;
import org.lull.input.InvalidInputException;

/**
 * Budgets and settings of an online learner.
 *
 * @param exemplarBytes budget of the memory of exemplars, as {@link Exemplar#bytes} counts
 * @param operations budget per learned example, in multiply-adds as {@link org.lull.cost.OperationCount} counts them. Training steps
 *     continue until it is spent; there is at least one step
 * @param batch examples of a training step: the new example, and exemplars that are drawn again for each step
 * @param learningRate learning rate of the steps
 * @param distillation weight of the distillation, beside the cross-entropy, that keeps the outputs of the original classes near the
 *     original model's
 * @param seed seed of the choice of exemplars
 */
public record OnlineSettings(long exemplarBytes, long operations, int batch, double learningRate, double distillation, long seed) {
  public OnlineSettings {
    require(exemplarBytes >= 0, "exemplars", exemplarBytes, "0 bytes or more");
    require(operations >= 1, "operations", operations, "1 multiply-add or more");
    require(batch >= 1 && batch <= 1 << 10, "batch", batch, "1 to 1024");
    require(learningRate > 0 && learningRate < 1, "learning rate", learningRate, "above 0 and below 1");
    require(distillation >= 0 && distillation < 1e3, "distillation", distillation, "0 or more and below 1000");
  }

  private static void require(boolean ok, String what, Number value, String expected) {
    if (!ok) {
      throw new InvalidInputException(what + ": " + value + ", expected " + expected);
    }
  }

  /** The defaults: a megabyte of exemplars, and about a tenth of a second per example on one core of 2020. */
  public static OnlineSettings defaults() {
    return new OnlineSettings(1 << 20, 100_000_000, 8, 0.1, 1, 1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange;

/**
 * A linear layer, {@code y = W h + b}.
 *
 * @param weight [outputs][inputs], row by row; not copied
 * @param bias [outputs], zeros if the source has none; not copied
 */
public record Linear(int outputs, int inputs, float[] weight, float[] bias) {
  /** @throws IllegalArgumentException if the arrays do not have these sizes */
  public Linear {
    RecurrentWeights.requireLength("weight", weight, (long) outputs * inputs);
    RecurrentWeights.requireLength("bias", bias, outputs);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.Map;
import org.lull.input.InvalidInputException;

/**
 * Dense epochs that a run begins with. From their weights both networks go on, the dense network as the control of the delta one, for which
 * the thresholds are switched on: the same epochs, on the same schedule, which begins anew.
 *
 * @param epochs 0 for none
 * @param learningRate of these epochs; null for that of the others
 */
public record Pretraining(int epochs, Double learningRate) {
  static Pretraining read(OptionReader options) {
    return new Pretraining(options.integer("pretrain-epochs", 0), options.number("pretrain-lr", null));
  }

  void write(Map<String, String> options) {
    options.put("pretrain-epochs", Integer.toString(epochs));
    if (learningRate != null) {
      options.put("pretrain-lr", learningRate.toString());
    }
  }

  /**
   * The learning rate as it applies.
   *
   * @param usual that of the other epochs
   * @throws InvalidInputException where one is given and there are no such epochs
   */
  double learningRateOr(double usual) {
    if (learningRate != null && epochs == 0) {
      throw new InvalidInputException(
          "--pretrain-lr " + learningRate + " without pretraining; give --pretrain-epochs too, or leave it out");
    }
    return learningRate == null ? usual : learningRate;
  }
}

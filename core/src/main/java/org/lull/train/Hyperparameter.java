// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import org.lull.input.InvalidInputException;

/** Refuses hyper-parameters that are out of range, in one sentence. */
final class Hyperparameter {
  private Hyperparameter() {}

  static void require(boolean ok, String what, Number value, String expected) {
    if (!ok) {
      throw new InvalidInputException(what + ": " + value + ", expected " + expected);
    }
  }

  /** Checks the decay of a running mean. */
  static void requireDecay(String what, double value) {
    require(value >= 0 && (float) value < 1, what, value, "0 or more and below 1, such as 0.9");
  }

  static void requireWeightDecay(double value) {
    require(value >= 0 && value < 1e3, "weight decay", value, "0 or more and below 1000");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.Locale;
import org.lull.input.InvalidInputException;

/** What the linear output layer reads of the top layer. */
public enum Head {
  /** The mean of h over the valid timesteps; one decision per sequence. */
  MEAN,
  /** h of the last valid timestep; one decision per sequence. */
  LAST,
  /** h of every timestep. Output 0 is silence, and the decision is that of the last timestep that is not silence. */
  FRAMES;

  /** The name as in options and model files, such as "mean". */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Number of outputs for so many classes. */
  public int outputs(int classes) {
    return this == FRAMES ? classes + 1 : classes;
  }

  /** Number of classes with so many outputs. */
  public int classes(int outputs) {
    return this == FRAMES ? outputs - 1 : outputs;
  }

  /**
   * The head with this label.
   *
   * @throws InvalidInputException if there is none
   */
  public static Head named(String name) {
    for (Head head : values()) {
      if (head.label().equals(name)) {
        return head;
      }
    }
    throw new InvalidInputException("head \"" + name + "\" is unknown; choose mean, last or frames");
  }
}

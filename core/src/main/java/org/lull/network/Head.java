// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.Locale;
import org.lull.input.InvalidInputException;

/** Where the linear classifier reads the top layer. */
public enum Head {
  /** The mean of h over the valid timesteps; one decision a sequence. */
  MEAN,
  /** h of the last valid timestep; one decision a sequence. */
  LAST,
  /** h of every timestep; class 0 is silence, and the decision is the last timestep that is not silence. */
  FRAMES;

  /** As in options and model files: "mean". */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Outputs it needs for so many classes. */
  public int outputs(int classes) {
    return this == FRAMES ? classes + 1 : classes;
  }

  /** Classes it tells apart with so many outputs. */
  public int classes(int outputs) {
    return this == FRAMES ? outputs - 1 : outputs;
  }

  /**
   * The head of that label.
   *
   * @throws InvalidInputException where there is none
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

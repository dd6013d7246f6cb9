// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import org.lull.input.InvalidInputException;

/** Lengths of arrays that grow with sequences: computed in 64 bits, and refused where Java has no array so long. */
public final class ArrayLength {
  /** The longest that every JVM grants. */
  private static final int LONGEST = Integer.MAX_VALUE - 8;

  private ArrayLength() {}

  /**
   * The length as an int.
   *
   * @param timesteps of all sequences that are run together, for the message
   * @param width values of each, likewise
   * @param what those values are, likewise: "units"
   * @throws InvalidInputException if it is longer than an array can be
   */
  public static int of(long length, long timesteps, int width, String what) {
    if (length > LONGEST) {
      throw new InvalidInputException(timesteps + " timesteps of " + width + " " + what + " need an array of "
          + length + " numbers, more than the " + LONGEST + " there can be; use shorter clips or fewer units");
    }
    return (int) length;
  }
}

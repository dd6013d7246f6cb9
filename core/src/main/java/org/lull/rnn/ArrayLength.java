// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import org.lull.input.InvalidInputException;

/** Lengths of arrays that grow with the sequences. They are computed in 64 bits, and refused if a Java array cannot be so long. */
public final class ArrayLength {
  /** Largest length that every JVM allows. */
  private static final int LONGEST = Integer.MAX_VALUE - 8;

  private ArrayLength() {}

  /**
   * The length as an int.
   *
   * @param timesteps number of timesteps of all sequences that are run together, for the message
   * @param width number of values of each timestep, for the message
   * @param what what these values are, for the message: "units"
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

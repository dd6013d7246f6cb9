// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.Arrays;

/**
 * Input of a network: normalised feature vectors. It holds the array it was made of, which must not change while it is in use.
 */
public final class Sequence {
  private final float[] values;
  private final int steps;

  /**
   * @param values [steps][pad(channels)], padding zero; may be longer than that; taken over
   * @param steps timesteps, at least 1
   */
  public Sequence(float[] values, int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("a sequence of " + steps + " timesteps, expected at least 1");
    }
    this.values = values;
    this.steps = steps;
  }

  /** [steps][pad(channels)], only to be read; may be longer than that. */
  public float[] values() {
    return values;
  }

  /** Timesteps. */
  public int steps() {
    return steps;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Sequence sequence && steps == sequence.steps && Arrays.equals(values, sequence.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(values) + steps;
  }
}

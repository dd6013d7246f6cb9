// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.Arrays;

/**
 * Input of a network: normalised feature vectors. The array is not copied and must not change while the sequence is in use.
 */
public final class Sequence {
  private final float[] values;
  private final int steps;

  /**
   * @param values [steps][pad(channels)], with zeros as padding; the array may be longer than that, and is not copied
   * @param steps timesteps, at least 1
   */
  public Sequence(float[] values, int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("a sequence of " + steps + " timesteps, expected at least 1");
    }
    this.values = values;
    this.steps = steps;
  }

  /** [steps][pad(channels)]; only read it. The array may be longer than that. */
  public float[] values() {
    return values;
  }

  /** Number of timesteps. */
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

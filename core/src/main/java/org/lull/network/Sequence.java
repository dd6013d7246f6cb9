// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.Arrays;

/**
 * Input of a network: normalised feature vectors. The array is not copied and must not change while the sequence is in use.
 */
public final class Sequence {
  private static final int[] NONE = {};

  private final float[] values;
  private final int steps;
  private final int[] frameLabels;

  /**
   * @param values [steps][pad(channels)], with zeros as padding; the array may be longer than that, and is not copied
   * @param steps timesteps, at least 1
   */
  public Sequence(float[] values, int steps) {
    this(values, steps, NONE);
  }

  /** @param frameLabels what is to be recognised at each timestep, [steps], or empty; not copied */
  private Sequence(float[] values, int steps, int[] frameLabels) {
    if (steps < 1) {
      throw new IllegalArgumentException("a sequence of " + steps + " timesteps, expected at least 1");
    }
    if (frameLabels.length != 0 && frameLabels.length != steps) {
      throw new IllegalArgumentException(frameLabels.length + " frame labels of a sequence of " + steps + " timesteps");
    }
    this.values = values;
    this.steps = steps;
    this.frameLabels = frameLabels;
  }

  /** The same input with what is to be recognised at each timestep, [steps]; nothing is copied. */
  public Sequence withFrameLabels(int[] labels) {
    return new Sequence(values, steps, labels);
  }

  /** What is to be recognised at each timestep, [steps]; empty if there is one target for the whole sequence. Only read it. */
  public int[] frameLabels() {
    return frameLabels;
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

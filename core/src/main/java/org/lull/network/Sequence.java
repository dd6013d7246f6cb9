package org.lull.network;

/**
 * Input of a network: normalised feature vectors.
 *
 * @param values [steps][pad(channels)], padding zero; may be longer than that
 */
public record Sequence(float[] values, int steps) {
  public Sequence {
    if (steps < 1) {
      throw new IllegalArgumentException("a sequence of " + steps + " timesteps, expected at least 1");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import org.lull.network.Normalisation;
import org.lull.train.Example;

/**
 * An example kept to be learned from again: its normalised features in 8 bits each, in steps of 1/32 of a channel's standard deviation.
 * What lies four deviations or more from the mean is kept as four.
 *
 * @param id of the example, for messages
 * @param label its class
 * @param steps timesteps
 * @param values [steps][channels]
 */
public record Exemplar(String id, int label, int steps, byte[] values) {
  private static final float LEVELS = 32; // in a standard deviation
  /** What an exemplar takes beside its values: label and steps. */
  private static final int HEADER = 2 * Integer.BYTES;

  /** What is kept of an example. */
  public static Exemplar of(Example example, Normalisation normalisation) {
    int channels = example.channels();
    float[] frames = example.frames();
    byte[] values = new byte[frames.length];
    for (int i = 0; i < values.length; i++) {
      float deviations = normalisation.normalised(i % channels, frames[i]);
      values[i] = (byte) Math.clamp(Math.round(deviations * LEVELS), -Byte.MAX_VALUE, Byte.MAX_VALUE);
    }
    return new Exemplar(example.id(), example.label(), example.steps(), values);
  }

  /** The example again, as near as 8 bits are. */
  Example example(Normalisation normalisation) {
    int channels = normalisation.channels();
    float[] mean = normalisation.mean();
    float[] deviation = normalisation.deviation();
    float[] frames = new float[values.length];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = mean[i % channels] + deviation[i % channels] * values[i] / LEVELS;
    }
    return new Example(id, frames, steps, channels, label);
  }

  Exemplar withLabel(int value) {
    return new Exemplar(id, value, steps, values);
  }

  /** Bytes that count against a budget. */
  public long bytes() {
    return bytes(steps, values.length / steps);
  }

  /** What an example of that size will take. */
  public static long bytes(int steps, int channels) {
    return HEADER + (long) steps * channels;
  }
}

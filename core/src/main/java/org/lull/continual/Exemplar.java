// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import org.lull.network.Normalisation;
import org.lull.train.Example;

/**
 * An example that is kept for rehearsal. Normalised features are stored in 8 bits each, in steps of 1/32 of a channel's standard deviation.
 * Values are clipped at four deviations from the mean.
 *
 * @param id id of the example, for messages
 * @param label class of the example
 * @param steps timesteps
 * @param values [steps][channels]
 */
public record Exemplar(String id, int label, int steps, byte[] values) {
  private static final float LEVELS = 32; // in a standard deviation
  /** Bytes of an exemplar beside its values: label and steps. */
  private static final int HEADER = 2 * Integer.BYTES;

  /** Quantises an example. */
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

  /** The example, restored to the precision of 8 bits. */
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

  /** Size in bytes, as it counts against a budget. */
  public long bytes() {
    return bytes(steps, values.length / steps);
  }

  /** Size in bytes of an exemplar with so many steps and channels. */
  public static long bytes(int steps, int channels) {
    return HEADER + (long) steps * channels;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.Arrays;
import java.util.Objects;
import org.lull.input.InvalidInputException;
import org.lull.network.Normalisation;
import org.lull.train.Example;

/**
 * An example that is kept for rehearsal. Normalised features are stored in 8 bits each, in steps of 1/32 of a channel's standard deviation.
 * Values are clipped at four deviations from the mean. An exemplar is immutable.
 */
public final class Exemplar {
  private static final float LEVELS = 32; // in a standard deviation
  /** Bytes of an exemplar beside its values: label and steps. */
  private static final int HEADER = 2 * Integer.BYTES;

  private final String id;
  private final int label;
  private final int steps;
  private final byte[] values;

  /**
   * @param id id of the example, for messages
   * @param label class of the example
   * @param steps timesteps, at least 1
   * @param values [steps][channels], row by row; copied
   * @throws InvalidInputException if there are no timesteps
   */
  public Exemplar(String id, int label, int steps, byte[] values) {
    this(values.clone(), id, label, steps);
  }

  /** @param values not copied */
  private Exemplar(byte[] values, String id, int label, int steps) {
    this.id = Objects.requireNonNull(id, "id");
    this.label = label;
    this.steps = steps;
    this.values = values;
    if (steps < 1) {
      throw new InvalidInputException("exemplar " + id + ": " + steps + " timesteps, expected 1 or more");
    }
  }

  /**
   * Quantises an example.
   *
   * @throws InvalidInputException if it has another number of channels than the normalisation
   */
  public static Exemplar of(Example example, Normalisation normalisation) {
    int channels = example.channels();
    if (channels != normalisation.channels()) {
      throw new InvalidInputException(example.id() + ": " + channels + " channels, expected " + normalisation.channels()
          + " as the model was trained on");
    }
    float[] frames = example.frames();
    byte[] values = new byte[frames.length];
    for (int i = 0; i < values.length; i++) {
      float deviations = normalisation.normalised(i % channels, frames[i]);
      values[i] = (byte) Math.clamp(Math.round(deviations * LEVELS), -Byte.MAX_VALUE, Byte.MAX_VALUE);
    }
    return new Exemplar(values, example.id(), example.label(), example.steps());
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
    return new Exemplar(values, id, value, steps);
  }

  /** Id of the example, for messages. */
  public String id() {
    return id;
  }

  /** Class of the example. */
  public int label() {
    return label;
  }

  /** Number of timesteps. */
  public int steps() {
    return steps;
  }

  /** A copy of the values, [steps][channels], row by row. */
  public byte[] values() {
    return values.clone();
  }

  /** The values without a copy; only read them. */
  byte[] raw() {
    return values;
  }

  /** Size in bytes, as it counts against a budget. */
  public long bytes() {
    return bytes(steps, values.length / steps);
  }

  /** Size in bytes of an exemplar with so many steps and channels. */
  public static long bytes(int steps, int channels) {
    return HEADER + (long) steps * channels;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Exemplar exemplar && id.equals(exemplar.id) && label == exemplar.label && steps == exemplar.steps
        && Arrays.equals(values, exemplar.values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, label, steps, Arrays.hashCode(values));
  }

  @Override
  public String toString() {
    return id + ": class " + label + ", " + values.length + " values in " + steps + " steps";
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.Arrays;
import java.util.Objects;
import org.lull.input.Frames;
import org.lull.input.InvalidInputException;
import org.lull.network.Normalisation;
import org.lull.network.Sequence;

/**
 * One sequence of feature vectors, as the front end made it (not normalised), with what it is to be taken for: a class, or numbers
 * (regression). Nothing in it changes.
 */
public final class Example {
  /** The label of an example that has a target instead. */
  public static final int NO_LABEL = -1;

  private static final float[] NO_TARGET = {};

  private final String id;
  private final float[] frames;
  private final int steps;
  private final int channels;
  private final int label;
  private final float[] target;

  /**
   * Of a class.
   *
   * @param id where it comes from, for messages: a path, or the coordinates of a synthetic utterance
   * @param frames [steps][channels], row after row; copied
   * @param steps how many timesteps, at least 1
   * @param channels how many values a timestep has
   * @param label index into the labels of the data
   * @throws InvalidInputException if there are more or fewer values, one of them is not finite or beyond {@link Frames#LARGEST}, or the
   *     label is negative
   */
  public Example(String id, float[] frames, int steps, int channels, int label) {
    this(id, frames.clone(), steps, channels, label, NO_TARGET);
    if (label < 0) {
      throw new InvalidInputException(id + ": label " + label + ", expected 0 or more, the number of a class");
    }
  }

  /**
   * For regression.
   *
   * @param frames [steps][channels], row after row; copied
   * @param target what is to be predicted of the sequence, one number or several; copied
   * @throws InvalidInputException as of the other, and where there is no target, or one is not finite or beyond {@link Frames#LARGEST}
   */
  public Example(String id, float[] frames, int steps, int channels, float[] target) {
    this(id, frames.clone(), steps, channels, NO_LABEL, target.clone());
    if (target.length == 0) {
      throw new InvalidInputException(id + ": no target, expected one number or several");
    }
    Frames.check(id + ", its target", target, target.length);
  }

  /** @param frames taken over, as is {@code target} */
  private Example(String id, float[] frames, int steps, int channels, int label, float[] target) {
    this.id = Objects.requireNonNull(id, "id");
    if (steps < 1 || channels < 1 || frames.length != (long) steps * channels) {
      throw new InvalidInputException(id + ": " + frames.length + " values are not " + steps + " steps of " + channels + " channels");
    }
    Frames.check(id, frames, channels);
    this.frames = frames;
    this.steps = steps;
    this.channels = channels;
    this.label = label;
    this.target = target;
  }

  /**
   * Of a class.
   *
   * @param frames [steps][channels]
   * @throws InvalidInputException as the constructor, and where frames have different numbers of channels
   */
  public static Example of(String id, float[][] frames, int label) {
    int channels = Frames.channels(id, frames);
    return new Example(id, Frames.flat(id, frames, channels), frames.length, channels, label);
  }

  /**
   * For regression.
   *
   * @param frames [steps][channels]
   * @param target what is to be predicted of the sequence, one number or several
   * @throws InvalidInputException where frames have different numbers of channels, there is no target, or a number is not finite or beyond
   *     {@link Frames#LARGEST}
   */
  public static Example of(String id, float[][] frames, float[] target) {
    int channels = Frames.channels(id, frames);
    return new Example(id, Frames.flat(id, frames, channels), frames.length, channels, target);
  }

  /** Where it comes from, for messages. */
  public String id() {
    return id;
  }

  /** The features, [steps][channels], row after row: a copy. */
  public float[] frames() {
    return frames.clone();
  }

  /** The features themselves, only to be read. */
  float[] raw() {
    return frames;
  }

  /** Timesteps, at least 1. */
  public int steps() {
    return steps;
  }

  /** Values of a timestep. */
  public int channels() {
    return channels;
  }

  /** Number of its class, an index into the labels of the data; {@link #NO_LABEL} in regression. */
  public int label() {
    return label;
  }

  /** What is to be predicted of it, a copy; empty where it has a class. */
  public float[] target() {
    return target.clone();
  }

  /** How many numbers are to be predicted of it; 0 where it has a class. */
  public int targets() {
    return target.length;
  }

  /** One of them. */
  float target(int k) {
    return target[k];
  }

  /**
   * The same example with other features, as an {@link Augmentation} makes them.
   *
   * @param value [steps][channels], of as many channels
   * @throws InvalidInputException where a value is not finite or beyond {@link Frames#LARGEST}
   */
  public Example withFrames(float[] value, int steps) {
    return new Example(id, value.clone(), steps, channels, label, target);
  }

  /** As {@link #withFrames}; the array is taken over. */
  Example withRaw(float[] value, int steps) {
    return new Example(id, value, steps, channels, label, target);
  }

  /** The same example under another number of its class. */
  public Example withLabel(int value) {
    if (value < 0 || target.length > 0) {
      throw new InvalidInputException(id + ": label " + value + ", expected 0 or more, of an example that has a class");
    }
    return new Example(id, frames, steps, channels, value, target);
  }

  /** Adds its frames to statistics. */
  public void addTo(Normalisation.Gathering statistics) {
    statistics.add(frames, steps);
  }

  /**
   * The input of a network.
   *
   * @throws InvalidInputException where a normalised value is out of bounds, which names the example
   */
  public Sequence normalised(Normalisation normalisation) {
    try {
      return normalisation.sequence(frames, steps);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(id + ": " + e.getMessage(), e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Example example && id.equals(example.id) && steps == example.steps && channels == example.channels
        && label == example.label && Arrays.equals(target, example.target) && Arrays.equals(frames, example.frames);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, steps, channels, label, Arrays.hashCode(target), Arrays.hashCode(frames));
  }

  @Override
  public String toString() {
    return id + ": " + steps + " steps of " + channels + " channels, "
        + (target.length == 0 ? "class " + label : "target " + Arrays.toString(target));
  }
}

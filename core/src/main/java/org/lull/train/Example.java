// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.Arrays;
import java.util.Objects;
import org.lull.input.Frames;
import org.lull.input.InvalidInputException;
import org.lull.network.Normalisation;
import org.lull.network.Sequence;

/**
 * One sequence of feature vectors with its target: a class, or numbers (regression). The features are those of the front end and not
 * normalised. An example is immutable.
 */
public final class Example {
  /** The label of a regression example, which has numbers instead of a class. */
  public static final int NO_LABEL = -1;

  /** A {@linkplain #ofStream frame label}: nothing is to be recognised at this frame. */
  public static final int BACKGROUND = -1;

  /** A {@linkplain #ofStream frame label}: whatever is recognised at this frame does not count (as ignore_index in PyTorch). */
  public static final int IGNORED = -2;

  private static final float[] NO_TARGET = {};
  private static final int[] NO_FRAME_LABELS = {};

  private final String id;
  private final float[] frames;
  private final int steps;
  private final int channels;
  private final int label;
  private final float[] target;
  private final int[] frameLabels;

  /**
   * An example of a class.
   *
   * @param id where the example comes from, for messages: a path, or the coordinates of a synthetic utterance
   * @param frames [steps][channels], row by row; copied
   * @param steps number of timesteps, at least 1
   * @param channels number of values per timestep
   * @param label index into the labels of the dataset
   * @throws InvalidInputException if {@code frames} has another length, a value is not finite or beyond {@link Frames#LARGEST}, or the
   *     label is negative
   */
  public Example(String id, float[] frames, int steps, int channels, int label) {
    this(id, frames.clone(), steps, channels, label, NO_TARGET, NO_FRAME_LABELS);
    if (label < 0) {
      throw new InvalidInputException(id + ": label " + label + ", expected 0 or more, the number of a class");
    }
  }

  /**
   * An example for regression.
   *
   * @param frames [steps][channels], row by row; copied
   * @param target the numbers to predict for the sequence, one or several; copied
   * @throws InvalidInputException as the other constructor, and if the target is empty, or one of its numbers is not finite or beyond
   *     {@link Frames#LARGEST}
   */
  public Example(String id, float[] frames, int steps, int channels, float[] target) {
    this(id, frames.clone(), steps, channels, NO_LABEL, target.clone(), NO_FRAME_LABELS);
    if (target.length == 0) {
      throw new InvalidInputException(id + ": no target, expected one number or several");
    }
    Frames.check(id + ", its target", target, target.length);
  }

  /** @param frames not copied, and neither are {@code target} and {@code frameLabels} */
  private Example(String id, float[] frames, int steps, int channels, int label, float[] target, int[] frameLabels) {
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
    this.frameLabels = frameLabels;
  }

  /**
   * An example of a class.
   *
   * @param frames [steps][channels]
   * @throws InvalidInputException as the constructor, and if frames have different numbers of channels
   */
  public static Example of(String id, float[][] frames, int label) {
    int channels = Frames.channels(id, frames);
    return new Example(id, Frames.flat(id, frames, channels), frames.length, channels, label);
  }

  /**
   * An example for regression.
   *
   * @param frames [steps][channels]
   * @param target the numbers to predict for the sequence, one or several
   * @throws InvalidInputException if frames have different numbers of channels, the target is empty, or a number is not finite or beyond
   *     {@link Frames#LARGEST}
   */
  public static Example of(String id, float[][] frames, float[] target) {
    int channels = Frames.channels(id, frames);
    if (target == null) {
      throw new InvalidInputException(id + ": no target, expected one number or several");
    }
    return new Example(id, Frames.flat(id, frames, channels), frames.length, channels, target);
  }

  /**
   * An example that is a piece of a stream, in which a class is to be recognised at some frames and nothing at the others. It is for the
   * head {@link org.lull.network.Head#FRAMES}.
   *
   * @param frames [steps][channels], row by row; copied
   * @param label the class whose score should be the highest of all frames; the accuracy is measured by it
   * @param frameLabels [steps]: a class, {@link #BACKGROUND} or {@link #IGNORED}; copied
   * @throws InvalidInputException as the constructor, and if there is another number of frame labels, or one is none of these
   */
  public static Example ofStream(String id, float[] frames, int steps, int channels, int label, int[] frameLabels) {
    Example example = new Example(id, frames.clone(), steps, channels, label, NO_TARGET, frameLabels.clone());
    if (label < 0) {
      throw new InvalidInputException(id + ": label " + label + ", expected 0 or more, the number of a class");
    }
    if (frameLabels.length != steps) {
      throw new InvalidInputException(id + ": " + frameLabels.length + " frame labels, expected " + steps + ", one for each timestep");
    }
    for (int t = 0; t < steps; t++) {
      if (frameLabels[t] < IGNORED) {
        throw new InvalidInputException(id + ": frame label " + frameLabels[t] + " at timestep " + t + ", expected a class, or "
            + BACKGROUND + " (background) or " + IGNORED + " (ignored)");
      }
    }
    return example;
  }

  /** Where the example comes from, for messages. */
  public String id() {
    return id;
  }

  /** A copy of the features, [steps][channels], row by row. */
  public float[] frames() {
    return frames.clone();
  }

  /** The features without a copy; only read them. */
  float[] raw() {
    return frames;
  }

  /** Number of timesteps, at least 1. */
  public int steps() {
    return steps;
  }

  /** Number of values per timestep. */
  public int channels() {
    return channels;
  }

  /** The class, an index into the labels of the dataset; {@link #NO_LABEL} in regression. */
  public int label() {
    return label;
  }

  /** A copy of the numbers to predict; empty if the example has a class. */
  public float[] target() {
    return target.clone();
  }

  /** How many numbers are to be predicted; 0 if the example has a class. */
  public int targets() {
    return target.length;
  }

  /** Whether it is a piece of a stream, with a label for each frame. */
  public boolean isStream() {
    return frameLabels.length > 0;
  }

  /** The label of a frame of a stream: a class, {@link #BACKGROUND} or {@link #IGNORED}. */
  public int frameLabel(int step) {
    return frameLabels[step];
  }

  /** The largest class of the label and of the frame labels. */
  int largestLabel() {
    int largest = label;
    for (int each : frameLabels) {
      largest = Math.max(largest, each);
    }
    return largest;
  }

  /** Number k of the target. */
  float target(int k) {
    return target[k];
  }

  /** Whether the class or the numbers to predict are those of another example. */
  boolean hasTargetOf(Example other) {
    return label == other.label && Arrays.equals(target, other.target);
  }

  /**
   * A copy with other features, as an {@link Augmentation} makes them.
   *
   * @param value [steps][channels], row by row, with the same number of channels
   * @throws InvalidInputException if a value is not finite or beyond {@link Frames#LARGEST}, or the number of timesteps of a stream changes
   */
  public Example withFrames(float[] value, int steps) {
    return withRaw(value.clone(), steps);
  }

  /** As {@link #withFrames}, but the array is not copied. */
  Example withRaw(float[] value, int steps) {
    if (isStream() && steps != this.steps) {
      throw new InvalidInputException(id + ": " + steps + " timesteps instead of " + this.steps + ", but each has its own label");
    }
    return new Example(id, value, steps, channels, label, target, frameLabels);
  }

  /** A copy with another label. */
  public Example withLabel(int value) {
    if (value < 0 || target.length > 0) {
      throw new InvalidInputException(id + ": label " + value + ", expected 0 or more, of an example that has a class");
    }
    return new Example(id, frames, steps, channels, value, target, frameLabels);
  }

  /** Adds the frames of this example to statistics. */
  public void addTo(Normalisation.Accumulator statistics) {
    statistics.add(frames, steps);
  }

  /**
   * The features, normalised, as the input of a network.
   *
   * @throws InvalidInputException if a normalised value is out of bounds; the message names the example
   */
  public Sequence normalised(Normalisation normalisation) {
    try {
      Sequence sequence = normalisation.sequence(frames, steps);
      return isStream() ? sequence.withFrameLabels(frameLabels) : sequence;
    } catch (InvalidInputException e) {
      throw new InvalidInputException(id + ": " + e.getMessage(), e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Example example && id.equals(example.id) && steps == example.steps && channels == example.channels
        && label == example.label && Arrays.equals(target, example.target) && Arrays.equals(frames, example.frames)
        && Arrays.equals(frameLabels, example.frameLabels);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, steps, channels, label, Arrays.hashCode(target), Arrays.hashCode(frames), Arrays.hashCode(frameLabels));
  }

  @Override
  public String toString() {
    return id + ": " + steps + " steps of " + channels + " channels, "
        + (target.length == 0 ? "class " + label : "target " + Arrays.toString(target));
  }
}

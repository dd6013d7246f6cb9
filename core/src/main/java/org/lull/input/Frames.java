// SPDX-License-Identifier: Apache-2.0
package org.lull.input;

/** The rule for raw feature vectors from any source: finite numbers of a sane size, and the same number of channels in every frame. */
public final class Frames {
  /** Largest magnitude of a raw feature. A larger value is more often a marker for a missing value than a measurement. */
  public static final float LARGEST = 1e12f;

  private Frames() {}

  /**
   * Number of channels of the first frame.
   *
   * @throws InvalidInputException if there is none
   */
  public static int channels(String id, float[][] frames) {
    requireThere(id, frames);
    if (frames.length == 0 || frames[0] == null || frames[0].length == 0) {
      throw new InvalidInputException(id + ": " + (frames.length == 0 ? "no frames" : "a frame without channels")
          + ", expected at least one");
    }
    return frames[0].length;
  }

  private static void requireThere(String id, float[][] frames) {
    if (frames == null) {
      throw new InvalidInputException(id + ": null, expected frames, [steps][channels]");
    }
  }

  /**
   * Checks frames and copies them into one array.
   *
   * @param id where the frames come from, for messages
   * @param frames [steps][channels]
   * @return [steps][channels], row after row
   * @throws InvalidInputException if there are no frames, one has another number of channels, or a value is not finite or too large
   */
  public static float[] flat(String id, float[][] frames, int channels) {
    requireThere(id, frames);
    if (frames.length == 0) {
      throw new InvalidInputException(id + ": no frames, expected at least one");
    }
    long size = (long) frames.length * channels;
    if (size > Integer.MAX_VALUE - 8) {
      throw new InvalidInputException(id + ": " + frames.length + " frames of " + channels + " channels are more than an array holds;"
          + " cut it");
    }
    float[] flat = new float[(int) size];
    for (int t = 0; t < frames.length; t++) {
      if (frames[t] == null || frames[t].length != channels) {
        throw new InvalidInputException(id + ": frame " + t + " has " + (frames[t] == null ? 0 : frames[t].length) + " channels, expected "
            + channels);
      }
      System.arraycopy(frames[t], 0, flat, t * channels, channels);
    }
    check(id, flat, channels);
    return flat;
  }

  /**
   * Refuses values that are not finite or too large.
   *
   * @param frames [steps][channels], row after row
   * @throws InvalidInputException that names the first such value
   */
  public static void check(String id, float[] frames, int channels) {
    int i = Finite.firstBeyond(LARGEST, frames, 0, frames.length);
    if (i >= 0) {
      throw new InvalidInputException(id + ": channel " + i % channels + " of frame " + i / channels + " is " + frames[i]
          + ", expected a finite number of at most " + LARGEST + " in magnitude; leave it out, or fill the gap");
    }
  }
}

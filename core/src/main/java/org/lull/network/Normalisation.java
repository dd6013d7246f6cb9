// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.Arrays;
import org.lull.input.Finite;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;
import org.lull.rnn.ArrayLength;

/**
 * Statistics of the training features. They bring a model's input to mean 0 and standard deviation 1, and are part of the model.
 *
 * @param mean [channels], a copy
 * @param deviation [channels], a copy; above 0
 */
public record Normalisation(float[] mean, float[] deviation) {
  /** @throws InvalidInputException if the two arrays have different lengths, a number is not finite, or a deviation is not above 0 */
  public Normalisation {
    if (mean.length != deviation.length || mean.length == 0) {
      throw new InvalidInputException("normalisation: " + mean.length + " means and " + deviation.length
          + " deviations, expected one of each for every channel");
    }
    mean = mean.clone();
    deviation = deviation.clone();
    for (int i = 0; i < mean.length; i++) {
      if (!Float.isFinite(mean[i]) || !(deviation[i] > 0 && deviation[i] <= Float.MAX_VALUE)) {
        throw new InvalidInputException("normalisation: a mean of " + mean[i] + " and a deviation of " + deviation[i] + " in channel " + i
            + ", expected finite numbers, the deviation above 0");
      }
    }
  }

  /** The deviation that a constant channel counts with. */
  private static final double OF_CONSTANT = 1e-4;

  /** Smaller deviations, relative to the mean, are rounding errors of equal floats. */
  private static final double ROUNDING = 1e-7;

  /** Computes the statistics from frames: add all frames (at least one), then call {@link #result} once. */
  public static final class Accumulator {
    private final boolean perChannel;
    private final double[] sum;
    private final double[] squares;
    private long steps;

    /**
     * @param perChannel whether each channel has its own mean and deviation, or all channels share one
     */
    public Accumulator(int channels, boolean perChannel) {
      this.perChannel = perChannel;
      sum = new double[channels];
      squares = new double[channels];
    }

    /** Adds the first {@code count} frames of [steps][channels]. */
    public void add(float[] frames, int count) {
      int channels = sum.length;
      for (int i = 0; i < count * channels; i++) {
        double v = frames[i];
        sum[i % channels] += v;
        squares[i % channels] += v * v;
      }
      steps += count;
    }

    /** The statistics of numbers to predict; the deviation of equal numbers counts as 1. */
    public Normalisation resultOfTargets() {
      return result(1);
    }

    /** The statistics of features. Their unit may be any, such as volts: a small deviation counts as it is, if the channel moves at all. */
    public Normalisation result() {
      return result(OF_CONSTANT);
    }

    /** @param ofConstant deviation of a channel whose values are all the same */
    private Normalisation result(double ofConstant) {
      int channels = sum.length;
      if (!perChannel) {
        Arrays.fill(sum, Arrays.stream(sum).sum() / channels);
        Arrays.fill(squares, Arrays.stream(squares).sum() / channels);
      }
      float[] mean = new float[channels];
      float[] deviation = new float[channels];
      for (int i = 0; i < channels; i++) {
        double m = sum[i] / steps;
        mean[i] = (float) m;
        double d = Math.sqrt(Math.max(0, squares[i] / steps - m * m));
        deviation[i] = (float) (d <= ROUNDING * Math.abs(m) || (float) d == 0 ? ofConstant : d);
      }
      return new Normalisation(mean, deviation);
    }
  }

  @Override
  public float[] mean() {
    return mean.clone();
  }

  @Override
  public float[] deviation() {
    return deviation.clone();
  }

  public int channels() {
    return mean.length;
  }

  /** Normalises a value of a channel to mean 0 and deviation 1. */
  public float normalised(int channel, float value) {
    return (value - mean[channel]) / deviation[channel];
  }

  /** The inverse of {@link #normalised}. */
  public float restored(int channel, float normalised) {
    return mean[channel] + deviation[channel] * normalised;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Normalisation normalisation && Arrays.equals(mean, normalisation.mean)
        && Arrays.equals(deviation, normalisation.deviation);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(mean) + Arrays.hashCode(deviation);
  }

  @Override
  public String toString() {
    return "mean " + Arrays.toString(mean) + ", deviation " + Arrays.toString(deviation);
  }

  /** Normalises the frame that begins at {@code at}: [channels]. */
  public float[] frame(float[] frames, int at) {
    float[] out = new float[mean.length];
    normalise(frames, at, out, 0);
    return out;
  }

  /** Normalises one frame, [channels], into another array. */
  public void frame(float[] frame, float[] out) {
    normalise(frame, 0, out, 0);
  }

  private void normalise(float[] in, int at, float[] out, int outAt) {
    for (int i = 0; i < mean.length; i++) {
      out[outAt + i] = (in[at + i] - mean[i]) / deviation[i];
    }
  }

  /**
   * Normalises features, [steps][channels], and pads them for the network.
   *
   * @throws InvalidInputException if a normalised value is beyond the bound of {@link Finite}
   */
  public Sequence sequence(float[] frames, int steps) {
    int stride = Kernels.pad(mean.length);
    float[] values = new float[ArrayLength.of((long) steps * stride, steps, mean.length, "channels")];
    for (int t = 0; t < steps; t++) {
      normalise(frames, t * mean.length, values, t * stride);
      int bad = Finite.firstTooLarge(values, t * stride, t * stride + mean.length);
      if (bad >= 0) {
        int channel = bad - t * stride;
        throw new InvalidInputException("timestep " + t + ", channel " + channel + " is " + frames[t * mean.length + channel] + ", "
            + Finite.refused(values[bad]));
      }
    }
    return new Sequence(values, steps);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.lull.speech.SyntheticSpeaker.symmetric;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Effects on speech on the way to the microphone: trimming, tilt, echo and noise. The same arguments give the same bits. */
final class Acoustics {
  /** Amplitude, relative to the loudest sample, below which trimming takes a sample for silence: -40 dB. */
  private static final double SILENCE = 0.01;

  /** Delays of the reflections, seconds: a small furnished room. */
  private static final double[] REFLECTIONS = {0.0057, 0.0113, 0.0191, 0.0297, 0.0431, 0.0613};

  /** Amplitude of a reflection relative to the one before it; the sign alternates. */
  private static final double ABSORPTION = 0.7;

  private Acoustics() {}

  /** The sound without the silence at both ends. A sound that is all silent is not changed. */
  static float[] trim(float[] sound) {
    double threshold = 0;
    for (float x : sound) {
      threshold = Math.max(threshold, Math.abs(x) * SILENCE);
    }
    int from = 0;
    while (from < sound.length && Math.abs(sound[from]) <= threshold) {
      from++;
    }
    int to = sound.length;
    while (to > from && Math.abs(sound[to - 1]) <= threshold) {
      to--;
    }
    return from == to ? sound : Arrays.copyOfRange(sound, from, to);
  }

  /** y[n] = x[n] - tilt x[n-1]. */
  static void tilt(float[] sound, double tilt) {
    for (int n = sound.length - 1; n > 0; n--) {
      sound[n] -= (float) (tilt * sound[n - 1]);
    }
  }

  /** Adds the early reflections of a room, the first at {@code strength} times the direct sound. */
  static void echo(float[] sound, int rate, double strength) {
    float[] direct = sound.clone();
    double gain = strength;
    for (double delay : REFLECTIONS) {
      int lag = (int) (delay * rate);
      for (int n = lag; n < sound.length; n++) {
        sound[n] += (float) (gain * direct[n - lag]);
      }
      gain *= -ABSORPTION;
    }
  }

  /**
   * Coloured noise: white noise through the low pass y[n] = x[n] + colour y[n-1].
   *
   * @param colour 0 for white noise; the nearer to 1, the darker
   */
  static float[] noise(int samples, double colour, RandomGenerator random) {
    float[] noise = new float[samples];
    double y = 0;
    for (int n = 0; n < samples; n++) {
      y = symmetric(random) + colour * y;
      noise[n] = (float) y;
    }
    return noise;
  }

  static void scale(float[] sound, double gain) {
    for (int n = 0; n < sound.length; n++) {
      sound[n] *= (float) gain;
    }
  }

  /** Mean square of the samples from..to-1. */
  static double power(float[] sound, int from, int to) {
    double sum = 0;
    for (int n = from; n < to; n++) {
      sum += (double) sound[n] * sound[n];
    }
    return sum / Math.max(1, to - from);
  }

  /** Amplitude ratio of a level in dB. */
  static double ratio(double decibels) {
    return StrictMath.pow(10, decibels / 20);
  }
}

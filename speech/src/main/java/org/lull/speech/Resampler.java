// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import org.lull.input.InvalidInputException;

/**
 * Changes the sample rate by band-limited interpolation. Every output sample is a sum of input samples, weighted with a Kaiser-windowed
 * sinc that is centred on the time of the output sample. To a lower rate the sinc is wider, so that it also removes the frequencies that
 * the lower rate cannot represent. The response is flat up to 0.9 of the lower Nyquist frequency, and below -80 dB from the lower Nyquist
 * frequency on. The same input gives the same bits on every machine.
 *
 * <p>Source: J. O. Smith, "Digital Audio Resampling", ccrma.stanford.edu/~jos/resample.
 */
public final class Resampler {
  /** Half the length of the sinc. With 80 dB, the transition band is 5.02 / ZERO_CROSSINGS = 0.1 of the cut-off wide (Kaiser's formula). */
  private static final int ZERO_CROSSINGS = 48;

  /** Cut-off by the lower Nyquist frequency: the transition band ends there. */
  private static final double ROLL_OFF = 0.95;

  /** Kaiser's beta for 80 dB: 0.1102 (80 - 8.7). */
  private static final double BETA = 0.1102 * (80 - 8.7);

  /** Entries per zero crossing; between them the table is linear, an error of (pi / 1024)^2 / 8, -118 dB. */
  private static final int RESOLUTION = 1024;

  /** Right half of the sinc, [ZERO_CROSSINGS * RESOLUTION + 2], the last two 0. */
  private static final double[] SINC = sinc();

  private Resampler() {}

  /**
   * The same sound at another rate.
   *
   * @param rate samples per second
   * @return ceil(samples * rate / audio.rate()) samples, the first at the same time as the first input sample; the audio itself if its rate
   *     is the same
   * @throws InvalidInputException if the result would be too long for an array
   */
  public static Audio resample(Audio audio, int rate) {
    if (rate <= 0) {
      throw new IllegalArgumentException("sample rate " + rate + " Hz, expected a positive one");
    }
    if (rate == audio.rate()) {
      return audio;
    }
    float[] in = audio.samples();
    long length = Math.ceilDiv((long) in.length * rate, (long) audio.rate());
    if (length > Integer.MAX_VALUE - 8) {
      throw new InvalidInputException(
          "%d samples at %d Hz are too many at %d Hz; cut the clip".formatted(in.length, audio.rate(), rate));
    }
    float[] out = new float[(int) length];
    double scale = scale(audio.rate(), rate);
    for (int i = 0; i < out.length; i++) {
      out[i] = sample(in, 0, in.length, i, audio.rate(), rate, scale);
    }
    return new Audio(out, rate);
  }

  /** Cut-off by half the input rate. */
  static double scale(int from, int to) {
    return ROLL_OFF * Math.min(1, to / (double) from);
  }

  /** Number of the last input sample that output sample i is made of, if there are so many. */
  static long last(long i, int from, int to, double scale) {
    long position = i * from;
    return (long) Math.floor(position / to + position % to / (double) to + ZERO_CROSSINGS / scale);
  }

  /** Number of the first input sample that output sample i is made of. */
  static long first(long i, int from, int to, double scale) {
    long position = i * from;
    return Math.max(0, (long) Math.ceil(position / to + position % to / (double) to - ZERO_CROSSINGS / scale));
  }

  /**
   * Output sample i: the sum over n of in[n] sinc((n - time of i) scale), with zeros beyond both ends.
   *
   * @param in input samples from number {@code begin} on
   * @param end how many input samples there are in all, so far
   */
  static float sample(float[] in, long begin, long end, long i, int from, int to, double scale) {
    long position = i * from; // in units of 1 / to input samples: exact however long the clip
    long whole = position / to;
    double fraction = position % to / (double) to;
    int first = (int) (first(i, from, to, scale) - begin);
    int last = (int) (Math.min(end - 1, last(i, from, to, scale)) - begin);
    int centre = (int) (whole - begin);
    double step = scale * RESOLUTION;
    double sum = 0;
    for (int n = first; n <= last; n++) {
      double x = Math.abs(n - centre - fraction) * step;
      int k = (int) x;
      sum += in[n] * (SINC[k] + (x - k) * (SINC[k + 1] - SINC[k]));
    }
    return (float) (scale * sum);
  }

  private static double[] sinc() {
    int length = ZERO_CROSSINGS * RESOLUTION;
    double[] table = new double[length + 2];
    table[0] = 1;
    for (int k = 1; k < length; k++) {
      double x = Math.PI * k / RESOLUTION;
      double r = k / (double) length;
      table[k] = StrictMath.sin(x) / x * besselI0(BETA * Math.sqrt(1 - r * r)) / besselI0(BETA);
    }
    return table;
  }

  /** Modified Bessel function of the first kind and order 0, by its power series: the sum of ((x/2)^k / k!)^2. */
  private static double besselI0(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > sum * 1e-17; k++) {
      term *= (x / (2 * k)) * (x / (2 * k));
      sum += term;
    }
    return sum;
  }
}

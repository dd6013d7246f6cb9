// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.Arrays;

/**
 * Changes the sample rate of sound that arrives piece by piece. However it is cut, the samples are bit for bit those of
 * {@link Resampler#resample} for the whole. They come a few milliseconds late, as each needs input samples from before and after it.
 */
final class ResamplerStream {
  private final int from;
  private final int to;
  private final double scale;
  private float[] held = new float[0];
  private float[] out = new float[0];
  private long begin; // number of the first sample that is held
  private long end; // how many samples have come
  private long made; // how many have been given

  /**
   * @param from samples a second of what comes
   * @param to of what is given
   */
  ResamplerStream(int from, int to) {
    this.from = from;
    this.to = to;
    this.scale = Resampler.scale(from, to);
  }

  /** Takes samples; the result is in {@link #samples}. Allocates nothing once its arrays have grown. Returns how many there are. */
  int push(float[] samples, int length) {
    if (from == to) {
      reserve(length);
      System.arraycopy(samples, 0, out, 0, length);
      return length;
    }
    dropUnused();
    int kept = (int) (end - begin);
    if (held.length < kept + length) {
      held = Arrays.copyOf(held, kept + length);
    }
    System.arraycopy(samples, 0, held, kept, length);
    end += length;
    reserve((int) Math.ceilDiv((long) length * to, (long) from) + 1);
    int count = 0;
    while (Resampler.last(made, from, to, scale) < end) {
      reserve(count + 1);
      out[count++] = Resampler.sample(held, begin, end, made++, from, to, scale);
    }
    return count;
  }

  /** Ends the sound: the samples that would need some from after its end. */
  int finish() {
    if (from == to) {
      return 0;
    }
    long all = Math.ceilDiv(end * to, (long) from);
    reserve((int) (all - made));
    int count = 0;
    while (made < all) {
      out[count++] = Resampler.sample(held, begin, end, made++, from, to, scale);
    }
    return count;
  }

  /** What the last call has made, from 0 on. */
  float[] samples() {
    return out;
  }

  private void reserve(int length) {
    if (out.length < length) {
      out = Arrays.copyOf(out, length);
    }
  }

  private void dropUnused() {
    long first = Math.min(end, Resampler.first(made, from, to, scale));
    int drop = (int) (first - begin);
    if (drop > 0) {
      System.arraycopy(held, drop, held, 0, (int) (end - first));
      begin = first;
    }
  }
}

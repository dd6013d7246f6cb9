// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.SplittableRandom;
import org.lull.input.InvalidInputException;
import org.lull.network.Normalisation;

/**
 * Random changes to the log-mel features of a training example that keep its meaning: position in the clip, speaking rate, length of the
 * vocal tract, loudness, colour of the microphone, and masked gaps (Park et al. 2019, SpecAugment).
 *
 * @param shift largest shift in frames, earlier or later; edges are repeated
 * @param stretch largest change of the speaking rate, as a share
 * @param warp largest change of the vocal-tract length, as a share by which bands are moved
 * @param gain largest change of loudness, in dB
 * @param tilt largest change of the difference between the lowest and the highest band, in dB
 * @param timeMask largest number of frames that are set to the mean
 * @param bandMask largest number of bands that are set to the mean
 */
public record SpeechAugmentation(int shift, double stretch, double warp, double gain, double tilt, int timeMask, int bandMask)
    implements Augmentation {

  /** @throws InvalidInputException if a parameter is out of range */
  public SpeechAugmentation {
    Hyperparameter.require(shift >= 0, "shift", shift, "0 frames or more");
    Hyperparameter.require(stretch >= 0 && stretch < 1, "stretch", stretch, "a share, 0 or more and below 1");
    Hyperparameter.require(warp >= 0 && warp < 1, "warp", warp, "a share, 0 or more and below 1");
    Hyperparameter.require(gain >= 0 && gain < 1e3, "gain", gain, "0 dB or more");
    Hyperparameter.require(tilt >= 0 && tilt < 1e3, "tilt", tilt, "0 dB or more");
    Hyperparameter.require(timeMask >= 0 && timeMask < Integer.MAX_VALUE, "time mask", timeMask, "0 frames or more");
    Hyperparameter.require(bandMask >= 0 && bandMask < Integer.MAX_VALUE, "band mask", bandMask, "0 bands or more");
  }

  /** Masked gaps are filled with the means of the normalisation. */
  @Override
  public Example apply(Example example, Normalisation normalisation, SplittableRandom random) {
    int channels = example.channels();
    float[] moved = move(example, random);
    mask(moved, channels, normalisation.mean(), random);
    return example.withRaw(moved, moved.length / channels);
  }

  /** Resamples frames and bands linearly, and changes gain and tilt: [steps][channels]; the number of steps may change. */
  private float[] move(Example example, SplittableRandom random) {
    float[] frames = example.raw();
    int channels = example.channels();
    double speed = 1 + spread(random, stretch);
    double tract = 1 + spread(random, warp);
    double offset = spread(random, shift);
    double loud = spread(random, gain);
    double slope = spread(random, tilt);
    int steps = Math.max(1, (int) Math.round(example.steps() / speed));
    float[] out = new float[steps * channels];
    for (int t = 0; t < steps; t++) {
      double from = clamp(t * speed + offset, example.steps() - 1);
      int t0 = (int) from;
      int t1 = Math.min(t0 + 1, example.steps() - 1);
      double later = from - t0;
      for (int band = 0; band < channels; band++) {
        double source = clamp(band * tract, channels - 1);
        int b0 = (int) source;
        int b1 = Math.min(b0 + 1, channels - 1);
        double higher = source - b0;
        double low = (1 - later) * frames[t0 * channels + b0] + later * frames[t1 * channels + b0];
        double high = (1 - later) * frames[t0 * channels + b1] + later * frames[t1 * channels + b1];
        double colour = loud + slope * (channels == 1 ? 0 : band / (channels - 1.0) - 0.5);
        out[t * channels + band] = (float) ((1 - higher) * low + higher * high + colour);
      }
    }
    return out;
  }

  private void mask(float[] frames, int channels, float[] mean, SplittableRandom random) {
    int steps = frames.length / channels;
    int gap = Math.min(steps / 3, random.nextInt(timeMask + 1));
    int begin = random.nextInt(steps - gap + 1);
    for (int t = begin; t < begin + gap; t++) {
      System.arraycopy(mean, 0, frames, t * channels, channels);
    }
    int bands = Math.min(channels / 3, random.nextInt(bandMask + 1));
    int lowest = random.nextInt(channels - bands + 1);
    for (int t = 0; t < steps; t++) {
      System.arraycopy(mean, lowest, frames, t * channels + lowest, bands);
    }
  }

  private static double spread(SplittableRandom random, double limit) {
    return limit == 0 ? 0 : random.nextDouble(-limit, limit);
  }

  private static double clamp(double x, int last) {
    return Math.max(0, Math.min(x, last));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.lull.data.Split;
import org.lull.network.Normalisation;
import org.lull.train.Augmentation;
import org.lull.train.Example;

/**
 * Adds noise to the sound of training clips, before the front end, and then varies the features. Each epoch has other noise. A clip of
 * {@value Tasks#SILENCE} stays as it is.
 */
public final class NoisyClips implements Augmentation {
  /** How many of the clips stay without noise. */
  private static final double CLEAN = 0.2;

  private final Map<String, Clip> byId = new HashMap<>();
  private final LogMel logMel;
  private final List<Noise> noise;
  private final double snrLow;
  private final double snrHigh;
  private final Augmentation onFeatures = Augmentation.speech();

  /**
   * @param noise kinds of noise, as in {@link Noise#of}
   * @param snrLow lowest ratio of the power of the word to that of the noise, dB; each is drawn evenly
   * @throws org.lull.input.InvalidInputException if a kind of noise is unknown
   */
  public NoisyClips(AudioCorpus corpus, LogMelSettings settings, List<String> noise, double snrLow, double snrHigh) {
    corpus.clips().forEach(clip -> byId.put(clip.id(), clip));
    logMel = new LogMel(settings);
    List<Clip> voices = StreamDatasets.clips(corpus, Split.TRAIN, false).stream().filter(clip -> !clip.label().equals(Tasks.SILENCE))
        .toList();
    this.noise = noise.stream().map(kind -> Noise.of(kind, voices)).toList();
    this.snrLow = snrLow;
    this.snrHigh = snrHigh;
  }

  @Override
  public Example apply(Example example, Normalisation normalisation, SplittableRandom random) {
    Clip clip = byId.get(example.id());
    boolean clean = random.nextDouble() < CLEAN || clip.label().equals(Tasks.SILENCE);
    return onFeatures.apply(clean ? example : noisy(clip, example, random), normalisation, random);
  }

  private Example noisy(Clip clip, Example example, SplittableRandom random) {
    int rate = logMel.settings().sampleRate();
    float[] samples = Resampler.resample(clip.source().load(), rate).samples().clone();
    WordSpan span = WordSpan.in(samples, rate);
    double snr = snrLow + (snrHigh - snrLow) * random.nextDouble();
    double power = Acoustics.power(samples, span.begin(), span.end()) / (Acoustics.ratio(snr) * Acoustics.ratio(snr));
    float[] added = noise.get(random.nextInt(noise.size())).make(samples.length, rate, power, random);
    for (int n = 0; n < samples.length; n++) {
      samples[n] += added[n];
    }
    return example.withFrames(logMel.frames(samples), logMel.frameCount(samples.length));
  }

  @Override
  public String toString() {
    return "noise " + noise + " at " + snrLow + " to " + snrHigh + " dB, then " + onFeatures;
  }
}

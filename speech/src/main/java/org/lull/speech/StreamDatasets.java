// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.lull.Dataset;
import org.lull.Detector;
import org.lull.data.Split;
import org.lull.data.SplitCounts;
import org.lull.input.InvalidInputException;
import org.lull.io.Sha256;
import org.lull.network.Normalisation;
import org.lull.train.Augmentation;
import org.lull.train.Example;
import org.lull.train.Progress;
import org.lull.train.RandomStreams;
import org.lull.train.SpeechAugmentation;

/**
 * Short streams to train on, made of the clips of a corpus: each has one word that is to be recognised, others, and pauses in noise. Every
 * word is in one stream an epoch. Its frame labels say when it is to be recognised: from just before its end on ({@link #BEFORE_END}). The
 * frames in which it is spoken, and some after, are ignored; everything else is background, other words among it.
 */
public final class StreamDatasets {
  /** Seconds: a word is to be recognised from so long before its end. */
  static final double BEFORE_END = 0.03;
  /** Seconds: until so long after its end. */
  static final double AFTER_END = 0.18;
  /** Seconds after that in which it may still be recognised, or not. */
  static final double FADE = 0.2;
  /** Further words to be recognised, in training. To choose and to measure there is one in each stream. */
  private static final int MORE = 1;
  /** Other words beside them. */
  private static final int FILLERS = 2;
  private static final double SECONDS = 4;
  /** Of the features; the number of frames stays as it is, as each has its label. */
  private static final SpeechAugmentation ON_FEATURES = new SpeechAugmentation(0, 0, 0.15, 6, 6, 4, 3);
  private static final double VARIATION = 0.15;

  private final AudioCorpus corpus;
  private final LogMel logMel;
  private final List<String> labels;
  private final List<String> noise;
  private final double snrLow;
  private final double snrHigh;
  private final Map<String, Clip> byId = new HashMap<>();

  /**
   * @param corpus classes that begin with '_', such as {@code _unknown_}, are other words, not to be recognised
   * @param noise kinds of noise, as in {@link Noise#of}
   * @throws InvalidInputException if there are no words to be recognised, or a kind of noise is unknown
   */
  public StreamDatasets(AudioCorpus corpus, LogMelSettings settings, List<String> noise, double snrLow, double snrHigh) {
    this.corpus = corpus;
    this.noise = List.copyOf(noise);
    this.snrLow = snrLow;
    this.snrHigh = snrHigh;
    logMel = new LogMel(settings);
    labels = corpus.labels().stream().filter(Detector::isWord).toList();
    if (labels.isEmpty()) {
      throw new InvalidInputException(corpus.name() + ": no words to be recognised, only " + String.join(", ", corpus.labels()));
    }
    corpus.clips().forEach(clip -> byId.put(clip.id(), clip));
  }

  /** The clips of a split: of the words to be recognised, or of the others. */
  static List<Clip> clips(AudioCorpus corpus, Split split, boolean words) {
    return corpus.clips().stream().filter(clip -> clip.split() == split && Detector.isWord(clip.label()) == words).toList();
  }

  private StreamMixer mixer(Split split, double variation) {
    List<Clip> others = clips(corpus, split, false).stream().filter(clip -> !clip.label().equals(Tasks.SILENCE)).toList();
    List<Noise> kinds = noise.stream().map(kind -> Noise.of(kind, others)).toList();
    return new StreamMixer(clips(corpus, split, true), others,
        new StreamMixer.Settings(logMel.settings().sampleRate(), 1, others.isEmpty() ? 1 : 0.5, kinds, snrLow, snrHigh, variation));
  }

  /**
   * The streams of all splits, each word in one of them. Those to train on are what {@link #augmentation} makes anew each epoch.
   *
   * @throws InvalidInputException if a clip cannot be used, or there is nothing to train on or to test with
   */
  public Dataset dataset(int threads, Progress progress) {
    Map<Split, List<Example>> splits = new HashMap<>();
    SplitCounts counts = new SplitCounts(corpus.name(), labels);
    for (Split split : Split.values()) {
      List<Clip> words = clips(corpus, split, true);
      words.forEach(clip -> counts.add(split, clip.label()));
      if (words.isEmpty()) {
        splits.put(split, List.of());
        continue;
      }
      StreamMixer mixer = mixer(split, split == Split.TRAIN ? VARIATION : 0);
      splits.put(split,
          OnThreads.map(words, clip -> example(mixer, clip, split == Split.TRAIN ? MORE : 0, RandomStreams.of(1, "stream " + clip.id())),
              threads, "streams",
              progress));
    }
    counts.check();
    List<String> warnings = new ArrayList<>(corpus.warnings());
    String name = corpus.name() + ", in streams of " + (int) SECONDS + " s";
    String hash = Sha256.of(List.of("streams 1", corpus.hash(), noise.toString(), snrLow + ":" + snrHigh, logMel.settings().toJson()));
    return new Dataset(name, labels, logMel.settings().filters(), splits.get(Split.TRAIN), splits.get(Split.VALIDATION),
        splits.get(Split.TEST), hash, warnings, List.of());
  }

  /** Makes every training stream anew: with other words beside it, pauses, noise and loudness. */
  public Augmentation augmentation() {
    return new Fresh(mixer(Split.TRAIN, VARIATION));
  }

  private final class Fresh implements Augmentation {
    private final StreamMixer mixer;

    Fresh(StreamMixer mixer) {
      this.mixer = mixer;
    }

    @Override
    public Example apply(Example example, Normalisation normalisation, SplittableRandom random) {
      return ON_FEATURES.apply(example(mixer, byId.get(example.id()), MORE, random), normalisation, random);
    }

    @Override
    public String toString() {
      return "streams of " + mixer + ", then " + ON_FEATURES;
    }
  }

  /** @param more further words to be recognised */
  private Example example(StreamMixer mixer, Clip word, int more, SplittableRandom random) {
    StreamMixer.Piece piece = mixer.around(word, more, FILLERS, SECONDS, random);
    float[] frames = logMel.frames(piece.samples());
    int steps = logMel.frameCount(piece.samples().length);
    return Example.ofStream(word.id(), frames, steps, logMel.settings().filters(), labels.indexOf(word.label()),
        frameLabels(piece.events(), steps));
  }

  private int[] frameLabels(List<StreamMixer.Event> events, int steps) {
    int[] frameLabels = new int[steps];
    Arrays.fill(frameLabels, Example.BACKGROUND);
    int rate = logMel.settings().sampleRate();
    for (StreamMixer.Event event : events) {
      int label = labels.indexOf(event.label());
      if (label >= 0) {
        fill(frameLabels, event.begin(), event.end() + (AFTER_END + FADE) * rate, Example.IGNORED);
        fill(frameLabels, event.end() - BEFORE_END * rate, event.end() + AFTER_END * rate, label);
      }
    }
    return frameLabels;
  }

  /** Labels the frames that end between two times, in samples. */
  private void fill(int[] frameLabels, double from, double to, int label) {
    LogMelSettings settings = logMel.settings();
    for (int t = 0; t < frameLabels.length; t++) {
      long end = (long) t * settings.hop() + settings.frameLength();
      if (end >= from && end < to) {
        frameLabels[t] = label;
      }
    }
  }
}

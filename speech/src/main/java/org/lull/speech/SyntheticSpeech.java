// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.io.Sha256;

/**
 * The embedded corpus: the 31 smart-home commands of Fluent Speech Commands in synthetic speech, for a first run without any download.
 * Every speaker says every phrasing of every intent; speakers differ in pitch, liveliness, tempo, vocal-tract length, spectral tilt, level
 * and room; nobody speaks in two splits. Clips are spoken when they are loaded, and a clip depends on the settings and its id alone: not on
 * the thread, the order or what was loaded before.
 *
 * <p>The voice is that of FreeTTS, under a BSD-style licence: see {@link DiphoneVoice}.
 */
public final class SyntheticSpeech {
  /** Raise it whenever the sound of any utterance changes: caches and provenance tell corpora apart by the hash it enters. */
  private static final int VERSION = 1;

  private SyntheticSpeech() {}

  /**
   * What the corpus is made with. The number of clips in a split is its speakers x {@link #PHRASINGS} x repetitions.
   *
   * @param seed same seed, same bytes
   * @param trainSpeakers speakers heard in training
   * @param validationSpeakers speakers to choose on
   * @param testSpeakers speakers to measure on
   * @param repetitions how often a speaker says each phrasing, each time a little differently
   * @param snrLow lowest signal-to-noise ratio, dB: power of the speech, from its first to its last sound, by that of the noise
   * @param snrHigh highest; each utterance's is drawn evenly between the two
   * @param variation how far apart speakers and utterances lie: 0 = all alike but for the noise, 1 = as people do
   * @param rate samples a second
   */
  public record Settings(
      long seed,
      int trainSpeakers,
      int validationSpeakers,
      int testSpeakers,
      int repetitions,
      double snrLow,
      double snrHigh,
      double variation,
      int rate) {
    /** Different phrases in the corpus. */
    public static final int PHRASINGS = Intent.ALL.stream().mapToInt(intent -> intent.phrasings().size()).sum();

    /** @throws InvalidInputException if a value is outside its range; the message names it */
    public Settings {
      require(trainSpeakers >= 1 && trainSpeakers <= 10_000, "training speakers", trainSpeakers, "1 to 10000");
      require(validationSpeakers >= 1 && validationSpeakers <= 10_000, "validation speakers", validationSpeakers, "1 to 10000");
      require(testSpeakers >= 1 && testSpeakers <= 10_000, "test speakers", testSpeakers, "1 to 10000");
      require(repetitions >= 1 && repetitions <= 1_000, "repetitions", repetitions, "1 to 1000");
      require(snrLow >= -40 && snrLow <= 100, "lowest SNR", snrLow, "-40 to 100 dB");
      require(snrHigh >= snrLow && snrHigh <= 100, "highest SNR", snrHigh, "the lowest, " + snrLow + ", to 100 dB");
      require(variation >= 0 && variation <= 1.5, "variation", variation, "0 to 1.5");
      require(rate >= 8_000 && rate <= 48_000, "sample rate", rate, "8000 to 48000 Hz");
    }

    /** 48, 10 and 10 speakers, 5952, 1240 and 1240 clips, 0 to 15 dB of SNR, 16 kHz. */
    public static Settings of(long seed) {
      return new Settings(seed, 48, 10, 10, 1, 0, 15, 1, 16_000);
    }

    /** A part of it for a first look: its first 12, 4 and 4 speakers, 1488, 496 and 496 clips. */
    public static Settings quick(long seed) {
      return new Settings(seed, 12, 4, 4, 1, 0, 15, 1, 16_000);
    }

    private int speakers(Split split) {
      return switch (split) {
        case TRAIN -> trainSpeakers;
        case VALIDATION -> validationSpeakers;
        case TEST -> testSpeakers;
      };
    }

    private static void require(boolean holds, String what, Number value, String expected) {
      if (!holds) {
        throw new InvalidInputException("synthetic speech: " + what + " " + value + ", expected " + expected);
      }
    }
  }

  /** The corpus: clips by split, speaker, intent, phrasing, repetition. Nothing is spoken yet. */
  public static AudioCorpus corpus(Settings settings) {
    List<Clip> clips = new ArrayList<>();
    for (Split split : Split.values()) {
      for (int number = 1; number <= settings.speakers(split); number++) {
        String id = String.format(Locale.ROOT, "%s-%02d", split.name().toLowerCase(Locale.ROOT), number);
        addClips(settings, split, SyntheticSpeaker.draw(id, settings.variation, random(settings.seed, id)), clips);
      }
    }
    List<String> labels = Intent.ALL.stream().map(Intent::label).toList();
    String name = "embedded synthetic speech, " + labels.size() + " intents"
        + (settings.equals(Settings.quick(settings.seed)) ? ", a quarter of the speakers" : "");
    return new AudioCorpus(name, labels, List.copyOf(clips), hash(settings), List.of());
  }

  /** What is said in a clip of this corpus, in words; "" for other clips. */
  public static String transcription(Clip clip) {
    return clip.source() instanceof SyntheticUtterance utterance ? utterance.transcription() : "";
  }

  private static void addClips(Settings settings, Split split, SyntheticSpeaker speaker, List<Clip> clips) {
    for (Intent intent : Intent.ALL) {
      for (String phrasing : intent.phrasings()) {
        for (int repetition = 1; repetition <= settings.repetitions; repetition++) {
          String id = speaker.id() + "/" + intent.label() + "/" + phrasing + "/" + repetition;
          var utterance = new SyntheticUtterance(settings, speaker, phrasing, id);
          clips.add(new Clip(id, intent.label(), speaker.id(), split, utterance));
        }
      }
    }
  }

  /** Random numbers of their own for each place in the corpus: adding a speaker or a phrase leaves the others as they are. */
  static SplittableRandom random(long seed, String coordinates) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < coordinates.length(); i++) {
      random = new SplittableRandom(random.nextLong() + coordinates.charAt(i));
    }
    return random;
  }

  private static String hash(Settings settings) {
    return Sha256.of(List.of("synthetic speech " + VERSION, settings.toString(), Intent.ALL.toString()));
  }
}

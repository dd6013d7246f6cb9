// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lull.Dataset;
import org.lull.input.InvalidInputException;
import org.lull.speech.AudioCorpus;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;
import org.lull.speech.NoisyClips;
import org.lull.speech.StreamDatasets;
import org.lull.speech.Tasks;
import org.lull.train.Augmentation;
import org.lull.train.Progress;

/**
 * What is to be recognised: which classes of the corpus, in clips or in streams, and in what noise.
 *
 * @param kind "clips", "kws12" (ten words of Speech Commands, unknown words and silence) or "stream"
 * @param classes to be told apart; null for all
 * @param unknown clips of unknown words for each 100 of the classes; null for no such class
 * @param silence clips of silence, likewise
 * @param noise kinds of noise (white, pink, brown, babble) or folders; null for the usual ones of the task
 * @param snr lowest and highest signal-to-noise ratio, dB
 */
public record TaskConfig(String kind, List<String> classes, Integer unknown, Integer silence, List<String> noise, List<Double> snr) {
  static final String CLIPS = "clips";
  static final String KWS12 = "kws12";
  static final String STREAM = "stream";
  /** Shares of {@code _unknown_} and {@code _silence_}, in percent, as in the scripts of Speech Commands. */
  private static final int USUAL_SHARE = 10;
  /** All there are. */
  private static final int ALL = 1_000_000;
  private static final String BACKGROUND_NOISE = "_background_noise_";
  private static final List<Double> USUAL_SNR = List.of(0.0, 30.0);
  private static final TaskConfig USUAL = new TaskConfig(CLIPS, null, null, null, null, USUAL_SNR);

  /** @throws InvalidInputException where parts do not go together, or a number is out of range */
  public TaskConfig {
    if (!List.of(CLIPS, KWS12, STREAM).contains(kind)) {
      throw new InvalidInputException("task \"" + kind + "\" is unknown; choose clips, kws12 or stream");
    }
    share("unknown", unknown);
    share("silence", silence);
    if (kind.equals(STREAM) && (unknown != null || silence != null)) {
      throw new InvalidInputException((unknown != null ? "--unknown" : "--silence") + " beside --task stream, where unknown words and"
          + " silence are always heard and never a class; leave it out");
    }
    if (!(snr.size() == 2 && snr.get(0) >= -40 && snr.get(0) <= snr.get(1) && snr.get(1) <= 100)) {
      throw new InvalidInputException("snr: " + snr + ", expected the lowest and the highest ratio in dB, such as 0:20");
    }
  }

  private static void share(String name, Integer percent) {
    if (percent != null && (percent < 1 || percent > ALL)) {
      throw new InvalidInputException(name + ": " + percent + ", expected clips for each 100 of the classes, 1 or more");
    }
  }

  static TaskConfig read(OptionReader options) {
    String kind = options.text("task", CLIPS);
    boolean twelve = kind.equals(KWS12);
    return new TaskConfig(kind, list(options.text("classes", twelve ? String.join(",", Tasks.KWS12) : null)),
        options.integer("unknown", twelve ? USUAL_SHARE : null), options.integer("silence", twelve ? USUAL_SHARE : null),
        list(options.text("noise", null)), snr(options));
  }

  private static List<Double> snr(OptionReader options) {
    List<Float> given = options.numbers("snr", null);
    return given == null ? USUAL_SNR : given.stream().map(Float::doubleValue).toList();
  }

  private static List<String> list(String text) {
    if (text == null) {
      return null;
    }
    String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    return Arrays.stream(bare.split(",")).map(String::strip).filter(each -> !each.isEmpty()).toList();
  }

  void write(Map<String, String> options) {
    if (equals(USUAL)) {
      return; // as before there were tasks
    }
    options.put("task", kind);
    put(options, "classes", classes == null ? null : String.join(",", classes));
    put(options, "unknown", unknown);
    put(options, "silence", silence);
    put(options, "noise", noise == null ? null : String.join(",", noise));
    options.put("snr", snr.get(0) + ":" + snr.get(1));
  }

  private static void put(Map<String, String> options, String name, Object value) {
    if (value != null) {
      options.put(name, value.toString());
    }
  }

  /** Whether the corpus is used as it is. */
  public boolean isUsual() {
    return equals(USUAL);
  }

  /** Whether the network is trained on streams. */
  public boolean isStream() {
    return kind.equals(STREAM);
  }

  /**
   * The corpus with the classes of this task.
   *
   * @param dir its folder, whose background noise is used if there is some; null for the embedded corpus
   * @throws InvalidInputException if it is no sound, or has not the classes
   */
  public Corpus choose(Corpus corpus, Path dir, long seed) {
    if (isUsual()) {
      return corpus;
    }
    if (!(corpus instanceof AudioCorpus audio)) {
      throw new InvalidInputException("--task, --classes, --unknown, --silence, --noise and --snr are for sound, and the data ("
          + corpus.name() + ") is none; leave them out");
    }
    if (unknown != null && classes == null) {
      throw new InvalidInputException("--unknown makes a class of all words but those of --classes; give these too");
    }
    if (classes == null && silence == null) {
      return corpus;
    }
    return Tasks.choose(audio, classes == null ? audio.labels() : classes, isStream() ? ALL : Objects.requireNonNullElse(unknown, 0),
        Objects.requireNonNullElse(silence, 0), ofSilence(dir), seed);
  }

  /** Noise that silence is cut from. */
  private List<String> ofSilence(Path dir) {
    if (noise != null) {
      return noise;
    }
    Path recorded = dir == null ? null : dir.resolve(BACKGROUND_NOISE);
    return recorded != null && Files.isDirectory(recorded) ? List.of(recorded.toString()) : List.of("white", "pink", "brown");
  }

  /** Noise of streams. */
  private List<String> ofStreams(AudioCorpus corpus, Path dir) {
    if (noise != null) {
      return noise;
    }
    List<String> usual = new ArrayList<>(ofSilence(dir));
    if (corpus.labels().contains(Tasks.UNKNOWN)) {
      usual.add("babble");
    }
    return usual;
  }

  /** The streams of a chosen corpus. */
  public Dataset streams(AudioCorpus corpus, Path dir, LogMelSettings frontEnd, int threads, Progress progress) {
    return maker(corpus, dir, frontEnd).dataset(threads, progress);
  }

  private StreamDatasets maker(AudioCorpus corpus, Path dir, LogMelSettings frontEnd) {
    return new StreamDatasets(corpus, frontEnd, ofStreams(corpus, dir), snr.get(0), snr.get(1));
  }

  /** How training examples are varied; null for the usual way. */
  public Augmentation augmentation(Corpus corpus, Path dir, LogMelSettings frontEnd) {
    if (isStream()) {
      return maker((AudioCorpus) corpus, dir, frontEnd).augmentation();
    }
    return noise == null || isUsual() ? null : new NoisyClips((AudioCorpus) corpus, frontEnd, noise, snr.get(0), snr.get(1));
  }
}

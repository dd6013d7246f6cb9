// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.io.Sha256;
import org.lull.train.RandomStreams;

/**
 * Chooses classes of a corpus. The other words can become one class, {@value #UNKNOWN}, and pieces of noise another, {@value #SILENCE}, as
 * in the task of twelve classes of P. Warden, "Speech Commands", arXiv 1804.03209, section 5.
 */
public final class Tasks {
  /** The class of words that are none of the others. */
  public static final String UNKNOWN = "_unknown_";
  /** The class of noise without a word. */
  public static final String SILENCE = "_silence_";
  /** The ten words of the task of twelve classes. */
  public static final List<String> KWS12 = List.of("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go");

  /** Loudest and softest noise, dB below full scale. */
  private static final double LOUDEST = -25;
  private static final double SOFTEST = -65;

  private Tasks() {}

  /**
   * The corpus with other classes.
   *
   * @param words classes that stay
   * @param unknown clips of {@value #UNKNOWN} for each 100 clips of the words of their split; 0 for no such class
   * @param silence clips of {@value #SILENCE}, likewise
   * @param noise kinds of noise that silence is cut from; as in {@link Noise#of}
   * @param seed chooses the clips of {@value #UNKNOWN} and cuts the noise
   * @throws InvalidInputException if the corpus has no class of a name, or there are no other words
   */
  public static AudioCorpus choose(AudioCorpus corpus, List<String> words, int unknown, int silence, List<String> noise, long seed) {
    List<String> missing = words.stream().filter(word -> !corpus.labels().contains(word)).toList();
    if (!missing.isEmpty()) {
      throw new InvalidInputException(corpus.name() + ": no class " + String.join(", ", missing) + "; it has "
          + String.join(", ", corpus.labels()));
    }
    Set<String> chosen = new HashSet<>(words);
    List<Clip> clips = new ArrayList<>(corpus.clips().stream().filter(clip -> chosen.contains(clip.label())).toList());
    List<Clip> others = corpus.clips().stream().filter(clip -> !chosen.contains(clip.label()) && !clip.label().equals(SILENCE)).toList();
    List<Clip> added = new ArrayList<>();
    for (Split split : Split.values()) {
      long ofWords = clips.stream().filter(clip -> clip.split() == split).count();
      if (unknown > 0) {
        added.addAll(unknown(others, split, (ofWords * unknown + 99) / 100, seed));
      }
      if (silence > 0) {
        added.addAll(silence(corpus, others, split, (ofWords * silence + 99) / 100, noise, seed));
      }
    }
    clips.addAll(added);
    clips.sort(Comparator.comparing(Clip::id));
    List<String> labels = Stream.concat(words.stream(), Stream.of(SILENCE, UNKNOWN))
        .filter(label -> clips.stream().anyMatch(clip -> clip.label().equals(label))).distinct().sorted().toList();
    String text = words + ", " + unknown + ", " + silence + ", " + noise + ", " + seed;
    String name = corpus.name() + "; " + words.size() + " of these words" + (unknown > 0 ? ", " + UNKNOWN : "")
        + (silence > 0 ? ", " + SILENCE : "");
    return new AudioCorpus(name, labels, List.copyOf(clips), Sha256.of(List.of("task 1", corpus.hash(), text)), corpus.warnings());
  }

  /** Other words, each word and speaker as often as chance has it; all of them if there are not more. */
  private static List<Clip> unknown(List<Clip> others, Split split, long wanted, long seed) {
    List<Clip> ofSplit = others.stream().filter(clip -> clip.split() == split).toList();
    if (ofSplit.isEmpty() && split == Split.TRAIN) {
      throw new InvalidInputException("class " + UNKNOWN + ": the data has no other words than those that were chosen; choose fewer, or"
          + " leave it out");
    }
    return RandomStreams.shuffled(ofSplit, RandomStreams.of(seed, UNKNOWN, split.ordinal())).stream().limit(wanted)
        .map(clip -> new Clip(clip.id(), UNKNOWN, clip.speaker(), clip.split(), clip.source())).toList();
  }

  private static List<Clip> silence(AudioCorpus corpus, List<Clip> others, Split split, long wanted, List<String> noise, long seed) {
    List<Clip> ofSplit = others.stream().filter(clip -> clip.split() == split).toList();
    List<Noise> kinds = noise.stream().map(kind -> Noise.of(kind, ofSplit)).toList();
    int rate = corpus.clips().getFirst().source().load().rate();
    List<Clip> clips = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      int number = i;
      Clip.Source source = () -> {
        SplittableRandom random = RandomStreams.of(seed, SILENCE, split.ordinal(), number);
        double level = Acoustics.ratio(SOFTEST + (LOUDEST - SOFTEST) * random.nextDouble());
        return new Audio(kinds.get(random.nextInt(kinds.size())).make(rate, rate, level * level, random), rate);
      };
      clips.add(new Clip(SILENCE + "/" + split + "-" + i, SILENCE, "", split, source));
    }
    return clips;
  }
}

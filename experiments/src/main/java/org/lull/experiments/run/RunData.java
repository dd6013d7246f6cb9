// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.Set;
import java.util.stream.Collectors;
import org.lull.Dataset;
import org.lull.data.Split;
import org.lull.network.Mode;
import org.lull.speech.AudioCorpus;
import org.lull.speech.Clip;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;
import org.lull.speech.SeriesCorpus;
import org.lull.speech.Tasks;
import org.lull.train.Augmentation;
import org.lull.train.Example;

/**
 * What a run is trained on.
 *
 * @param frontEnd that made the features, as JSON; empty where the data are used as they come
 * @param speakers how many there are; null where they are not known
 * @param augmentation how training examples are varied; null for the usual way
 */
public record RunData(Dataset dataset, String frontEnd, Speakers speakers, Augmentation augmentation) {
  /** Data whose speakers are not known. */
  public RunData(Dataset dataset, String frontEnd) {
    this(dataset, frontEnd, null, null);
  }

  /**
   * Speakers of a corpus.
   *
   * @param train how many are heard in the training clips
   * @param test how many in the test clips
   * @param testAlone how many are in the test clips alone
   */
  public record Speakers(int train, int test, int testAlone) {
    private static Speakers of(AudioCorpus corpus) {
      if (corpus.clips().stream().anyMatch(clip -> clip.speaker().isEmpty() && !clip.label().equals(Tasks.SILENCE))) {
        return null;
      }
      Set<String> train = in(corpus, Split.TRAIN);
      Set<String> test = in(corpus, Split.TEST);
      return new Speakers(train.size(), test.size(), (int) test.stream().filter(speaker -> !train.contains(speaker)).count());
    }

    private static Set<String> in(AudioCorpus corpus, Split split) {
      return corpus.clips().stream().filter(clip -> clip.split() == split).map(Clip::speaker)
          .filter(speaker -> !speaker.isEmpty()).collect(Collectors.toSet());
    }
  }

  /**
   * The data of a corpus.
   *
   * @param dataset the corpus as features
   * @param frontEnd that made them, if the corpus is sound
   */
  public static RunData of(Corpus corpus, Dataset dataset, LogMelSettings frontEnd) {
    return switch (corpus) {
      case AudioCorpus audio -> new RunData(dataset, frontEnd.toJson(), Speakers.of(audio), null);
      case SeriesCorpus _ -> new RunData(dataset, "");
    };
  }

  /** The same data, whose training examples are varied in another way; null for the usual one. */
  public RunData withAugmentation(Augmentation value) {
    return new RunData(dataset, frontEnd, speakers, value);
  }

  /** Seconds of one thread for a training example: forward and backward, of a network of this kind. */
  public double secondsPerExample(StepTimes times, NetworkConfig network, Mode mode) {
    int steps = (int) Math.ceil(dataset.train().stream().mapToInt(Example::steps).average().orElse(0));
    return times.secondsPerExample(network, dataset.channels(), Math.max(1, dataset.labels().size()), steps, mode);
  }

  public boolean isSound() {
    return !frontEnd.isEmpty();
  }
}

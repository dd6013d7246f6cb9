// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import org.lull.Dataset;
import org.lull.network.Mode;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;
import org.lull.train.Example;

/**
 * What a run is trained on.
 *
 * @param frontEnd that made the features, as JSON; empty where the data are used as they come
 */
public record RunData(Dataset dataset, String frontEnd) {
  /**
   * The data of a corpus.
   *
   * @param dataset the corpus as features
   * @param frontEnd that made them, if the corpus is sound
   */
  public static RunData of(Corpus corpus, Dataset dataset, LogMelSettings frontEnd) {
    return new RunData(dataset, CorpusLoader.isSound(corpus) ? frontEnd.toJson() : "");
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

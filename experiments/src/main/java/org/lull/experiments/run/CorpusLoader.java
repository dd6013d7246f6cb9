// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.lull.Dataset;
import org.lull.data.Purpose;
import org.lull.speech.AudioCorpus;
import org.lull.speech.Corpora;
import org.lull.speech.Corpus;
import org.lull.speech.Datasets;
import org.lull.speech.LogMelSettings;
import org.lull.speech.SeriesCorpus;
import org.lull.speech.SyntheticSpeech;
import org.lull.train.Progress;

/** Where experiments have their data from. */
public interface CorpusLoader {
  /** Seed of the embedded corpus; not the one of training, so that runs of different seeds have the same data. */
  long EMBEDDED_SEED = 1;

  /**
   * A corpus, listed.
   *
   * @param dir its folder; null for the embedded one
   */
  Corpus corpus(Path dir);

  /** The corpus as features. */
  Dataset dataset(Corpus corpus, LogMelSettings frontEnd);

  /**
   * A loader that reads folders.
   *
   * @param cache where computed features are kept; null for nowhere
   * @param warnings told what was wrong with the data, a sentence each
   */
  static CorpusLoader of(Path cache, int threads, Progress progress, Consumer<String> warnings) {
    return new CorpusLoader() {
      @Override
      public Corpus corpus(Path dir) {
        return dir == null ? SyntheticSpeech.corpus(SyntheticSpeech.Settings.of(EMBEDDED_SEED))
            : Corpora.open(dir, Purpose.TRAINING, threads, progress);
      }

      @Override
      public Dataset dataset(Corpus corpus, LogMelSettings frontEnd) {
        Dataset dataset = Datasets.load(corpus, frontEnd, cache, threads, progress);
        dataset.warnings().forEach(warnings);
        return dataset;
      }
    };
  }

  /** Whether the corpus is sound, so that it has a front end. */
  static boolean isSound(Corpus corpus) {
    return switch (corpus) {
      case AudioCorpus _ -> true;
      case SeriesCorpus _ -> false;
    };
  }
}

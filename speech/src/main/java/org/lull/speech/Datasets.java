// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lull.Dataset;
import org.lull.data.Purpose;
import org.lull.data.Split;
import org.lull.data.SplitCounts;
import org.lull.data.TimeSeries;
import org.lull.input.InvalidInputException;
import org.lull.train.Progress;

/** Makes a data set, which a network is trained on, from a corpus. */
public final class Datasets {
  private Datasets() {}

  /**
   * Computes the features of a corpus, or reads them from the cache. Recordings are resampled to the rate of the settings. Features are
   * log-mel energies, not normalised. The channels of a time series are its features.
   *
   * <p>The examples, their order and their bytes do not depend on the number of threads or on the cache. An unusable clip (unreadable,
   * silent, empty) is left out and named in the data set, the first ones also in its warnings.
   *
   * @param settings settings of the features; not used for time series
   * @param cacheDir folder of the cache, created if it is missing, or null for no cache. If the cache cannot be used, there is a warning,
   *     and the features are computed
   * @param threads at least 1
   * @throws InvalidInputException if more than a tenth of the clips or all of a class are unusable, or those left cannot be trained on
   */
  public static Dataset load(Corpus corpus, LogMelSettings settings, Path cacheDir, int threads, Progress progress) {
    return load(corpus, Purpose.TRAINING, settings, cacheDir, threads, progress);
  }

  /**
   * The same for a purpose.
   *
   * @param purpose purpose for which the corpus was opened; it decides what the data set must contain
   */
  public static Dataset load(
      Corpus corpus, Purpose purpose, LogMelSettings settings, Path cacheDir, int threads, Progress progress) {
    List<String> warnings = new ArrayList<>(corpus.warnings());
    Dataset dataset = switch (corpus) {
      case SeriesCorpus(TimeSeries series) -> new Dataset(series.name(), series.labels(), series.channels(), series.train(),
          series.validation(), series.test(), series.hash(), List.of(), List.of());
      case AudioCorpus audio -> {
        Features features = cacheDir == null
            ? FeatureExtraction.extract(audio, settings, threads, progress)
            : cached(cacheDir, audio, settings, threads, progress, warnings);
        warnings.addAll(features.warnings());
        yield dataset(audio, features, List.of());
      }
    };
    if (purpose == Purpose.TRAINING) {
      if (!dataset.isRegression()) {
        SplitCounts counts = counts(dataset);
        counts.check();
        warnings.addAll(counts.gaps());
      }
      if (dataset.validation().isEmpty()) {
        warnings.add(dataset.name() + " has no validation examples, so training cannot tell which epoch is best");
      }
    }
    return new Dataset(dataset.name(), dataset.labels(), dataset.channels(),
        dataset.train(), dataset.validation(), dataset.test(), dataset.hash(), List.copyOf(warnings), dataset.leftOut());
  }

  /**
   * Computes the features of recordings of classes that are to be added to others ({@link Corpora#folders}); they are not cached. One class
   * is enough, and there may be none to test with.
   *
   * @throws InvalidInputException if more than a tenth of the clips or all of a class are unusable, or one has nothing to train on
   */
  public static Dataset additions(AudioCorpus corpus, LogMelSettings settings, int threads, Progress progress) {
    Features features = FeatureExtraction.extract(corpus, settings, threads, progress);
    List<String> warnings = new ArrayList<>(corpus.warnings());
    warnings.addAll(features.warnings());
    Dataset dataset = dataset(corpus, features, List.copyOf(warnings));
    counts(dataset).checkTraining();
    return dataset;
  }

  private static Dataset dataset(AudioCorpus corpus, Features features, List<String> warnings) {
    return new Dataset(corpus.name(), corpus.labels(), features.channels(), features.train(), features.validation(), features.test(),
        corpus.hash(), warnings, features.leftOut());
  }

  private static SplitCounts counts(Dataset dataset) {
    SplitCounts counts = new SplitCounts("what is usable of " + dataset.name(), dataset.labels());
    dataset.train().forEach(example -> counts.add(Split.TRAIN, example.label()));
    dataset.validation().forEach(example -> counts.add(Split.VALIDATION, example.label()));
    dataset.test().forEach(example -> counts.add(Split.TEST, example.label()));
    return counts;
  }

  private static Features cached(
      Path cacheDir, AudioCorpus corpus, LogMelSettings settings, int threads, Progress progress, List<String> warnings) {
    FeatureCache cache = new FeatureCache(cacheDir, corpus.hash(), settings);
    try {
      Optional<Features> kept = cache.read();
      if (kept.isPresent()) {
        return kept.get();
      }
    } catch (FeatureCache.DamagedException e) {
      warnings.add(e.getMessage() + "; it is built again");
    }
    FeatureParts parts = cache.parts();
    Features features = FeatureExtraction.extract(corpus, settings, threads, progress, parts);
    try {
      cache.write(features);
      parts.discard();
    } catch (IOException | InvalidInputException e) {
      warnings.add("the features could not be kept for the next run in " + cacheDir + ": " + e.getMessage());
    }
    return features;
  }
}

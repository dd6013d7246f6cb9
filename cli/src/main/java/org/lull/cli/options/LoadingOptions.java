// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.lull.Dataset;
import org.lull.cli.report.TerminalProgress;
import org.lull.data.Purpose;
import org.lull.experiments.run.CorpusLoader;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.RunData;
import org.lull.experiments.run.TaskConfig;
import org.lull.speech.AudioCorpus;
import org.lull.speech.Corpora;
import org.lull.speech.Corpus;
import org.lull.speech.Datasets;
import org.lull.speech.LogMelSettings;
import org.lull.speech.SyntheticSpeech;
import picocli.CommandLine.Option;

/** Options that say how data is loaded, wherever it is. */
public class LoadingOptions {
  /** Where the cache is unless an option says so. */
  public static final String CACHE = "${env:LULL_CACHE:-${sys:user.home}/.cache/lull}";

  @Option(names = "--cache", paramLabel = "DIR", defaultValue = CACHE,
      description = "Where computed features are kept (default: LULL_CACHE, else ~/.cache/lull); empty for --no-cache.")
  private Path cache;

  @Option(names = "--no-cache", description = "Keep no features, and use none kept before.")
  private boolean noCache;

  @Option(names = "--threads", paramLabel = "N",
      description = "Threads that compute; the result does not depend on it (default: one for each core).")
  private Integer threads;

  /** Where what was computed is kept; null for nowhere. */
  public Path kept() {
    return noCache || cache.toString().isEmpty() ? null : cache;
  }

  public int threads() {
    return threadsOr(Runtime.getRuntime().availableProcessors());
  }

  /** As many as were asked for, or else {@code usual}. */
  public int threadsOr(int usual) {
    return threads == null ? usual : threads;
  }

  /** A corpus to train on, named to the user. */
  public Corpus corpus(Path dir, PrintWriter err) {
    return corpus(dir, Purpose.TRAINING, err);
  }

  /**
   * A corpus, named to the user.
   *
   * @param dir its folder; null for the embedded one
   */
  public Corpus corpus(Path dir, Purpose purpose, PrintWriter err) {
    if (dir != null) {
      err.println("reading " + dir + "...");
      err.flush();
    }
    Corpus corpus = dir == null
        ? SyntheticSpeech.corpus(SyntheticSpeech.Settings.of(CorpusLoader.EMBEDDED_SEED))
        : Corpora.open(dir, purpose, threads(), new TerminalProgress(err));
    err.println("data: " + corpus.name());
    err.flush();
    return corpus;
  }

  /** The corpus as features to train on, with what was wrong with it told to the user. */
  public Dataset load(Corpus corpus, LogMelSettings settings, PrintWriter err) {
    return load(corpus, Purpose.TRAINING, settings, err);
  }

  /** What a network is trained on for a task: the corpus, of which the task chooses, or streams that are made of it. */
  public RunData load(Corpus whole, Path dir, RunConfig config, PrintWriter err) {
    TaskConfig task = config.task();
    LogMelSettings frontEnd = config.frontEnd();
    Corpus corpus = task.choose(whole, dir, config.training().seed());
    if (corpus != whole) {
      err.println("task: " + String.join(", ", corpus.labels()));
    }
    Dataset dataset = task.isStream()
        ? told(task.streams((AudioCorpus) corpus, dir, frontEnd, threads(), new TerminalProgress(err)), err) : load(corpus, frontEnd, err);
    return RunData.of(corpus, dataset, frontEnd).withAugmentation(task.augmentation(corpus, dir, frontEnd));
  }

  /** The same for a purpose. */
  public Dataset load(Corpus corpus, Purpose purpose, LogMelSettings settings, PrintWriter err) {
    return told(Datasets.load(corpus, purpose, settings, kept(), threads(), new TerminalProgress(err)), err);
  }

  private static Dataset told(Dataset dataset, PrintWriter err) {
    dataset.warnings().forEach(warning -> err.println("warning: " + warning));
    err.printf("      %s; %d training, %d validation and %d test examples%n",
        dataset.isRegression() ? "regression" : dataset.labels().size() + " classes", dataset.train().size(), dataset.validation().size(),
        dataset.test().size());
    err.flush();
    return dataset;
  }

  /** Loads what experiments are trained on, with what there is to say told to the user. */
  public CorpusLoader loader(PrintWriter err) {
    return new CorpusLoader() {
      @Override
      public Corpus corpus(Path dir) {
        return LoadingOptions.this.corpus(dir, err);
      }

      @Override
      public Dataset dataset(Corpus corpus, LogMelSettings frontEnd) {
        return load(corpus, frontEnd, err);
      }
    };
  }
}

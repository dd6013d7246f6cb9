// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.sweep;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import org.lull.Dataset;
import org.lull.experiments.run.CorpusLoader;
import org.lull.experiments.run.Experiment;
import org.lull.experiments.run.ExperimentListener;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.RunData;
import org.lull.experiments.run.TrainingConfig;
import org.lull.experiments.run.TrainingRun;
import org.lull.input.InvalidInputException;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;
import org.lull.train.Cancellation;
import org.lull.train.Progress;
import org.lull.train.TrainingOptions;

/**
 * The plan of a sweep: the points of a grid, each with its configuration. All configurations are checked before the data is read.
 *
 * <pre>
 *   SweepPlan plan = new SweepPlan(Grid.of(Axis.of("threshold", "0.1", "0.2")), RunConfig.defaults().with("epochs", "20"), 1, 0);
 *   SweepResults results = plan.run(Path.of("sweep"), corpus, loader, 2, Progress.SILENT, ExperimentListener.SILENT, new Cancellation());
 * </pre>
 */
public final class SweepPlan {
  private static final Experiment.Listener SILENT = new Experiment.Listener() {};

  private final Grid grid;
  private final RunConfig base;
  private final int threads;
  private final double timingSeconds;
  private final Map<Point, RunConfig> points = new LinkedHashMap<>();

  /**
   * @param base what all points have in common, but for the options of the axes
   * @param threads that compute for a point
   * @param timingSeconds how long training steps are timed at the end of each point's training; 0 if their times are of no interest
   * @throws InvalidInputException if a point's configuration is wrong, or that of another
   */
  public SweepPlan(Grid grid, RunConfig base, int threads, double timingSeconds) {
    this.grid = grid;
    this.base = base;
    this.threads = threads;
    this.timingSeconds = timingSeconds;
    Map<RunConfig, Point> different = new HashMap<>();
    for (Point point : grid.points()) {
      RunConfig config;
      try {
        config = base.with(point.options());
        Experiment.check(config, timingSeconds, threads);
      } catch (InvalidInputException e) {
        throw new InvalidInputException("point " + point.name() + ": " + e.getMessage(), e);
      }
      Point same = point.dense() ? null : different.put(config, point);
      if (same != null) {
        throw new InvalidInputException("points " + same.name() + " and " + point.name() + " are the same; leave one out");
      }
      points.put(point, config);
    }
  }

  /** How the network of a point is trained. */
  public TrainingOptions training(Point point, Corpus corpus) {
    return points.get(point).options(CorpusLoader.isSound(corpus), threads);
  }

  /** Times that the training examples pass through the networks, dense pretraining shared by those that begin with it. */
  public long epochs() {
    return points.entrySet().stream().mapToLong(point -> {
      TrainingConfig training = point.getValue().training();
      return training.epochs() + (point.getKey().dense() ? training.pretraining().epochs() : 0);
    }).sum();
  }

  /** All points with their configurations, each control before the first that is compared with it. */
  public Map<Point, RunConfig> points() {
    return points;
  }

  /** The sweep that this plan makes of a corpus. */
  public SweepIdentity identity(Corpus corpus) {
    SortedMap<String, String> common = base.options();
    grid.axes().forEach(axis -> common.remove(axis.name()));
    return new SweepIdentity(grid.axes(), common, corpus.name(), corpus.hash());
  }

  /** How many points are finished. */
  public long finished(SweepDirectory directory) {
    return points.keySet().stream().filter(directory::isFinished).count();
  }

  /**
   * What trains the points that are not finished.
   *
   * @param loader asked for the features only where something is left to train
   */
  public SweepTraining training(SweepDirectory directory, Corpus corpus, CorpusLoader loader) {
    SweepTraining training = new SweepTraining(directory, timingSeconds > 0, points.size());
    points.keySet().stream().filter(directory::isFinished).forEach(directory::result); // one that cannot be read is told of now
    Map<LogMelSettings, Dataset> datasets = new HashMap<>();
    points.forEach((point, config) -> {
      if (!config.task().isUsual()) {
        throw new InvalidInputException("--task, --classes, --unknown, --silence, --noise and --snr are for lull train; leave them out");
      }
      if (!directory.isFinished(point)) {
        LogMelSettings frontEnd = config.frontEnd();
        Dataset dataset = datasets.computeIfAbsent(frontEnd, settings -> loader.dataset(corpus, settings));
        RunData data = RunData.of(corpus, dataset, frontEnd);
        training.add(point, config, new TrainingRun(config, point.networks(), data, timingSeconds, threads, SILENT));
      }
    });
    return training;
  }

  /**
   * Begins the sweep in a directory, or goes on with it there, and reads what it found.
   *
   * @param jobs how many networks are trained at a time
   * @throws InvalidInputException if the directory holds something else, or the corpus cannot be trained on
   */
  public SweepResults run(Path dir, Corpus corpus, CorpusLoader loader, int jobs, Progress progress, ExperimentListener listener,
      Cancellation cancellation) {
    try (SweepDirectory directory = SweepDirectory.open(dir)) {
      SweepIdentity identity = identity(corpus);
      directory.begin(identity);
      training(directory, corpus, loader).run("sweep", jobs, progress, listener, cancellation);
      return SweepResults.of(identity, directory);
    }
  }
}

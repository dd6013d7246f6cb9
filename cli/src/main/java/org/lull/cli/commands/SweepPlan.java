package org.lull.cli.commands;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import org.lull.Dataset;
import org.lull.cli.commands.Grid.Point;
import org.lull.cli.options.LoadingOptions;
import org.lull.cli.options.RunOptions.Networks;
import org.lull.cli.options.RunOptions;
import org.lull.cli.report.TerminalProgress;
import org.lull.experiments.run.Experiment;
import org.lull.input.InvalidInputException;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;
import org.lull.train.TrainingOptions;

/** What a sweep trains: the points of a grid, each with its options, which are checked before hours are spent on the data. */
public final class SweepPlan {
  private final Grid grid;
  private final RunOptions options;
  private final int threads;
  private final double timingSeconds;
  private final Map<Point, RunOptions> points = new LinkedHashMap<>();

  /**
   * @param options that all points have, but for those of the axes
   * @param threads that compute for a point
   * @param timingSeconds how long training steps are timed at the end of each point's training; 0 if their times are of no interest
   * @throws InvalidInputException where a point's options are wrong, or those of another
   */
  SweepPlan(Grid grid, RunOptions options, int threads, double timingSeconds) {
    this.grid = grid;
    this.options = options;
    this.threads = threads;
    this.timingSeconds = timingSeconds;
    Map<SortedMap<String, String>, Point> different = new HashMap<>();
    for (Point point : grid.points()) {
      RunOptions its = options.with(point.options());
      try {
        settings(point, its, true);
      } catch (InvalidInputException e) {
        throw new InvalidInputException("point " + point.name() + ": " + e.getMessage(), e);
      }
      Point same = point.dense() ? null : different.put(its.values(), point);
      if (same != null) {
        throw new InvalidInputException("points " + same.name() + " and " + point.name() + " are the same; leave one out");
      }
      points.put(point, its);
    }
  }

  private Experiment.Settings settings(Point point, RunOptions its, boolean sound) {
    return its.settings(sound, point.dense() ? Networks.DENSE : Networks.DELTA, timingSeconds, threads);
  }

  /** How the network of a point is trained. */
  TrainingOptions training(Point point, Corpus corpus) {
    return settings(point, points.get(point), LoadingOptions.isSound(corpus)).training();
  }

  /** Times that the training examples pass through the networks, dense pretraining shared by those that begin with it. */
  long epochs() {
    return points.entrySet().stream().mapToLong(point -> {
      Experiment.Settings settings = settings(point.getKey(), point.getValue(), true);
      return settings.training().epochs() + (point.getKey().dense() ? settings.pretrainEpochs() : 0);
    }).sum();
  }

  /** All points with their options, each control before the first that is compared with it. */
  public Map<Point, RunOptions> points() {
    return points;
  }

  /** The sweep that this plan makes of a corpus. */
  Sweep sweep(Corpus corpus) {
    SortedMap<String, String> fixed = options.values();
    grid.axes().forEach(axis -> fixed.remove(axis.name()));
    return new Sweep(grid.axes(), fixed, corpus.name(), corpus.hash());
  }

  long finished(SweepDirectory directory) {
    return points.keySet().stream().filter(directory::isFinished).count();
  }

  /**
   * What trains the points that are not finished.
   *
   * @param datasets the corpus as each front end hears it; asked only where something is left to train
   */
  PointTrainer trainer(SweepDirectory directory, Corpus corpus, Function<LogMelSettings, Dataset> datasets, TerminalProgress progress,
      PrintWriter err) {
    boolean sound = LoadingOptions.isSound(corpus);
    PointTrainer trainer = new PointTrainer(directory, timingSeconds > 0, points.size(), progress, err);
    Map<Point, RunOptions> left = new LinkedHashMap<>(points);
    left.keySet().removeIf(directory::isFinished);
    points.keySet().stream().filter(directory::isFinished).forEach(directory::result); // one that cannot be read is told of now
    left.forEach((point, its) -> {
      LogMelSettings frontEnd = its.frontEnd();
      Dataset dataset = datasets.apply(frontEnd);
      trainer.add(point, its, (share, listener) -> new TrainingRun(settings(point, its, sound), its, dataset,
          sound ? frontEnd.toJson() : "", share, listener));
    });
    return trainer;
  }
}

package org.lull.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.lull.cli.Grid.Point;
import org.lull.model.Mode;
import org.lull.model.Network;
import org.lull.train.Diverged;
import org.lull.train.EpochRecord;
import org.lull.train.Experiment;
import org.lull.train.Progress;
import org.lull.train.RunResult;

/** Trains the points of a sweep, several at a time. */
final class PointTrainer {
  private static final Experiment.Listener SILENT = new Experiment.Listener() {
    @Override
    public void epoch(String phase, EpochRecord record, boolean best, Network network) {}

    @Override
    public void trained(Mode mode, Network network) {}
  };

  private final SweepDirectory directory;
  private final boolean timed;
  private final int points;
  private final PrintWriter err;
  private final TerminalProgress progress;
  private final Map<Point, TrainingRun> runs = new LinkedHashMap<>();
  private final Map<Point, RunOptions> options = new LinkedHashMap<>();
  private final Map<Point, String> failures = new ConcurrentHashMap<>();
  private final AtomicInteger done = new AtomicInteger();
  private volatile Progress.Task task;
  private volatile boolean stopped;

  /**
   * @param timed whether training steps are timed, so that times are worth keeping
   * @param points of the sweep, those that are finished among them
   */
  PointTrainer(SweepDirectory directory, boolean timed, int points, PrintWriter err) {
    this.directory = directory;
    this.timed = timed;
    this.points = points;
    this.err = err;
    progress = new TerminalProgress(err);
  }

  /** What makes the run of a point, which tells how far it is. */
  @FunctionalInterface
  interface Making {
    TrainingRun run(Progress progress, Experiment.Listener listener);
  }

  /** Has a point trained when the others are. */
  void add(Point point, RunOptions its, Making making) {
    options.put(point, its);
    runs.put(point, making.run(new Share(), SILENT));
  }

  /**
   * Trains what was added.
   *
   * @param jobs how many at a time
   * @return why points failed whose training diverged; the others are finished
   */
  Map<Point, String> train(int jobs) {
    done.set(points - runs.size());
    try (ExecutorService threads = Executors.newFixedThreadPool(jobs);
        Progress.Task all = progress.begin("sweep", runs.values().stream().mapToLong(TrainingRun::examples).sum())) {
      task = all;
      note();
      List<Future<?>> futures = new ArrayList<>();
      runs.forEach((point, run) -> futures.add(threads.submit(() -> train(point, run))));
      await(futures);
    }
    return failures;
  }

  private void train(Point point, TrainingRun run) {
    if (stopped) {
      return;
    }
    try {
      RunDirectory into = directory.train(point, new SweepDirectory.PointFile(point.network(),
          point.dense() ? options.get(point).denseValues() : options.get(point).values(), timed));
      RunResult result = run.train(into);
      run.finish(result, err);
      directory.finished(point);
    } catch (Diverged e) { // says something about this point alone
      failures.put(point, e.getMessage());
    } catch (Throwable e) {
      stopped = true;
      throw e;
    }
    done.incrementAndGet();
    note();
  }

  private void note() {
    progress.note(done + " of " + points + " points");
  }

  /** Waits for all; of failures that are more than a point's, the first that was not caused by another is thrown. */
  private static void await(List<Future<?>> futures) {
    Throwable first = null;
    for (Future<?> future : futures) {
      try {
        future.get();
      } catch (ExecutionException e) {
        first = first == null || first instanceof CancellationException ? e.getCause() : first;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    switch (first) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(first);
    }
  }

  /** What a point does towards the whole; where all have to stop, it ends the point's training. */
  private final class Share implements Progress {
    @Override
    public Task begin(String name, long total) {
      return name.equals("timing") ? _ -> {} : new Part(total);
    }
  }

  private final class Part implements Progress.Task {
    private final long total;
    private final AtomicLong advanced = new AtomicLong();

    Part(long total) {
      this.total = total;
    }

    @Override
    public void advance(long steps) {
      if (stopped) {
        throw new CancellationException("another point of the sweep has failed");
      }
      advanced.addAndGet(steps);
      task.advance(steps);
    }

    @Override
    public void close() {
      task.advance(total - advanced.get()); // what an early end has left out
    }
  }
}

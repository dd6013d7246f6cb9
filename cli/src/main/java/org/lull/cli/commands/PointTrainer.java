package org.lull.cli.commands;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.lull.cli.commands.Grid.Point;
import org.lull.cli.options.RunOptions;
import org.lull.cli.report.TerminalProgress;
import org.lull.experiments.run.Experiment;
import org.lull.experiments.run.RunResult;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Provenance;
import org.lull.train.Diverged;
import org.lull.train.EpochRecord;
import org.lull.train.Progress;

/** Trains the points of a sweep, several at a time; those that begin with the same dense phase share it. */
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
  private final Map<String, String> failures = new ConcurrentSkipListMap<>();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile Progress.Task task;
  private volatile CountDownLatch left;

  /**
   * @param timed whether training steps are timed, so that times are worth keeping
   * @param points of the sweep, those that are finished among them
   */
  PointTrainer(SweepDirectory directory, boolean timed, int points, TerminalProgress progress, PrintWriter err) {
    this.directory = directory;
    this.timed = timed;
    this.points = points;
    this.progress = progress;
    this.err = err;
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

  boolean isEmpty() {
    return runs.isEmpty();
  }

  /** Examples that will pass through networks before all is over. */
  long examples() {
    return groups().stream().mapToLong(group -> {
      TrainingRun first = runs.get(group.getFirst());
      long pretraining = first.pretrainingExamples();
      boolean kept = first.pretraining().filter(directory::keeps).isPresent();
      return (kept ? 0 : pretraining) + group.stream().mapToLong(point -> runs.get(point).examples() - pretraining).sum();
    }).sum();
  }

  /** Points that begin with the same dense phase; one that has none is alone. */
  private List<List<Point>> groups() {
    Map<Object, List<Point>> groups = new LinkedHashMap<>();
    runs.forEach((point, run) -> {
      Object key = run.pretraining().isPresent() ? run.pretraining().get() : point;
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(point);
    });
    return List.copyOf(groups.values());
  }

  /**
   * Trains what was added.
   *
   * @param name of the task
   * @param jobs how many at a time
   * @throws InvalidInputException for what ended all; a point whose training diverged fails alone, for which the directory has the reason
   */
  void train(String name, int jobs) {
    done.set(points - runs.size());
    left = new CountDownLatch(runs.size());
    List<List<Point>> groups = groups();
    try (ThreadPoolExecutor threads = new ThreadPoolExecutor(jobs, jobs, 0, TimeUnit.SECONDS, new PriorityBlockingQueue<>());
        Progress.Task all = progress.begin(name, examples())) {
      task = all;
      note();
      for (int group = 0; group < groups.size(); group++) {
        begin(group, groups.get(group), threads);
      }
      left.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
    directory.failed(failures);
  }

  /** Work for a thread. A group that has begun goes before one that has not: a sweep that is cut off then has more to keep. */
  private record Job(int group, Runnable work) implements Runnable, Comparable<Job> {
    @Override
    public void run() {
      work.run();
    }

    @Override
    public int compareTo(Job other) {
      return Integer.compare(group, other.group);
    }
  }

  private void begin(int group, List<Point> its, Executor threads) {
    TrainingRun first = runs.get(its.getFirst());
    Optional<Provenance> pretraining = first.pretraining();
    if (pretraining.isEmpty()) {
      its.forEach(point -> threads.execute(new Job(group, () -> train(point, runs.get(point)::train))));
      return;
    }
    threads.execute(new Job(group, () -> attempt(its, () -> {
      Experiment.Start start = start(pretraining.get(), first);
      its.forEach(point -> threads.execute(new Job(group, () -> train(point, into -> runs.get(point).train(into, start)))));
    })));
  }

  /** The beginning of a run: what the directory keeps of it, or made and kept there. */
  private Experiment.Start start(Provenance pretraining, TrainingRun run) {
    if (directory.keeps(pretraining)) {
      try {
        return directory.start(pretraining);
      } catch (InvalidInputException e) {
        err.println("warning: " + e.getMessage() + "; it is trained again");
      }
    }
    Experiment.Start start = run.start();
    directory.keep(start.epochs(), run.model(start));
    return start;
  }

  private void train(Point point, Function<RunDirectory, RunResult> run) {
    attempt(List.of(point), () -> {
      RunDirectory into = directory.train(point, new SweepDirectory.PointFile(point.network(),
          point.dense() ? options.get(point).denseValues() : options.get(point).values(), timed));
      RunResult result = run.apply(into);
      runs.get(point).finish(result, point.name() + ": ", err);
      directory.finished(point);
      over();
    });
  }

  /** Does some work for points, which are over if it fails; a failure that is not theirs alone stops all others. */
  private void attempt(List<Point> its, Runnable work) {
    try {
      if (failure.get() == null) {
        work.run();
        return;
      }
    } catch (Diverged e) {
      its.forEach(point -> failures.put(point.name(), e.getMessage()));
    } catch (Throwable e) {
      failure.compareAndSet(null, e); // the first: others may be but its consequences
    }
    its.forEach(_ -> over());
  }

  private void over() {
    done.incrementAndGet();
    note();
    left.countDown();
  }

  private void note() {
    progress.note(done + " of " + points + " points");
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
      if (failure.get() != null) {
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

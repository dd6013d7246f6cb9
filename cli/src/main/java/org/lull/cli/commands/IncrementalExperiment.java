package org.lull.cli.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.cli.commands.IncrementalDirectory.Point;
import org.lull.cli.options.IncrementalOptions.Trial;
import org.lull.cli.options.IncrementalOptions;
import org.lull.continual.ExemplarMemory;
import org.lull.continual.Method;
import org.lull.experiments.incremental.ClassSchedule;
import org.lull.experiments.incremental.Incremental;
import org.lull.experiments.run.Experiment;
import org.lull.experiments.run.LullVersion;
import org.lull.experiments.run.RunResult.ModelResult;
import org.lull.experiments.run.RunResult;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Provenance;
import org.lull.train.Diverged;
import org.lull.train.EpochRecord;
import org.lull.train.Example;
import org.lull.train.Progress;

/** Experiments in class-incremental learning: trains what their directory does not hold, several at a time, one thread each. */
final class IncrementalExperiment {
  private final IncrementalOptions options;
  private final IncrementalDirectory directory;
  private final Dataset data;
  private final List<Example> measured;
  private final String frontEnd;
  private final List<Mode> modes;
  private final Map<String, String> failures = new ConcurrentHashMap<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile Progress.Task task;

  /**
   * @param measured the examples accuracy is measured on
   * @param frontEnd as JSON; empty where the data is no sound
   */
  IncrementalExperiment(IncrementalOptions options, IncrementalDirectory directory, Dataset data, List<Example> measured, String frontEnd,
      List<Mode> modes) {
    this.options = options;
    this.directory = directory;
    this.data = data;
    this.measured = measured;
    this.frontEnd = frontEnd;
    this.modes = modes;
  }

  private ClassSchedule schedule(int order) {
    return new ClassSchedule(data.labels().size(), options.start(), options.step(), order);
  }

  /** Work that is to be done once: a start, a joint training, or a point. */
  private record Work(String name, Runnable run) {}

  /**
   * Trains what is not finished.
   *
   * @return why parts failed whose training diverged
   */
  Map<String, String> run(int jobs, Progress progress) {
    List<Work> starts = new ArrayList<>();
    List<Work> points = new ArrayList<>();
    for (int order = 1; order <= options.orders(); order++) {
      int o = order;
      if (!modes.stream().allMatch(mode -> directory.hasStart(o, mode))) {
        starts.add(new Work("the start of order " + o, () -> start(o)));
      }
      for (Trial trial : options.trials()) {
        List<Point> missing = modes.stream().map(mode -> new Point(o, mode, trial)).filter(each -> !directory.isFinished(each)).toList();
        if (trial.method().equals(IncrementalOptions.JOINT)) {
          if (!missing.isEmpty()) {
            starts.add(new Work("joint training of order " + o, () -> joint(o, trial)));
          }
        } else {
          missing.forEach(point -> points.add(new Work(point.name(), () -> learn(point))));
        }
      }
    }
    try (Progress.Task all = progress.begin("incremental", Math.max(1, starts.size() + points.size()))) {
      task = all;
      inParallel(starts, jobs); // first, so that no point has to wait for another's start
      inParallel(points, jobs);
    }
    return new TreeMap<>(failures);
  }

  private void inParallel(List<Work> works, int jobs) {
    try (ExecutorService threads = Executors.newFixedThreadPool(jobs)) {
      works.forEach(work -> threads.execute(() -> attempt(work)));
    }
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  /** A failure that is not the work's alone stops all others. */
  private void attempt(Work work) {
    try {
      if (failure.get() == null) {
        work.run.run();
      }
    } catch (Diverged e) {
      failures.put(work.name, e.getMessage());
    } catch (CancellationException e) {
      // the failure that led here is the one to report
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
    task.advance(1);
  }

  private void checkOthers() {
    if (failure.get() != null) {
      throw new CancellationException();
    }
  }

  /** A dense and a delta network that know the classes of the first task, trained as lull train does. */
  private void start(int order) {
    Dataset known = part(order, 0);
    Experiment[] experiment = new Experiment[1];
    experiment[0] = experiment(order, known, new Listener() {
      @Override
      public void trained(Mode mode, Network network) {
        Provenance provenance =
            new Provenance(LullVersion.number(), Runtime.version().toString(), data.name(), data.hash(), options.values());
        directory.writeStart(order, new Model(network, mode, experiment[0].normalisation(), known.labels(), frontEnd, provenance));
      }
    });
    experiment[0].run();
  }

  /** The same networks trained on all classes at once. */
  private void joint(int order, Trial trial) {
    Dataset all = part(order, schedule(order).tasks() - 1);
    RunResult result = experiment(order, all, new Listener() {}).run();
    for (Mode mode : modes) {
      ModelResult model = mode == Mode.DENSE ? result.dense() : result.delta();
      List<Double> accuracy = List.of(model.testAccuracy());
      directory.finished(new Point(order, mode, trial), new Incremental(accuracy, List.of(accuracy), all.train().size(),
          ExemplarMemory.share(1, all.train()), 0, model.trainingMacs(), model.denseTrainingMacs(), model.pretrainingMacs(), null, null));
    }
  }

  private Experiment experiment(int order, Dataset part, Experiment.Listener listener) {
    return new Experiment(options.settings(!frontEnd.isEmpty(), order, modes.contains(Mode.DENSE), modes.contains(Mode.DELTA)), part,
        Progress.SILENT, listener);
  }

  private class Listener implements Experiment.Listener {
    @Override
    public void epoch(String phase, EpochRecord record, boolean best, Network network) {
      checkOthers();
    }

    @Override
    public void trained(Mode mode, Network network) {}
  }

  /** The data of the classes that are known after a task. */
  private Dataset part(int order, int task) {
    ClassSchedule schedule = schedule(order);
    return new Dataset(data.name(), schedule.labels(data.labels()).subList(0, schedule.known(task)), data.channels(),
        schedule.examples(0, task, data.train()), schedule.examples(0, task, data.validation()), schedule.examples(0, task, measured),
        data.hash(), List.of(), List.of());
  }

  private void learn(Point point) {
    if (!directory.hasStart(point.order(), point.mode())) {
      return; // its training diverged, which is told
    }
    Model start = directory.readStart(point.order(), point.mode());
    long memory = IncrementalOptions.bytes(point.trial().memory(), ExemplarMemory.share(1, data.train()));
    Incremental result = Incremental.run(schedule(point.order()), start.network(), point.mode(), start.normalisation(), data.train(),
        measured, Method.named(point.trial().method()).recipe(), memory,
        options.taskOptions(Math.max(1, point.trial().batch()), point.order(), !frontEnd.isEmpty(), 1), _ -> checkOthers());
    directory.finished(point, result);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.incremental;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.continual.ExemplarMemory;
import org.lull.continual.Methods;
import org.lull.experiments.incremental.IncrementalDirectory.Point;
import org.lull.experiments.jobs.Job;
import org.lull.experiments.jobs.JobRunner;
import org.lull.experiments.run.Experiment;
import org.lull.experiments.run.LullVersion;
import org.lull.experiments.run.Networks;
import org.lull.experiments.run.RunData;
import org.lull.experiments.run.RunResult.ModelResult;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.run.StepTimes;
import org.lull.experiments.run.TrainingConfig;
import org.lull.network.Mode;
import org.lull.network.Provenance;
import org.lull.train.Cancellation;
import org.lull.train.Diverged;
import org.lull.train.Example;
import org.lull.train.Progress;

/** Runs the experiments in class-incremental learning that their directory does not have yet, several at a time, one thread each. */
public final class IncrementalExperiment {
  private final IncrementalConfig config;
  private final IncrementalDirectory directory;
  private final RunData data;
  private final List<Example> measured;
  private final Networks networks;
  private final List<Mode> modes;

  /** @param measured examples on which accuracy is measured */
  public IncrementalExperiment(IncrementalConfig config, IncrementalDirectory directory, RunData data, List<Example> measured,
      Networks networks) {
    this.config = config;
    this.directory = directory;
    this.data = data;
    this.measured = measured;
    this.networks = networks;
    modes = new ArrayList<>(networks.dense() ? List.of(Mode.DENSE) : List.of());
    modes.addAll(networks.delta() ? List.of(Mode.DELTA) : List.of());
  }

  private ClassSchedule schedule(int order) {
    return new ClassSchedule(data.dataset().labels().size(), config.start(), config.step(), order);
  }

  /**
   * Trains what is not finished.
   *
   * @param orders of the classes, from seeds 1 to so many
   * @param jobs how many at a time
   * @return why parts failed whose training diverged
   */
  public Map<String, String> run(int orders, List<Trial> trials, int jobs, Progress progress, Cancellation cancellation) {
    Map<String, String> failures = new ConcurrentSkipListMap<>();
    List<Job> all = new ArrayList<>();
    for (int order = 1; order <= orders; order++) {
      add(all, order, trials, failures);
    }
    try (Progress.Task task = progress.begin("incremental", Math.max(1, all.size()))) {
      JobRunner.run(all, jobs, task, cancellation, _ -> {})
          .forEach(failure -> failures.put(failure.job().name(), failure.reason()));
    }
    return failures;
  }

  /** About how many seconds of one thread what is not finished will take. */
  public double seconds(int orders, List<Trial> trials, StepTimes times) {
    double seconds = 0;
    for (Mode mode : modes) {
      double perExample = data.secondsPerExample(times, config.network(1).network(), mode);
      for (int order = 1; order <= orders; order++) {
        int o = order;
        long examples = directory.hasStart(order, mode) ? 0 : networkExamples(order, 0);
        examples += trials.stream().filter(trial -> !directory.isFinished(new Point(o, mode, trial)))
            .mapToLong(trial -> trial.isJoint() ? networkExamples(o, schedule(o).tasks() - 1) : taskExamples(o)).sum();
        seconds += examples * perExample;
      }
    }
    return seconds;
  }

  /** Training examples that pass through a network that learns the classes of the tasks up to this at once. */
  private long networkExamples(int order, int task) {
    TrainingConfig training = config.network(order).training();
    return (long) schedule(order).examples(0, task, data.dataset().train()).size()
        * (training.epochs() + training.pretraining().epochs());
  }

  /** Training examples that pass through a network that learns task after task, exemplars not counted. */
  private long taskExamples(int order) {
    ClassSchedule schedule = schedule(order);
    return (long) schedule.examples(1, schedule.tasks() - 1, data.dataset().train()).size() * config.taskEpochs();
  }

  /** The jobs of an order: the networks it begins with, which its points need, joint training, and the points. */
  private void add(List<Job> all, int order, List<Trial> trials, Map<String, String> failures) {
    List<Job> needs = new ArrayList<>();
    if (!modes.stream().allMatch(mode -> directory.hasStart(order, mode))) {
      String name = "the start of order " + order;
      needs.add(new Job(name, order, 1, List.of(), (_, cancellation) -> {
        try {
          start(order, cancellation);
        } catch (Diverged e) { // not of all that need it: one of its networks may be there
          failures.put(name, e.getMessage());
        }
      }));
    }
    all.addAll(needs);
    for (Trial trial : trials) {
      List<Point> missing = modes.stream().map(mode -> new Point(order, mode, trial)).filter(each -> !directory.isFinished(each)).toList();
      if (trial.isJoint() && !missing.isEmpty()) {
        all.add(new Job("joint training of order " + order, order, 1, List.of(), (_, cancellation) -> joint(order, trial, cancellation)));
      } else if (!trial.isJoint()) {
        missing.forEach(point -> all.add(new Job(point.name(), order, 1, needs, (_, cancellation) -> learn(point, cancellation))));
      }
    }
  }

  /** A dense and a delta network that know the classes of the first task, trained as lull train does. */
  private void start(int order, Cancellation cancellation) {
    Dataset known = part(order, 0);
    Provenance provenance = new Provenance(LullVersion.number(), Runtime.version().toString(), known.name(), known.hash(),
        config.options());
    run("start of order " + order, order, known, cancellation, new Experiment.Listener() {
      @Override
      public void trained(Model model) {
        directory.writeStart(order, model.withProvenance(provenance));
      }
    });
  }

  /** The same networks trained on all classes at once. */
  private void joint(int order, Trial trial, Cancellation cancellation) {
    Dataset all = part(order, schedule(order).tasks() - 1);
    RunResult result = run("joint training of order " + order, order, all, cancellation, new Experiment.Listener() {});
    for (Mode mode : modes) {
      ModelResult model = mode == Mode.DENSE ? result.dense() : result.delta();
      List<Double> accuracy = List.of(model.testAccuracy());
      directory.finished(new Point(order, mode, trial), new Incremental(accuracy, List.of(accuracy), all.train().size(),
          ExemplarMemory.share(1, all.train()), 0, model.trainingMacs(), model.denseTrainingMacs(), model.pretrainingMacs(), null, null));
    }
  }

  /** Trains both networks, or goes on with a training of this name that was interrupted. */
  private RunResult run(String name, int order, Dataset part, Cancellation cancellation, Experiment.Listener listener) {
    Experiment experiment = new Experiment(config.network(order), networks, new RunData(part, data.frontEnd()), 0, 1, listener);
    experiment.keep(directory.checkpoints(name));
    RunResult result = kept(name, () -> experiment.run(Progress.SILENT, cancellation));
    directory.discardCheckpoints(name);
    return result;
  }

  /** Work with checkpoints, which are of no use if it diverges: it would do so again. */
  private <T> T kept(String name, Supplier<T> work) {
    try {
      return work.get();
    } catch (Diverged e) {
      directory.discardCheckpoints(name);
      throw e;
    }
  }

  /** The data of the classes that are known after a task. */
  private Dataset part(int order, int task) {
    Dataset all = data.dataset();
    ClassSchedule schedule = schedule(order);
    return new Dataset(all.name(), schedule.labels(all.labels()).subList(0, schedule.known(task)), all.channels(),
        schedule.examples(0, task, all.train()), schedule.examples(0, task, all.validation()), schedule.examples(0, task, measured),
        all.hash(), List.of(), List.of());
  }

  private void learn(Point point, Cancellation cancellation) {
    if (!directory.hasStart(point.order(), point.mode())) {
      return; // its training diverged, which is told
    }
    Model start = directory.readStart(point.order(), point.mode());
    List<Example> train = data.dataset().train();
    long memory = new MemorySize(point.trial().memory()).bytes(ExemplarMemory.share(1, train));
    directory.finished(point, kept(point.name(), () -> Incremental.run(schedule(point.order()), start.network(), point.mode(),
        start.normalisation(), train, measured, Methods.named(point.trial().method()), memory,
        config.taskOptions(Math.max(1, point.trial().batch()), point.order(), data.isSound()), _ -> {}, directory.checkpoints(point.name()),
        cancellation)));
    directory.discardCheckpoints(point.name());
  }
}

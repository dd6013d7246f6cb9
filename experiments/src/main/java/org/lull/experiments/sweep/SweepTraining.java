// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.lull.Pretrained;
import org.lull.experiments.jobs.Job;
import org.lull.experiments.jobs.JobRunner;
import org.lull.experiments.run.ExperimentListener;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.run.StepTimes;
import org.lull.experiments.run.TrainingRun;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.network.Provenance;
import org.lull.train.Cancellation;
import org.lull.train.Diverged;
import org.lull.train.Progress;

/** Trains the points of a sweep, several at a time. Points with the same dense pretraining share it. */
public final class SweepTraining {
  private final SweepDirectory directory;
  private final boolean timed;
  private final int points;
  private final List<Member> members = new ArrayList<>();

  /** A point that is to be trained. */
  private record Member(Point point, RunConfig config, TrainingRun run) {}

  /**
   * @param timed whether training steps are timed, so that times are worth keeping
   * @param points of the sweep, those that are finished among them
   */
  SweepTraining(SweepDirectory directory, boolean timed, int points) {
    this.directory = directory;
    this.timed = timed;
    this.points = points;
  }

  /** Has a point trained when the others are. */
  void add(Point point, RunConfig config, TrainingRun run) {
    members.add(new Member(point, config, run));
  }

  public boolean isEmpty() {
    return members.isEmpty();
  }

  /** Examples that will pass through networks before all is over. */
  public long examples() {
    return groups().stream().mapToLong(group -> {
      TrainingRun first = group.getFirst().run;
      return toPretrain(first) + group.stream().mapToLong(member -> afterPretraining(member.run)).sum();
    }).sum();
  }

  /** About how many seconds of one thread it will take. */
  public double seconds(StepTimes times) {
    return groups().stream().mapToDouble(group -> {
      TrainingRun first = group.getFirst().run;
      return toPretrain(first) * first.secondsPerExample(times, Mode.DENSE)
          + group.stream().mapToDouble(member -> afterPretraining(member.run)
              * member.run.secondsPerExample(times, member.point.dense() ? Mode.DENSE : Mode.DELTA)).sum();
    }).sum();
  }

  private long toPretrain(TrainingRun run) {
    return run.pretraining().filter(directory::keeps).isPresent() ? 0 : run.pretrainingExamples();
  }

  private static long afterPretraining(TrainingRun run) {
    return run.examples() - run.pretrainingExamples();
  }

  /** Points that begin with the same dense phase; one that has none is alone. */
  private List<List<Member>> groups() {
    Map<Object, List<Member>> groups = new LinkedHashMap<>();
    members.forEach(member -> {
      Object key = member.run.pretraining().isPresent() ? member.run.pretraining().get() : member.point;
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(member);
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
  public void run(String name, int jobs, Progress progress, ExperimentListener listener, Cancellation cancellation) {
    if (isEmpty()) {
      return;
    }
    Map<Job, Point> trainings = new LinkedHashMap<>();
    List<Job> all = new ArrayList<>();
    List<List<Member>> groups = groups();
    for (int group = 0; group < groups.size(); group++) {
      add(all, trainings, group, groups.get(group), listener);
    }
    AtomicLong finished = new AtomicLong(points - members.size());
    try (Progress.Task task = progress.begin(name, examples())) {
      listener.finished(finished.get(), points);
      List<JobRunner.Failure> failures = JobRunner.run(all, jobs, task, cancellation, job -> {
        if (trainings.containsKey(job)) {
          listener.finished(finished.incrementAndGet(), points);
        }
      });
      Map<String, String> reasons = new TreeMap<>();
      failures.stream().filter(failure -> trainings.containsKey(failure.job()))
          .forEach(failure -> reasons.put(trainings.get(failure.job()).name(), failure.reason()));
      directory.failed(reasons);
    }
  }

  /** The jobs of a group: its dense phase, which all its points need, and its points. */
  private void add(List<Job> all, Map<Job, Point> trainings, int group, List<Member> members, ExperimentListener listener) {
    TrainingRun first = members.getFirst().run;
    AtomicReference<Pretrained> start = new AtomicReference<>();
    List<Job> needs = new ArrayList<>();
    first.pretraining().ifPresent(pretraining -> {
      String name = "pretraining of " + members.getFirst().point.name();
      Job job = new Job(name, group, toPretrain(first), List.of(), (progress, cancellation) -> {
        start.set(start(pretraining, first, listener, progress, cancellation));
      });
      needs.add(job);
      all.add(job);
    });
    for (Member member : members) {
      Job job = new Job(member.point.name(), group, afterPretraining(member.run), needs, (progress, cancellation) -> {
        train(member, start.get(), listener, progress, cancellation);
      });
      trainings.put(job, member.point);
      all.add(job);
    }
  }

  /** The beginning of a run: what the directory keeps of it, or made and kept there. */
  private Pretrained start(Provenance pretraining, TrainingRun run, ExperimentListener listener, Progress progress,
      Cancellation cancellation) {
    if (directory.keeps(pretraining)) {
      try {
        return directory.start(pretraining);
      } catch (InvalidInputException e) {
        listener.warning(e.getMessage() + "; it is trained again");
      }
    }
    run.keep(directory.checkpoints(pretraining).warnings(listener::warning));
    Pretrained start = run.pretrain(progress, cancellation);
    directory.keep(start);
    return start;
  }

  /** @param start null for a run that begins with its own weights */
  private void train(Member member, Pretrained start, ExperimentListener listener, Progress progress, Cancellation cancellation) {
    Point point = member.point;
    RunDirectory into = directory.train(point, new SweepDirectory.PointFile(point.network(),
        point.dense() ? member.config.denseOptions() : member.config.options(), timed));
    member.run.keep(directory.checkpoints(point).warnings(listener::warning));
    RunResult result;
    try {
      result = start == null ? member.run.train(into, progress, cancellation)
          : member.run.train(into, start, progress, cancellation);
    } catch (Diverged e) {
      directory.discardCheckpoints(point); // it would diverge again
      throw e;
    }
    into.result(result);
    TrainingRun.missedTarget(result).ifPresent(missed -> listener.warning(point.name() + ": " + missed));
    listener.complete(member.run);
    directory.finished(point);
  }
}

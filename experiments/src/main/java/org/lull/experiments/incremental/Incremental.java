// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.incremental;

import java.util.ArrayList;
import java.util.List;
import org.lull.continual.ExemplarMemory;
import org.lull.continual.IncrementalLearner;
import org.lull.continual.Method;
import org.lull.cost.MemoryAccess;
import org.lull.cost.OperationCounts;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Normalisation;
import org.lull.train.Cancellation;
import org.lull.train.Checkpoints;
import org.lull.train.Evaluation;
import org.lull.train.Evaluator;
import org.lull.train.Example;
import org.lull.train.Progress;
import org.lull.train.TrainingOptions;

/**
 * The result of class-incremental learning. Tasks are learned one after the other, and after each the accuracy on all classes known so far
 * is measured.
 *
 * @param accuracy accuracy after each task, on the classes known then
 * @param matrix [task][earlier task or the same]: after a task, the share of the examples of each task's classes that are recognised, among
 *     all classes known then
 * @param exemplars number of exemplars at the end
 * @param exemplarBytes size of these exemplars in bytes
 * @param steps number of training steps
 * @param macs multiply-adds of the three products in all training steps after the first task
 * @param denseMacs multiply-adds of the dense network in the same steps
 * @param otherMacs multiply-adds of forward passes outside training steps: to choose exemplars, and for distillation
 * @param access memory accesses of training
 * @param denseAccess memory accesses of the dense network in the same steps
 */
public record Incremental(List<Double> accuracy, List<List<Double>> matrix, int exemplars, long exemplarBytes, long steps, long macs,
    long denseMacs, long otherMacs, MemoryAccess access, MemoryAccess denseAccess) {

  /**
   * Forgetting (Chaudhry et al. 2018): the difference between the best accuracy on the classes of a task and the accuracy at the end, as a
   * mean over all tasks except the last.
   */
  public double forgetting() {
    double sum = 0;
    int tasks = matrix.size();
    for (int task = 0; task < tasks - 1; task++) {
      double best = 0;
      for (int after = task; after < tasks; after++) {
        best = Math.max(best, matrix.get(after).get(task));
      }
      sum += best - matrix.getLast().get(task);
    }
    return tasks == 1 ? 0 : sum / (tasks - 1);
  }

  /**
   * Learns all tasks and measures after each.
   *
   * @param base network that knows the classes of the first task; it is not changed
   * @param train all training examples; in each task the learner gets those of the classes of the task
   * @param measured examples on which accuracy is measured
   * @param memory size of the memory for exemplars, in bytes
   * @param options options of each task
   * @param task receives the progress, in training examples
   * @param checkpoints of the tasks, which those that were interrupted go on from; or null
   * @param cancellation is checked before each training step
   */
  public static Incremental run(ClassSchedule schedule, Network base, Mode mode, Normalisation normalisation, List<Example> train,
      List<Example> measured, Method method, long memory, TrainingOptions options, Progress.Task task,
      Checkpoints checkpoints, Cancellation cancellation) {
    IncrementalLearner learner =
        new IncrementalLearner(base, mode, normalisation, new ExemplarMemory(normalisation, memory), method, options);
    learner.cancelBy(cancellation);
    if (checkpoints != null) {
      learner.keep(checkpoints);
    }
    List<Double> accuracy = new ArrayList<>();
    List<List<Double>> matrix = new ArrayList<>();
    long parameters = 0;
    for (int i = 0; i < schedule.tasks(); i++) {
      List<Example> clips = schedule.examples(i, i, train);
      if (i == 0) {
        learner.remember(clips);
      } else {
        long before = learner.steps();
        learner.learn(clips, schedule.known(i) - schedule.known(i - 1), task);
        parameters += (learner.steps() - before) * learner.network().spec().parameters();
      }
      Evaluation evaluation = evaluate(learner.classifier(), mode, normalisation, schedule.examples(0, i, measured), options.threads());
      accuracy.add(evaluation.accuracy());
      matrix.add(row(schedule, i, evaluation));
    }
    OperationCounts counts = learner.trainingOperations();
    return new Incremental(accuracy, matrix, learner.memory().size(), learner.memory().bytes(), learner.steps(),
        counts.total(), counts.denseTotal(),
        learner.inferenceOperations().total(),
        MemoryAccess.of(counts, mode == Mode.DELTA, parameters), MemoryAccess.ofDense(counts, parameters));
  }

  private static Evaluation evaluate(Network network, Mode mode, Normalisation normalisation, List<Example> examples, int threads) {
    try (Evaluator evaluator = new Evaluator(network, normalisation, mode, threads)) {
      return evaluator.evaluate(examples, _ -> {});
    }
  }

  private static List<Double> row(ClassSchedule schedule, int after, Evaluation evaluation) {
    List<Double> row = new ArrayList<>();
    for (int task = 0; task <= after; task++) {
      int right = 0;
      int all = 0;
      for (int k = schedule.known(task - 1); k < schedule.known(task); k++) {
        right += evaluation.confusion()[k][k];
        for (int count : evaluation.confusion()[k]) {
          all += count;
        }
      }
      row.add(right / (double) all);
    }
    return row;
  }
}

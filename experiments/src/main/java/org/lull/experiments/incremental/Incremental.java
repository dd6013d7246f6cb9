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
import org.lull.train.Evaluation;
import org.lull.train.Evaluator;
import org.lull.train.Example;
import org.lull.train.Progress;
import org.lull.train.TrainingOptions;

/**
 * The protocol of class-incremental learning: task after task, measured after each on all classes known so far.
 *
 * @param accuracy after each task, on the classes known then
 * @param matrix [task][earlier task or the same]: after a task, the share of the examples of each task's classes that are recognised, among
 *     all classes known then
 * @param exemplars kept at the end
 * @param exemplarBytes that they take
 * @param steps updates of the weights
 * @param macs multiply-adds of the three products in all training steps, those of the first task not among them
 * @param denseMacs what these cost densely
 * @param otherMacs of what was run forward alone: to choose exemplars and to distil
 * @param access words moved in training
 * @param denseAccess what that took densely
 */
public record Incremental(List<Double> accuracy, List<List<Double>> matrix, int exemplars, long exemplarBytes, long steps, long macs,
    long denseMacs, long otherMacs, MemoryAccess access, MemoryAccess denseAccess) {

  /**
   * How far the classes of a task have fallen, at the end, from the best there was of them: the mean over tasks but the last (Chaudhry et
   * al. 2018).
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
   * Learns and measures.
   *
   * @param base knows the classes of the first task; it stays as it is
   * @param train all training examples of the data, of which the learner sees each task's when its turn comes
   * @param measured the examples accuracy is measured on
   * @param memory for exemplars, in bytes
   * @param options of each task
   * @param task told how far it is, in training examples
   * @param cancellation looked at before each training step
   */
  public static Incremental run(ClassSchedule schedule, Network base, Mode mode, Normalisation normalisation, List<Example> train,
      List<Example> measured, Method method, long memory, TrainingOptions options, Progress.Task task,
      Cancellation cancellation) {
    IncrementalLearner learner =
        new IncrementalLearner(base, mode, normalisation, new ExemplarMemory(normalisation, memory), method, options);
    learner.cancelBy(cancellation);
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

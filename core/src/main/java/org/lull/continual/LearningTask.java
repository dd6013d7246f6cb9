// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.ArrayList;
import java.util.List;
import org.lull.cost.OperationCounts;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Normalisation;
import org.lull.train.Example;
import org.lull.train.Loss;
import org.lull.train.TrainingOptions;

/** A task: new classes to learn. A {@link Method} reads from it what it needs. */
public final class LearningTask {
  private final Network before;
  private final Mode mode;
  private final Normalisation normalisation;
  private final List<List<Example>> examples;
  private final int[] clipsPerEpoch;
  private final int exemplars;
  private final TrainingOptions options;
  private final List<NetworkTeacher> teachers = new ArrayList<>();

  LearningTask(Network before, Mode mode, Normalisation normalisation, List<List<Example>> examples, int[] clipsPerEpoch, int exemplars,
      TrainingOptions options) {
    this.before = before;
    this.mode = mode;
    this.normalisation = normalisation;
    this.examples = examples;
    this.clipsPerEpoch = clipsPerEpoch;
    this.exemplars = exemplars;
    this.options = options;
  }

  /** The network before the task. It must not be changed. */
  public Network before() {
    return before;
  }

  /** Number of classes before the task. */
  public int oldClasses() {
    return before.spec().outputs();
  }

  /** The training examples of each class: exemplars of old classes, if the method replays them, and clips of new classes. */
  public List<List<Example>> examples() {
    return examples;
  }

  /** Number of clips that an epoch takes from each class. */
  public int[] clipsPerEpoch() {
    return clipsPerEpoch.clone();
  }

  /** Number of exemplars of all old classes together. */
  public int exemplars() {
    return exemplars;
  }

  public TrainingOptions options() {
    return options;
  }

  /**
   * The sum of a loss and a distillation loss, which keeps the old outputs near those of the network before the task on the same augmented
   * inputs.
   *
   * @param strength weight of the distillation loss
   * @param temperature temperature of a softmax distillation
   */
  public Loss distilled(Loss loss, Distillation.Kind kind, double strength, double temperature) {
    NetworkTeacher teacher = new NetworkTeacher(before, mode, normalisation);
    teachers.add(teacher);
    return new Distillation(loss, kind, strength, temperature, teacher);
  }

  /** Multiply-adds of all distillation, one count per layer. */
  OperationCounts distillationOperations() {
    OperationCounts sum = before.operationCounts();
    teachers.forEach(teacher -> sum.add(teacher.operations()));
    return sum;
  }
}

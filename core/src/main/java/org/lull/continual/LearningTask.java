// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.cost.OperationCounts;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
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
  private final OperationCounts distilledBefore;

  LearningTask(Network before, Mode mode, Normalisation normalisation, List<List<Example>> examples, int[] clipsPerEpoch, int exemplars,
      TrainingOptions options) {
    this.before = before;
    this.mode = mode;
    this.normalisation = normalisation;
    this.examples = examples;
    this.clipsPerEpoch = clipsPerEpoch;
    this.exemplars = exemplars;
    this.options = options;
    distilledBefore = before.operationCounts();
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

  /** Names and values of everything that decides what training on the task ends with. */
  SortedMap<String, String> identity(Method method, long memory) {
    List<String> names = IntStream.range(0, examples.size()).mapToObj(Integer::toString).toList();
    List<Example> all = examples.stream().flatMap(List::stream).toList();
    Dataset data = new Dataset("task", names, normalisation.channels(), all, List.of(), List.of(), "", List.of(), List.of());
    Provenance none = new Provenance("", "", "", "", new TreeMap<>());
    SortedMap<String, String> identity = options.values();
    identity.put("method", method.name());
    identity.put("delta-penalty", Double.toString(options.deltaPenalty()));
    identity.put("memory", Long.toString(memory));
    identity.put("data", data.contentHash());
    identity.put("model", new Model(before, mode, normalisation, names.subList(0, oldClasses()), "", none).fingerprint());
    identity.put("version", Provenance.version());
    identity.put("java", Runtime.version().toString());
    return identity;
  }

  /** Counts the distillation before an interruption too. */
  void restoreDistillation(long[][] state) {
    distilledBefore.restore(state);
  }

  /** Multiply-adds of all distillation, one count per layer. */
  OperationCounts distillationOperations() {
    OperationCounts sum = before.operationCounts();
    sum.add(distilledBefore);
    teachers.forEach(teacher -> sum.add(teacher.operations()));
    return sum;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.incremental;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.lull.continual.Methods;
import org.lull.experiments.run.Experiment;
import org.lull.experiments.run.RunConfig;
import org.lull.input.InvalidInputException;
import org.lull.network.Arithmetic;
import org.lull.train.Augmentation;
import org.lull.train.TrainingOptions;

/**
 * What experiments in class-incremental learning have in common.
 *
 * @param start classes to begin with
 * @param step classes learned with each task after that
 * @param taskEpochs epochs of a task
 * @param network how the start, and joint training, are trained; with a seed for each order of the classes
 */
public record IncrementalConfig(int start, int step, int taskEpochs, RunConfig network) {
  /** How the start, and joint training, are trained. */
  RunConfig network(long seed) {
    return network.with(RunConfig.SEED, Long.toString(seed));
  }

  /** How a task is trained. */
  TrainingOptions taskOptions(int batch, long seed, boolean sound) {
    return TrainingOptions.builder().epochs(taskEpochs).batch(batch).learningRate(Methods.learningRate(batch))
        .augmentation(sound ? Augmentation.speech() : Augmentation.none()).seed(seed).threads(1).build();
  }

  /**
   * Refuses mistakes before the data is read.
   *
   * @throws InvalidInputException if a network cannot be, or a number is out of range
   */
  public void check(Iterable<Integer> batches) {
    Experiment.check(network, 0, 1);
    batches.forEach(batch -> taskOptions(batch, 1, true));
  }

  /** Names and values, as text, as in files: experiments in one directory must have them in common. */
  public SortedMap<String, String> options() {
    Map<String, String> ofNetwork = network.options();
    SortedMap<String, String> options = new TreeMap<>();
    options.put("start", Integer.toString(start));
    options.put("step", Integer.toString(step));
    options.put("task-epochs", Integer.toString(taskEpochs));
    for (String name : new String[] {"pretrain-epochs", "epochs", "cell", "layers", "hidden", "head", "features"}) {
      options.put(name, ofNetwork.get(name));
    }
    if (network.network().arithmetic() != Arithmetic.FLOAT32) {
      options.put("numeric", network.network().numeric());
    }
    List<Float> threshold = network.delta().threshold();
    options.put("threshold", threshold == null ? ofNetwork.get("threshold") : threshold.getFirst().toString());
    return options;
  }
}

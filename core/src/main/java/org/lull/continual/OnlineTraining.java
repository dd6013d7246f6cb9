// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.lull.cost.OperationCounts;
import org.lull.kernel.Kernels;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Normalisation;
import org.lull.train.Diverged;
import org.lull.train.Example;
import org.lull.train.LearningRate;
import org.lull.train.Optimiser;
import org.lull.train.RandomStreams;
import org.lull.train.Trainer;
import org.lull.train.TrainingOptions;

/**
 * How an example is learned by training: steps on it and on exemplars, until its budget of multiply-adds is spent, while the outputs of the
 * classes of the original model are held to what that gives. The optimiser begins anew for each example, so that the network and the memory
 * are all there is to keep, and the result is a function of them, the example and its position alone.
 */
final class OnlineTraining {
  /** Where nothing fires no step costs anything. */
  private static final int MOST_STEPS = 200;

  private final Mode mode;
  private final Normalisation normalisation;
  private final OnlineSettings settings;
  private final TrainingOptions options;

  /**
   * What learning gave.
   *
   * @param training multiply-adds of the training steps, one count a layer
   * @param inference of what ran forward alone
   */
  record Outcome(Network network, int steps, OperationCounts training, OperationCounts inference) {}

  OnlineTraining(Mode mode, Normalisation normalisation, OnlineSettings settings) {
    this.mode = mode;
    this.normalisation = normalisation;
    this.settings = settings;
    options = TrainingOptions.builder().epochs(1).batch(settings.batch()).optimiser(Optimiser.sgd(0.9))
        .learningRate(settings.learningRate()).schedule(LearningRate.Shape.CONSTANT).warmup(0).seed(settings.seed()).threads(1).build();
  }

  /** The network with one class more, whose weights are the means of those of the classes there are: it begins as likely as any. */
  static Network grown(Network network) {
    int known = network.spec().outputs();
    int[] rows = new int[known + 1];
    Arrays.setAll(rows, k -> k < known ? k : -1);
    Network grown = network.withOutputs(rows);
    float[] parameters = grown.parameters();
    int row = Kernels.pad(grown.spec().hidden());
    for (int k = 0; k < known; k++) {
      for (int u = 0; u < row; u++) {
        parameters[grown.headWeight() + known * row + u] += parameters[grown.headWeight() + k * row + u] / known;
      }
      parameters[grown.headBias() + known] += parameters[grown.headBias() + k] / known;
    }
    return grown;
  }

  /**
   * Learns an example.
   *
   * @param network that has its class; it stays as it is
   * @param teacher whose outputs are the network's first ones; null where none is left of those of the original model
   * @param position of the example among all that were learned, for random numbers
   * @throws Diverged if the network would come to no finite numbers
   */
  Outcome learn(Network network, Network teacher, ExemplarMemory memory, Exemplar exemplar, long position) {
    Network student = network.copy();
    Example example = exemplar.example(normalisation);
    Inference original = teacher == null ? null : new Inference(teacher, mode, normalisation);
    OperationCounts inference = teacher == null ? network.operationCounts() : original.operations();
    Map<Example, float[]> before = new IdentityHashMap<>();
    Distillation loss = new Distillation(Distillation.Kind.SOFTMAX, settings.distillation(), 2, before);
    SplittableRandom random = RandomStreams.of(settings.seed(), "replay", position);
    int steps = 0;
    OperationCounts training = network.operationCounts();
    try (Trainer trainer = new Trainer(student, normalisation, mode, options, null, loss)) {
      do {
        List<Example> batch = batch(example, memory, network.spec().outputs(), random);
        before.clear();
        if (original != null) {
          batch.forEach(each -> before.put(each, original.scores(each)));
        }
        trainer.step(batch, 1, steps++ * settings.batch(), settings.learningRate());
        training.add(trainer.takeOperations());
      } while (spent(training) + spent(inference) < settings.operations() && steps < MOST_STEPS);
    }
    float[] scores = new Inference(student, mode, normalisation).scores(example);
    for (float score : scores) {
      if (!Float.isFinite(score)) {
        throw new Diverged("learning " + example.id() + " led to a score of " + score + "; lower the learning rate");
      }
    }
    return new Outcome(student, steps, training, inference);
  }

  private static long spent(OperationCounts counts) {
    return counts.total();
  }

  /** The example, and exemplars of classes drawn evenly from those that have any. */
  private List<Example> batch(Example example, ExemplarMemory memory, int classes, SplittableRandom random) {
    List<List<Exemplar>> pools = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      if (!memory.of(label).isEmpty()) {
        pools.add(memory.of(label));
      }
    }
    List<Example> batch = new ArrayList<>(List.of(example));
    while (batch.size() < settings.batch() && !pools.isEmpty()) {
      List<Exemplar> pool = pools.get(random.nextInt(pools.size()));
      batch.add(pool.get(random.nextInt(pool.size())).example(normalisation));
    }
    return batch;
  }
}

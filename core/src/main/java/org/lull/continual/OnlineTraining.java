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
 * Learns an example by training steps on the example and on exemplars, until the budget of multiply-adds is spent. Distillation keeps the
 * outputs of the original classes near the original model's. The optimiser starts with a new state for each example. So only the network
 * and the memory have to be kept, and the result depends only on them, the example and its position.
 */
final class OnlineTraining {
  /** Largest number of steps. It is needed because steps cost nothing if nothing fires. */
  private static final int MOST_STEPS = 200;

  private final Mode mode;
  private final Normalisation normalisation;
  private final OnlineSettings settings;
  private final TrainingOptions options;

  /**
   * The result of learning an example.
   *
   * @param training multiply-adds of the training steps, one count per layer
   * @param inference multiply-adds of forward passes outside training steps
   */
  record Outcome(Network network, int steps, OperationCounts training, OperationCounts inference) {}

  OnlineTraining(Mode mode, Normalisation normalisation, OnlineSettings settings) {
    this.mode = mode;
    this.normalisation = normalisation;
    this.settings = settings;
    options = TrainingOptions.builder().epochs(1).batch(settings.batch()).optimiser(Optimiser.sgd(0.9))
        .learningRate(settings.learningRate()).schedule(LearningRate.Shape.CONSTANT).warmup(0).seed(settings.seed()).threads(1).build();
  }

  /**
   * A copy of the network with one more class. Its weights are the means of those of the other classes, so that it starts as likely as any.
   */
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
   * @param network network that has the class of the example; it is not changed
   * @param teacher network of the original classes that are left; its outputs are the first outputs of {@code network}. Null if no original
   *     class is left
   * @param position number of the example among all learned examples, for random numbers
   * @throws Diverged if a number is not finite
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

  /** The example, and exemplars. Their classes are drawn evenly from the classes that have exemplars. */
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

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.ArrayList;
import java.util.List;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Normalisation;

/** Times the training steps of trained networks. The networks take turns on the same batches. */
public final class StepComparison {
  /** Training steps before timing starts. */
  private static final int WARM_UP = 10;
  /** Largest number of different batches: enough to be typical, few enough to prepare in advance. */
  private static final int BATCHES = 32;

  /** Seconds. */
  private static final int LONGEST = 3600;

  private StepComparison() {}

  /** @throws InvalidInputException if {@code seconds} is out of range */
  public static void requireTime(double seconds) {
    if (!(seconds >= 0 && seconds <= LONGEST)) {
      throw new InvalidInputException("timing: " + seconds + " seconds, expected 0 to " + LONGEST);
    }
  }

  /** A network and the mode of its steps. The network is not changed. */
  public record Contestant(Network network, Mode mode) {}

  /**
   * Median time of a training step (forward, backward, update) of each contestant, in microseconds.
   *
   * @param train training examples, which are shuffled and augmented as in a first epoch; at least one
   * @param options that the networks were trained with
   * @param seconds how long to measure; 0 for the fewest steps that give a median
   */
  public static double[] medianMicros(List<Contestant> contestants, Normalisation normalisation, Loss loss, List<Example> train,
      TrainingOptions options, double seconds) {
    List<Trainer> trainers = contestants.stream()
        .map(contestant -> new Trainer(contestant.network.copy(), normalisation, contestant.mode, options, null, loss)).toList();
    try {
      List<Batch> batches = batches(trainers.getFirst(), train, options.batch());
      return StepTimer.medianMicros(trainers.stream().map(trainer -> steps(trainer, batches)).toList(), WARM_UP, seconds);
    } finally {
      trainers.forEach(Trainer::close);
    }
  }

  /** The batches of the first epoch, shuffled, augmented and normalised before timing starts. */
  private static List<Batch> batches(Trainer trainer, List<Example> train, int batch) {
    List<Example> order = trainer.shuffled(train, 1);
    int size = Math.min(batch, order.size());
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from + size <= order.size() && batches.size() < BATCHES; from += size) {
      batches.add(trainer.augmented(order.subList(from, from + size), 1, from).made());
    }
    return batches;
  }

  /** Training steps that repeat the batches, with a learning rate too small to change what fires. */
  private static Runnable steps(Trainer trainer, List<Batch> batches) {
    int[] next = {0};
    return () -> {
      trainer.step(batches.get(next[0]), 1, 0, 1e-6);
      next[0] = (next[0] + 1) % batches.size();
    };
  }
}

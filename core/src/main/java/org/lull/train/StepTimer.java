package org.lull.train;

import java.util.ArrayList;
import java.util.List;

/**
 * Times training steps of several trainers in turn on the same batches, so that whatever else the machine does falls on all alike.
 */
final class StepTimer {
  /** Steps before the clock counts, for the compiler. */
  private static final int WARM_UP = 10;

  /** Rounds there are at least. */
  private static final int ROUNDS = WARM_UP + 3;

  private StepTimer() {}

  /** Median time of a step of each, in microseconds. */
  static double[] medianMicros(List<Trainer> trainers, List<Example> examples, int batch, double seconds, Progress progress) {
    try (Progress.Task task = progress.begin("timing", ROUNDS)) {
      return medianMicros(trainers, examples, batch, seconds, task);
    }
  }

  private static double[] medianMicros(List<Trainer> trainers, List<Example> examples, int batch, double seconds, Progress.Task task) {
    List<List<Double>> times = new ArrayList<>();
    trainers.forEach(trainer -> times.add(new ArrayList<>()));
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int round = 0; round < ROUNDS || System.nanoTime() < end; round++) {
      int from = Math.floorMod(round * batch, Math.max(1, examples.size() - batch + 1));
      List<Example> some = examples.subList(from, Math.min(examples.size(), from + batch));
      for (int i = 0; i < trainers.size(); i++) {
        long start = System.nanoTime();
        trainers.get(i).step(some, 1, from, 1e-6);
        if (round >= WARM_UP) {
          times.get(i).add((System.nanoTime() - start) / 1e3);
        }
      }
      if (round < ROUNDS) {
        task.advance(1);
      }
    }
    return times.stream().mapToDouble(list -> list.stream().sorted().toList().get(list.size() / 2)).toArray();
  }
}

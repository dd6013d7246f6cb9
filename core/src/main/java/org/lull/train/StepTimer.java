package org.lull.train;

import java.util.ArrayList;
import java.util.List;

/** Times steps of several contestants in turn, so that whatever else the machine does falls on all alike. */
public final class StepTimer {
  /** Rounds that count, at least. */
  private static final int ROUNDS = 3;

  private StepTimer() {}

  /**
   * Median time of a step of each, in microseconds.
   *
   * @param warmUpRounds rounds before the clock counts, for the compiler
   * @param seconds how long to go on counting
   */
  public static double[] medianMicros(List<Runnable> steps, int warmUpRounds, double seconds) {
    List<List<Double>> times = new ArrayList<>();
    steps.forEach(step -> times.add(new ArrayList<>()));
    for (int round = 0; round < warmUpRounds; round++) {
      steps.forEach(Runnable::run);
    }
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int round = 0; round < ROUNDS || System.nanoTime() < end; round++) {
      for (int i = 0; i < steps.size(); i++) {
        long start = System.nanoTime();
        steps.get(i).run();
        times.get(i).add((System.nanoTime() - start) / 1e3);
      }
    }
    return times.stream().mapToDouble(list -> list.stream().sorted().toList().get(list.size() / 2)).toArray();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.ArrayList;
import java.util.List;

/**
 * Times steps of several contestants in turn, so that other load on the machine affects all of them equally. A turn is a few milliseconds
 * of consecutive steps, as in training. With one step per turn each contestant would find the caches full of the others' data.
 */
public final class StepTimer {
  /** Smallest number of rounds that are measured. */
  private static final int ROUNDS = 3;

  private static final long TURN_NANOS = 5_000_000;

  private StepTimer() {}

  /** Times of a contestant's steps, in microseconds: half of them lie between the quartiles. */
  public record Times(double lowerQuartile, double median, double upperQuartile) {
    /** @param micros at least one */
    static Times of(List<Double> micros) {
      List<Double> sorted = micros.stream().sorted().toList();
      return new Times(sorted.get(sorted.size() / 4), sorted.get(sorted.size() / 2), sorted.get(sorted.size() * 3 / 4));
    }

    /** How far the times vary: the distance of the quartiles, as a share of the median. */
    public double spread() {
      return (upperQuartile - lowerQuartile) / median;
    }
  }

  /**
   * Median time of a step of each contestant, in microseconds.
   *
   * @param warmUpRounds rounds before timing starts, so that the JIT compiler is done
   * @param seconds how long to measure
   */
  public static double[] medianMicros(List<Runnable> steps, int warmUpRounds, double seconds) {
    return times(steps, warmUpRounds, seconds).stream().mapToDouble(Times::median).toArray();
  }

  /** The same, with the spread of the times. */
  public static List<Times> times(List<Runnable> steps, int warmUpRounds, double seconds) {
    List<List<Double>> times = new ArrayList<>();
    steps.forEach(step -> times.add(new ArrayList<>()));
    for (int round = 0; round < warmUpRounds; round++) {
      steps.forEach(Runnable::run);
    }
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int round = 0; round < ROUNDS || System.nanoTime() < end; round++) {
      for (int i = 0; i < steps.size(); i++) {
        turn(steps.get(i), times.get(i));
      }
    }
    return times.stream().map(Times::of).toList();
  }

  private static void turn(Runnable step, List<Double> times) {
    long end = System.nanoTime() + TURN_NANOS;
    long now = System.nanoTime();
    do {
      step.run();
      long next = System.nanoTime();
      times.add((next - now) / 1e3);
      now = next;
    } while (now < end);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.EnumMap;
import java.util.Map;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.NetworkSpec;
import org.lull.rnn.Cell;
import org.lull.train.Workload;

/** How long training takes for an example, which tells about how long experiments will take before they begin. */
@FunctionalInterface
public interface StepTimes {
  /**
   * Seconds of one thread for the forward and backward pass of an example.
   *
   * @param inputs channels of the example
   * @param classes outputs of the network
   * @param steps timesteps of the example
   */
  double secondsPerExample(NetworkConfig network, int inputs, int classes, int steps, Mode mode);

  /**
   * By the time of a few steps of a network of 2 x 64 units on random sequences, which takes a second or two. That of other networks
   * follows from their numbers of weights. The delta network is 80 % sparse.
   */
  static StepTimes measured() {
    Workload.Shape shape = Workload.Shape.named("56k");
    Cell lstm = Cell.named("lstm");
    Map<Mode, Double> perWeight = new EnumMap<>(Mode.class);
    return (network, inputs, classes, steps, mode) -> {
      double seconds;
      synchronized (perWeight) {
        seconds = perWeight.computeIfAbsent(mode,
            _ -> Fastest.seconds(shape, lstm, mode) / shape.steps() / shape.spec(lstm).parameters());
      }
      long weights =
          new NetworkSpec(network.cell(), inputs, network.layers(), network.hidden(), classes, Head.MEAN).parameters();
      return steps * weights * seconds;
    };
  }

  /** Measures a training step. */
  final class Fastest {
    private static final int BATCH = 8;
    private static final int ROUNDS = 40;
    private static final long ROUND_NANOS = 100_000_000;
    /** Rounds without a faster step, after which the code is taken to be compiled. */
    private static final int STEADY = 4;

    private Fastest() {}

    /** Of a sequence, on one thread. The fastest step counts: it is the least disturbed by others and by the compiler. */
    private static double seconds(Workload.Shape shape, Cell cell, Mode mode) {
      try (Workload workload = new Workload(shape, cell, mode, 0.8, BATCH, 1)) {
        double best = Double.POSITIVE_INFINITY;
        int steady = 0;
        for (int round = 0; round < ROUNDS && steady < STEADY; round++) {
          double fastest = fastest(workload);
          steady = fastest < 0.9 * best ? 0 : steady + 1;
          best = Math.min(best, fastest);
        }
        return best / BATCH;
      }
    }

    private static double fastest(Workload workload) {
      long best = Long.MAX_VALUE;
      long start = System.nanoTime();
      for (long now = start; now - start < ROUND_NANOS;) {
        workload.train();
        long next = System.nanoTime();
        best = Math.min(best, next - now);
        now = next;
      }
      return best / 1e9;
    }
  }
}

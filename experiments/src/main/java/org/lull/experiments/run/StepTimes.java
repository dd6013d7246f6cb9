// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.lull.network.Mode;
import org.lull.train.StepTimer;
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

  /** By a few steps on random sequences, a fraction of a second for each kind of network. The delta network is 80 % sparse. */
  static StepTimes measured() {
    record Kind(NetworkConfig network, int inputs, int classes, Mode mode) {}
    Map<Kind, Double> perTimestep = new ConcurrentHashMap<>();
    return (network, inputs, classes, steps, mode) -> steps * perTimestep.computeIfAbsent(new Kind(network, inputs, classes, mode),
        kind -> secondsPerTimestep(network, inputs, classes, mode));
  }

  private static double secondsPerTimestep(NetworkConfig network, int inputs, int classes, Mode mode) {
    int steps = 60;
    int batch = 8;
    Workload.Shape shape = new Workload.Shape("estimate", network.layers(), inputs, network.hidden(), classes, steps);
    try (Workload workload = new Workload(shape, network.cell(), mode, 0.8, batch, 1)) {
      StepTimer.medianMicros(List.of(workload::train), 1, 0.2); // until the code is compiled
      return StepTimer.medianMicros(List.of(workload::train), 1, 0.1)[0] / 1e6 / (batch * steps);
    }
  }
}

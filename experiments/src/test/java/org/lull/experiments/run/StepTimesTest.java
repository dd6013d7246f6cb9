// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.lull.network.Mode;

class StepTimesTest {
  @Test
  void aKindOfNetworkIsMeasuredOnceAndTakesTimeByTimesteps() {
    StepTimes times = StepTimes.measured();
    NetworkConfig network = RunConfig.defaults().with("hidden", "8").network();
    for (Mode mode : Mode.values()) {
      double seconds = times.secondsPerExample(network, 3, 4, 50, mode);
      assertThat(seconds).isPositive().isEqualTo(times.secondsPerExample(network, 3, 4, 50, mode));
      assertThat(times.secondsPerExample(network, 3, 4, 100, mode)).isCloseTo(2 * seconds, within(1e-12));
    }
  }
}

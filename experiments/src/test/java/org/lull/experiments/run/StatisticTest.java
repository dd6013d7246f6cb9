// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticTest {
  @Test
  void knownValues() {
    Statistic statistic = Statistic.of(Arrays.asList(2.0, 4.0, null, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0));
    assertThat(statistic.mean()).isEqualTo(5);
    assertThat(statistic.deviation()).isCloseTo(Math.sqrt(32.0 / 7), within(1e-12));
    assertThat(statistic.error()).isCloseTo(Math.sqrt(32.0 / 7 / 8), within(1e-12));
  }

  @Test
  void oneValueHasNoDeviationAndNoneHasNoMean() {
    assertThat(Statistic.of(List.of(0.5))).isEqualTo(new Statistic(0.5, null, null));
    assertThat(Statistic.of(Collections.singletonList(null))).isNull();
  }
}

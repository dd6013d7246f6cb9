// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AboutTimeTest {
  @ParameterizedTest
  @CsvSource({"0, less than a minute", "59.9, less than a minute", "60, about 1 min", "1500, about 25 min", "5399, about 90 min",
      "5400, about 1.5 h", "12600, about 3.5 h", "36000, about 10 h", "129600, about 1.5 days", "1e7, about 116 days"})
  void timesClaimNoMoreThanAnEstimateCan(double seconds, String text) {
    assertThat(AboutTime.of(seconds)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"1", "1000000"})
  void jobsShareTheWorkAsFarAsThereAreCores(int jobs) {
    int cores = Runtime.getRuntime().availableProcessors();
    assertThat(AboutTime.of(3600.0 * cores, jobs)).isEqualTo(AboutTime.of(jobs == 1 ? 3600.0 * cores : 3600));
  }
}

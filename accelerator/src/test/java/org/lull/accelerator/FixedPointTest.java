// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FixedPointTest {
  @ParameterizedTest
  @CsvSource({"5, 1, 2", "7, 1, 4", "-5, 1, -2", "-7, 1, -4", "6, 2, 2", "10, 2, 2", "11, 2, 3", "-1, 3, 0", "-4, 3, 0", "-12, 3, -2",
      "5, 0, 5", "-5, 0, -5"})
  void halvesGoToTheEvenNumber(long a, int n, long expected) {
    assertThat(FixedPoint.rne(a, n)).isEqualTo(expected);
  }

  @Test
  void roundsAsDecimalsDo() {
    SplittableRandom random = new SplittableRandom(1);
    for (int k = 0; k < 20_000; k++) {
      int n = random.nextInt(37);
      long a = random.nextLong() >> 15 + random.nextInt(49);
      long expected = BigDecimal.valueOf(a).divide(BigDecimal.valueOf(1L << n)).setScale(0, RoundingMode.HALF_EVEN).longValueExact();
      assertThat(FixedPoint.rne(a, n)).as("%d / 2^%d", a, n).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"0.5, 8192, 4096", "100, 8192, 32767", "-100, 8192, -32768", "1.5, 1, 2", "2.5, 1, 2", "1e300, 4096, 32767",
      "-4, 8192, -32768"})
  void quantisationRoundsAndSaturates(double value, double scale, int expected) {
    assertThat(FixedPoint.quantise(value, scale)).isEqualTo((short) expected);
  }
}

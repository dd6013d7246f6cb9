// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ActivationTableTest {
  /** The errors that docs/accelerator.md gives. */
  @Test
  void isAsExactAsTheDocumentSays() throws IOException {
    double worstTanh = 0;
    double worstSigmoid = 0;
    for (int m = Short.MIN_VALUE; m <= Short.MAX_VALUE; m++) {
      double x = m / 4096.0;
      worstTanh = Math.max(worstTanh, Math.abs(ActivationTable.tanh(m) / 32768.0 - Math.tanh(x)));
      worstSigmoid = Math.max(worstSigmoid, Math.abs(ActivationTable.sigmoid(m) / 32768.0 - 1 / (1 + Math.exp(-x))));
    }
    assertThat(worstTanh).isBetween(1.0e-4, 1.2e-4);
    assertThat(worstSigmoid).isBetween(7.0e-5, 7.5e-5);
    assertThat(Files.readString(Path.of("../docs/accelerator.md"))).contains("tanh is exact to 1.2e-4, sigmoid to 7.5e-5");
  }

  @Test
  void neverFallsAndNeverReachesOne() {
    for (int m = Short.MIN_VALUE; m < Short.MAX_VALUE; m++) {
      assertThat(ActivationTable.tanh(m + 1)).isGreaterThanOrEqualTo(ActivationTable.tanh(m)).isBetween(-32767, 32767);
      assertThat(ActivationTable.sigmoid(m + 1)).isGreaterThanOrEqualTo(ActivationTable.sigmoid(m)).isBetween(1, 32767);
    }
    assertThat(ActivationTable.sigmoid(0)).isEqualTo(16384);
    assertThat(ActivationTable.tanh(0)).isZero();
  }

  @Test
  void tanhIsOdd() {
    for (int m = 0; m <= Short.MAX_VALUE; m++) {
      assertThat(ActivationTable.tanh(-m)).isEqualTo(-ActivationTable.tanh(m));
    }
  }

  @Test
  void theLogicHasTheSameTable() throws IOException {
    assertThat(Path.of("rtl/activation_table.svh")).hasContent(ActivationTable.systemVerilog());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableTest {
  private final Table table = new Table().row("network", "seed", "test accuracy", "sparsity x", "reduction")
      .row("dense", "1", "99.4 %", "0.0 %", "1.0x").row("delta", "10", "98.3 %", "80.1 %", "6.4x");

  @Test
  void aTableThatFitsIsWhole() {
    assertThat(table.fitted(57, 2)).isEqualTo(table.toString());
    assertThat(table.toString().lines()).first().isEqualTo("network   seed   test accuracy   sparsity x   reduction");
  }

  @Test
  void aWiderTableGoesOnBelowWithItsFirstColumnsAgain() {
    assertThat(table.fitted(48, 2).lines()).containsExactly("network   seed   test accuracy   sparsity x",
        "dense        1          99.4 %        0.0 %", "delta       10          98.3 %       80.1 %", "", "network   seed   reduction",
        "dense        1        1.0x", "delta       10        6.4x");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 30, 31, 43, 44, 55, 56})
  void nothingIsLost(int width) {
    String text = table.fitted(width, 2);
    assertThat(text).contains("test accuracy", "sparsity x", "reduction", "99.4 %", "80.1 %", "6.4x");
    assertThat(text.lines()).allMatch(line -> line.length() <= Math.max(width, "network   seed   test accuracy".length()));
  }
}

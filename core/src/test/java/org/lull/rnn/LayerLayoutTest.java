// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lull.kernel.Kernels;

class LayerLayoutTest {
  private static final int BASE = Kernels.ALIGNED;

  /** Weights of 512 kB and less are in panels of 64 units, larger ones in an even number of equal ones, of 256 units at most. */
  @ParameterizedTest
  @CsvSource({
      "lstm, 1, 1, 16", "lstm, 16, 64, 64", "lstm, 16, 130, 64:64:16", "lstm, 128, 128, 64:64", "lstm, 129, 128, 64:64",
      "lstm, 200, 130, 80:64", "gru, 150, 130, 64:64:16", "rnn, 16, 300, 64:64:64:64:48", "lstm, 256, 256, 128:128",
      "lstm, 16, 512, 256:256",
      "lstm, 16, 600, 160:160:160:128", "lstm, 600, 768, 192:192:192:192", "lstm, 1000, 100, 64:48", "mingru, 16, 300, 64:64:64:64:48",
      "mingru, 300, 300, 160:144", "lnlstm, 5, 7, 16", "lnlstm, 16, 130, 144", "lnlstm, 600, 768, 768"})
  void panels(String cell, int inputs, int units, String expected) {
    LayerLayout layout = new LayerLayout(Cell.named(cell), inputs, units, BASE);
    assertThat(IntStream.range(0, layout.panels()).mapToObj(p -> Integer.toString(layout.panelUnits(p))))
        .containsExactly(expected.split(":"));
    assertThat(IntStream.range(0, layout.panels()).map(layout::firstUnit)).allMatch(u -> u % layout.panelUnits(0) == 0);
  }

  static Stream<Arguments> shapes() {
    return Cells.ALL.stream().map(Cell::name).flatMap(cell -> Stream.of(new int[] {3, 1}, new int[] {16, 64}, new int[] {40, 130},
        new int[] {200, 130}, new int[] {300, 600}).map(shape -> Arguments.of(cell, shape[0], shape[1])));
  }

  /** Every weight and every bias has a place of its own, on lines of the cache by column, and none is outside. */
  @ParameterizedTest
  @MethodSource("shapes")
  void placesAreDistinct(String name, int inputs, int units) {
    Cell cell = Cell.named(name);
    LayerLayout layout = new LayerLayout(cell, inputs, units, BASE);
    BitSet taken = new BitSet();
    for (int j = 0; j < layout.columns(); j++) {
      for (int block = 0; block < (j < inputs ? cell.blocksOfX() : cell.blocksOfH()); block++) {
        for (int u = 0; u < units; u++) {
          take(taken, layout.weight(j, block, u));
        }
      }
    }
    assertThat(taken.length()).isLessThanOrEqualTo(layout.bias(0));
    for (int block = 0; block < cell.blocks(); block++) {
      for (int u = 0; u < units; u++) {
        take(taken, layout.bias(0) + layout.unitInBlocks(cell.blocks(), block, u));
      }
    }
    assertThat(taken.length()).isLessThanOrEqualTo(layout.own(0));
    for (int block = 0; block < cell.parameterBlocks(); block++) {
      for (int u = 0; u < units; u++) {
        take(taken, layout.own(block, u));
      }
    }
    assertThat(taken.nextSetBit(0)).isEqualTo(BASE);
    assertThat(taken.length()).isLessThanOrEqualTo(layout.end());
    for (int p = 0; p < layout.panels(); p++) {
      assertThat(layout.column(p, layout.columns())).isEqualTo(p < layout.panels() - 1 ? layout.column(p + 1, 0) : layout.bias(0));
      for (int j = 0; j < layout.columns(); j++) {
        assertThat(layout.column(p, j + 1) - layout.column(p, j)).isEqualTo(j < inputs ? layout.strideOfX(p) : layout.strideOfH(p))
            .isGreaterThanOrEqualTo(layout.rows(p, j));
      }
      assertThat((layout.column(p, 1) - BASE) % Kernels.LANES).isZero();
    }
  }

  private static void take(BitSet taken, int place) {
    assertThat(taken.get(place)).isFalse();
    taken.set(place);
  }
}

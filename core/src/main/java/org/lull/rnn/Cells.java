// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.List;
import org.lull.input.InvalidInputException;

/** All cells. Options, help, model files and the shared tests take them from here, so a new cell needs no other line. */
public final class Cells {
  public static final List<Cell> ALL = List.of(
      new LstmCell(),
      new GruCell(),
      new VanillaCell(),
      new MinGruCell(),
      new IndRnnCell(),
      new PeepholeLstmCell(),
      new LayerNormLstmCell());

  private Cells() {}

  /** The names of all cells, for messages: "lstm, gru or rnn". */
  public static String names() {
    List<String> names = ALL.stream().map(Cell::name).toList();
    return String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
  }

  /**
   * The cell of that name.
   *
   * @throws InvalidInputException if there is none
   */
  public static Cell named(String name) {
    return ALL.stream().filter(cell -> cell.name().equals(name)).findFirst()
        .orElseThrow(() -> new InvalidInputException("cell \"" + name + "\" is unknown; choose " + names()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange;

import java.util.Locale;
import org.lull.input.InvalidInputException;
import org.lull.rnn.Cell;

/** The recurrent cells that Lull and other programs have in common. Gates are in PyTorch's order, as in {@link RecurrentWeights}. */
public enum CellKind {
  /** Gates i f g o; sigmoid for i f o, tanh for g and for what leaves the cell state. */
  LSTM(4, "LSTM"),
  /** Gates r z n; the reset gate after the product, {@code n = tanh(W_in x + b_in + r (W_hn h + b_hn))}. */
  GRU(3, "GRU"),
  /** One gate; {@code h = tanh(W_ih x + b_ih + W_hh h + b_hh)}. */
  RNN(1, "RNN"),
  /** LSTM whose gates i and f also see c_{t-1}, and whose gate o sees c_t, each by a weight a unit. Of ONNX, not of PyTorch or Keras. */
  PEEPHOLE(4, "LSTM with peepholes");

  private final int gates;
  private final String displayName;

  CellKind(int gates, String displayName) {
    this.gates = gates;
    this.displayName = displayName;
  }

  /** Number of gates: the rows of the weights are gates times hidden units. */
  public int gates() {
    return gates;
  }

  public String displayName() {
    return displayName;
  }

  /** The same cell of Lull. */
  public Cell cell() {
    return Cell.named(name().toLowerCase(Locale.ROOT));
  }

  /**
   * The kind of a cell of Lull.
   *
   * @throws InvalidInputException if other programs have no such cell
   */
  public static CellKind of(Cell cell) {
    for (CellKind kind : values()) {
      if (kind.cell().equals(cell)) {
        return kind;
      }
    }
    throw new InvalidInputException("the cell " + cell.displayName() + " is one of Lull's own, which PyTorch, Keras and ONNX do not have;"
        + " expected lstm, gru, rnn or peephole");
  }
}

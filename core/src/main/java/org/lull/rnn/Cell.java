// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.lull.input.InvalidInputException;
import org.lull.kernel.CellKernel;

/**
 * The pointwise part of a recurrent cell; everything else belongs to {@link DeltaLayer} and {@link DenseLayer}.
 *
 * <p>A cell says into how many row blocks its delta memory M is divided (a block has one row for each hidden unit), which of them the
 * columns of x and of h feed, and maps M_t to h_t forward and dL/dh_t to dL/dM_t backward ({@link CellKernel}). A new cell is one more file
 * beside {@link VanillaCell}, in plain loops, and a line in {@link Cells}. A twin of it on vectors, where that is worth while, is one more
 * file beside {@code VectorLstm} and a line in {@code VectorKernels}.
 */
public interface Cell extends CellKernel {
  /** The name for humans: "LSTM". */
  default String displayName() {
    return name().toUpperCase(Locale.ROOT);
  }

  /** Row blocks of M. */
  int blocks();

  /** How many of the row blocks the columns of x feed: the first ones. */
  default int blocksOfX() {
    return blocks();
  }

  /** How many of the row blocks the columns of h feed: the last ones. 0 for a cell without a recurrent product, whose h has no columns. */
  default int blocksOfH() {
    return blocks();
  }

  /** Blocks kept of each timestep for the backward pass; the first {@link #blocks()} of them are overwritten with dL/dM_t there. */
  int saved();

  /**
   * Additions, multiplications and divisions of the pointwise stages of one unit and timestep, forward and backward, those of exp included:
   * the work that sparsity does not touch.
   */
  int pointwiseOperations();

  /** What the biases of a row block begin training with. */
  default float initialBias(int block) {
    return 0;
  }

  /** Parameters beside W and the biases, each a number or a few for every unit, such as peepholes. They are not delta encoded. */
  default List<CellParameter> parameters() {
    return List.of();
  }

  /**
   * Whether the cell needs all units of the layer at once, as a norm over them does. The layer is then one panel, which one thread works on
   * at a time.
   */
  default boolean wholeLayer() {
    return false;
  }

  /** PyTorch's gate for each row block that x feeds: the block's rows in weight_ih. */
  default int[] gatesOfX() {
    return IntStream.range(0, blocksOfX()).toArray();
  }

  /** PyTorch's gate for each row block that h feeds: the block's rows in weight_hh. */
  default int[] gatesOfH() {
    return IntStream.range(0, blocksOfH()).toArray();
  }

  /** The first row block the columns of h feed. */
  default int firstBlockOfH() {
    return blocks() - blocksOfH();
  }

  /** Floats a unit that {@link #parameters} take. */
  default int parameterBlocks() {
    return parameters().stream().mapToInt(CellParameter::blocks).sum();
  }

  /**
   * The cell of that name, of those in {@link Cells}.
   *
   * @throws InvalidInputException where there is none
   */
  static Cell named(String name) {
    return Cells.named(name);
  }
}

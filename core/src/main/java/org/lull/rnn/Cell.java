// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.lull.input.InvalidInputException;
import org.lull.kernel.CellKernel;

/**
 * The pointwise part of a recurrent cell. {@link DeltaLayer} and {@link DenseLayer} do everything else.
 *
 * <p>A cell says how many row blocks its delta memory M has (a block has one row for each hidden unit), and which of them the columns of x
 * and of h feed. It computes h_t from M_t, and dL/dM_t from dL/dh_t ({@link CellKernel}). A new cell is one more file beside {@link
 * VanillaCell}, in plain loops, and a line in {@link Cells}. A vector version, if it is worth it, is one more file beside {@code
 * VectorLstm} and a line in {@code VectorKernels}.
 */
public interface Cell extends CellKernel {
  /** The name for humans: "LSTM". */
  default String displayName() {
    return name().toUpperCase(Locale.ROOT);
  }

  /** Number of row blocks of M. */
  int blocks();

  /** Number of row blocks that the columns of x feed: the first ones. */
  default int blocksOfX() {
    return blocks();
  }

  /** Number of row blocks that the columns of h feed: the last ones. 0 for a cell without a product with h. */
  default int blocksOfH() {
    return blocks();
  }

  /** Number of blocks saved for each timestep. The backward pass overwrites the first {@link #blocks()} of them with dL/dM_t. */
  int saved();

  /**
   * Number of additions, multiplications and divisions (including those of exp) of the pointwise stages of one unit and timestep, forward
   * and backward. Sparsity does not reduce this work.
   */
  int pointwiseOperations();

  /** Initial value of the biases of a row block. */
  default float initialBias(int block) {
    return 0;
  }

  /** Parameters beside W and the biases, each a number or a few for every unit, such as peepholes. They are not delta encoded. */
  default List<CellParameter> parameters() {
    return List.of();
  }

  /**
   * Whether the cell needs all units of the layer at once, as for a norm over the units. Then the layer has one panel, and one thread
   * computes it.
   */
  default boolean wholeLayer() {
    return false;
  }

  /** For each row block that x feeds, the index of its gate in weight_ih of PyTorch. */
  default int[] gatesOfX() {
    return IntStream.range(0, blocksOfX()).toArray();
  }

  /** For each row block that h feeds, the index of its gate in weight_hh of PyTorch. */
  default int[] gatesOfH() {
    return IntStream.range(0, blocksOfH()).toArray();
  }

  /** The first row block that the columns of h feed. */
  default int firstBlockOfH() {
    return blocks() - blocksOfH();
  }

  /** Number of values of {@link #parameters} for each unit. */
  default int parameterBlocks() {
    return parameters().stream().mapToInt(CellParameter::blocks).sum();
  }

  /**
   * The cell of that name in {@link Cells}.
   *
   * @throws InvalidInputException if there is none
   */
  static Cell named(String name) {
    return Cells.named(name);
  }
}

package org.lull.rnn;

import org.lull.input.InvalidInputException;
import org.lull.kernel.CellKernel;

/**
 * The pointwise part of a recurrent cell; everything else belongs to {@link DeltaLayer} and {@link DenseLayer}.
 *
 * <p>A cell says into how many row blocks its delta memory M is divided (a block has one row for each hidden unit), which of them the
 * columns of x and of h feed, and maps M_t to h_t forward and dL/dh_t to dL/dM_t backward ({@link CellKernel}). A new cell is one more file
 * beside these three, in plain loops, and its name in this one, among those permitted and in {@link #named}. A twin of it on vectors, where
 * that is worth while, is one more file beside {@code VectorLstm} and a line in {@code VectorKernels}.
 */
public sealed interface Cell extends CellKernel permits LstmCell, GruCell, VanillaCell {

  /** Row blocks of M. */
  int blocks();

  /** Row blocks one column of W feeds, consecutive: from block 0 for x. */
  int fed();

  /** First row block the columns of h feed. */
  int firstBlockOfH();

  /** Blocks kept of each timestep for the backward pass; the first {@link #blocks()} of them are overwritten with G_t there. */
  int saved();

  /** PyTorch's gate for each row block that x feeds: the block's rows in weight_ih. */
  int[] gatesOfX();

  /** PyTorch's gate for each row block that h feeds: the block's rows in weight_hh. */
  int[] gatesOfH();

  /**
   * Additions, multiplications and divisions of the pointwise stages of one unit and timestep, forward and backward, those of exp included:
   * the work that sparsity does not touch.
   */
  int pointwiseOperations();

  /**
   * The cell of that name: lstm, gru or rnn.
   *
   * @throws InvalidInputException where there is none
   */
  static Cell named(String name) {
    return switch (name) {
      case "lstm" -> new LstmCell();
      case "gru" -> new GruCell();
      case "rnn" -> new VanillaCell();
      default -> throw new InvalidInputException("cell \"" + name + "\" is unknown; choose lstm, gru or rnn");
    };
  }
}

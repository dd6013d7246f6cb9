package org.lull.rnn;

import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;

/**
 * The pointwise part of a recurrent cell; everything else belongs to {@link DeltaLayer} and {@link DenseLayer}.
 *
 * <p>A cell says into how many row blocks its delta memory M is divided (a block has one row for each hidden unit), which of them the
 * columns of x and of h feed, and maps M_t to h_t forward and dL/dh_t to dL/dM_t backward. A new cell is one more file beside these three,
 * in plain loops or with the kernels, and its name in this one, among those permitted and in {@link #named}.
 */
public sealed interface Cell permits LstmCell, GruCell, VanillaCell {

  /** As in options and model files: "lstm". */
  String name();

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
   * Forward, one panel of one timestep. All positions are in {@code a}; states are {@code units} long.
   *
   * @param units units of the panel, a multiple of LANES
   * @param m M_t, [{@link #blocks()}][units]
   * @param saved what backward will need is written here, [{@link #saved()}][units]; may begin at {@code m}
   * @param cBefore c_{t-1}, for cells that have one
   * @param c c_t is written here, by cells that have one
   * @param hBefore h_{t-1}
   * @param h h_t is written here
   * @param scratch room for [4][units]
   */
  void forward(Kernels kernels, float[] a, int units, int m, int saved, int cBefore, int c, int hBefore, int h, int scratch);

  /**
   * Backward of the same: G_t = G_{t+1} + dL/dM_t, written over {@code saved}.
   *
   * @param next G_{t+1}, or -1 for none: at the last timestep, and always in the dense layer, whose M is no integrator
   * @param cBefore c_{t-1}, for cells that have one
   * @param hBefore h_{t-1}
   * @param dh gradient of h_t that came back through the recurrent product
   * @param out gradient of h_t from the layer above, at {@code outAt}
   * @param carry gradient that passes from step to step beside the product (of c in an LSTM, of h in a GRU), in and out
   */
  void backward(Kernels kernels, float[] a, int units, int saved, int next, int cBefore, int hBefore, int dh, float[] out, int outAt,
      int carry);

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

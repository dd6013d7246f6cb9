// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

/**
 * The sizes of a recurrent layer from which its cost follows.
 *
 * @param inputs number of entries of x_t, Nx
 * @param entriesOfH number of entries of h_{t-1} that W has columns for: Nh, or 0 for a cell without a recurrent product
 * @param units number of hidden units, Nh
 * @param macsPerColumnOfX multiply-adds of one column of x in one product: the number of rows of W that an entry of x feeds
 * @param macsPerColumnOfH the same for a column of h
 * @param blocks number of row blocks of the delta memory M; a block has one row for each unit
 * @param saved number of values that a cell keeps for each unit and timestep for the backward pass
 * @param pointwiseOperations additions, multiplications and divisions of the cell for each unit and timestep, forward and backward
 */
public record LayerShape(int inputs, int entriesOfH, int units, long macsPerColumnOfX, long macsPerColumnOfH, int blocks, int saved,
    int pointwiseOperations) {
  /** Number of columns of W: one for each entry of x and of h. */
  public int columns() {
    return inputs + entriesOfH;
  }
}

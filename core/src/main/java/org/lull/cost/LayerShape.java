// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

/**
 * The sizes of a recurrent layer that decide what it costs.
 *
 * @param inputs entries of x_t, Nx
 * @param entriesOfH entries of h_{t-1} that W has columns for: Nh, or 0 of a cell without a recurrent product
 * @param units hidden units, Nh
 * @param macsPerColumnOfX multiply-adds of one column of W in one product: rows an entry of x feeds
 * @param macsPerColumnOfH the same of an entry of h
 * @param blocks row blocks of the delta memory M, each of a row a unit
 * @param saved values a cell keeps of each unit and timestep for the backward pass
 * @param pointwiseOperations additions, multiplications and divisions of the cell, for each unit and timestep, forward and backward
 */
public record LayerShape(int inputs, int entriesOfH, int units, long macsPerColumnOfX, long macsPerColumnOfH, int blocks, int saved,
    int pointwiseOperations) {
  /** Columns of W: entries of x and of h. */
  public int columns() {
    return inputs + entriesOfH;
  }
}

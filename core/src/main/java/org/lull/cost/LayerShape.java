package org.lull.cost;

/**
 * The sizes of a recurrent layer that decide what it costs.
 *
 * @param inputs entries of x_t, Nx
 * @param units hidden units, Nh
 * @param macsPerColumn multiply-adds of one column of W in one product: rows it feeds
 * @param blocks row blocks of the delta memory M, each of a row a unit
 * @param saved values a cell keeps of each unit and timestep for the backward pass
 * @param pointwiseOperations additions, multiplications and divisions of the cell, for each unit and timestep, forward and backward
 */
public record LayerShape(int inputs, int units, long macsPerColumn, int blocks, int saved, int pointwiseOperations) {
  /** Columns of W: entries of x and of h. */
  public int columns() {
    return inputs + units;
  }
}

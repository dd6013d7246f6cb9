// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

/**
 * The data of one step of a cell: one panel of units, at one timestep of one sequence. All values are in the array {@link #a} (except
 * {@link #above}), and the fields are offsets into it, in floats. A block is {@link #units} floats long. The caller owns the object and
 * sets the offsets before each step.
 */
public final class CellStep {
  /** For operations on whole blocks: {@link Kernels#sigmoid}, {@link Kernels#tanh}. */
  public Kernels kernels;

  public float[] a;

  /** Number of units of the panel, a multiple of {@link Kernels#LANES}. The values of padding are 0, and a cell must keep them 0. */
  public int units;

  /** Number of units without padding, for cells that need all of them together. */
  public int realUnits;

  /** The parameters of the cell beside W and biases, one after the other, [blocks][units]. */
  public int own;

  /** Forward: M_t, [blocks][units]. */
  public int m;

  /**
   * Values that forward saves for backward, [saved][units]; may be at the same place as {@link #m}. Backward overwrites the first blocks
   * with dL/dM_t.
   */
  public int saved;

  /** c_{t-1}, [units]. */
  public int cBefore;

  /** c_t, [units]; forward writes it, if the cell has a c. */
  public int c;

  /** h_{t-1}, [units]. */
  public int hBefore;

  /** h_t, [units], which forward writes. */
  public int h;

  /** Forward: working storage, [4][units]. */
  public int scratch;

  /** Backward: gradient of h_t through the recurrent product, from the timestep after, [units]. */
  public int dh;

  /** Backward: array of the gradient of h_t from the layer above, [units] at {@link #aboveAt}. */
  public float[] above;

  public int aboveAt;

  /** Backward: gradients of the parameters of the cell, [blocks][units]; backward adds to them. */
  public int ownGradient;

  /** Backward: gradient that goes from timestep to timestep without a product (of c in an LSTM, of h in a GRU), [units], in and out. */
  public int carry;
}

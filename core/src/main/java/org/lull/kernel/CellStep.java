// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

/**
 * What a cell works on: one panel of one timestep of one sequence. Everything is in the array {@link #a}, at these positions; a block is
 * {@link #units} floats long. Whoever runs the cell owns the object and moves the positions from step to step.
 */
public final class CellStep {
  /** For work on whole blocks at vector speed: {@link Kernels#sigmoid}, {@link Kernels#tanh}. */
  public Kernels kernels;

  public float[] a;

  /** Units of the panel, a multiple of {@link Kernels#LANES}. Those that are padding hold zeros, which a cell turns into zeros. */
  public int units;

  /** Units without padding, for cells that look at all of them together. */
  public int realUnits;

  /** The cell's own parameters, one after the other, [blocks][units]. */
  public int own;

  /** Forward: M_t, [blocks][units]. */
  public int m;

  /**
   * What backward needs of forward, [saved][units], which may begin at {@link #m}. Forward writes it; backward overwrites the first blocks
   * with dL/dM_t.
   */
  public int saved;

  /** c_{t-1}, [units]. */
  public int cBefore;

  /** c_t, [units]; forward writes it, where the cell has one. */
  public int c;

  /** h_{t-1}, [units]. */
  public int hBefore;

  /** h_t, [units], which forward writes. */
  public int h;

  /** Forward: room for [4][units]. */
  public int scratch;

  /** Backward: gradient of h_t that came back through the recurrent product, [units]. */
  public int dh;

  /** Backward: array of the gradient of h_t from the layer above, [units] at {@link #aboveAt}. */
  public float[] above;

  public int aboveAt;

  /** Backward: gradients of the cell's own parameters, laid out as these; to be added to. */
  public int ownGradient;

  /** Backward: gradient that passes from step to step beside the products (of c in an LSTM, of h in a GRU), [units], in and out. */
  public int carry;
}

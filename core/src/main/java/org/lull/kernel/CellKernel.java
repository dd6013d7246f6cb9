// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

/**
 * The pointwise stage of a recurrent cell: computes h_t from M_t, and dL/dM_t from dL/dh_t. Each cell implements this interface in plain
 * loops. Kernels may have a faster version of it, which gives the same bits ({@link Kernels#fastest}).
 */
public interface CellKernel {
  /** Name of the cell, as in options and model files: "lstm". */
  String name();

  /** Computes h_t, c_t and the values saved for backward, from M_t, h_{t-1} and c_{t-1}. {@link CellStep} says where they are. */
  void forward(CellStep step);

  /**
   * Computes dL/dM_t from dL/dh_t, and writes it over the first blocks of the saved values. Also computes the carry: the gradient that goes
   * to the timestep before, but not through a product.
   */
  void backward(CellStep step);
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

/**
 * The pointwise stage of a recurrent cell: what turns M_t into h_t, and dL/dh_t into dL/dM_t. A cell is one itself, in plain loops; kernels
 * may have a faster twin of it, equal to it bit for bit ({@link Kernels#fastest}).
 */
public interface CellKernel {
  /** The cell's, as in options and model files: "lstm". */
  String name();

  /** M_t, h_{t-1} and c_{t-1} to h_t, c_t and what backward will need; {@link CellStep} says where they are. */
  void forward(CellStep step);

  /**
   * dL/dh_t to dL/dM_t, which it writes over the first blocks of what forward saved, and what passes to the timestep before beside the
   * products.
   */
  void backward(CellStep step);
}

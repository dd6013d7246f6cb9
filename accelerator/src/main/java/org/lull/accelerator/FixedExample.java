// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

/**
 * A sequence in the integers of the accelerator.
 *
 * @param x [steps][Nx], in 2^-FV
 * @param dh dL/dh_t of the top layer, [steps][Nh]
 */
record FixedExample(int steps, short[] x, float[] dh) {
  /** The largest magnitude of dL/dh. */
  float largest() {
    float largest = 0;
    for (float value : dh) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}

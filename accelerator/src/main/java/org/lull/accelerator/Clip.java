package org.lull.accelerator;

import java.util.Arrays;

/**
 * A sequence as the accelerator meets it.
 *
 * @param x [steps][Nx], in 2^-FV
 * @param dh dL/dh_t of the top layer, [steps][Nh]
 */
record Clip(int steps, short[] x, float[] dh) {
  /** Made longer: x stays as it was at the end, and no gradient comes from there, so that none changes. */
  Clip extended(int longer) {
    int inputs = x.length / steps;
    int units = dh.length / steps;
    short[] longerX = Arrays.copyOf(x, longer * inputs);
    for (int t = steps; t < longer; t++) {
      System.arraycopy(x, (steps - 1) * inputs, longerX, t * inputs, inputs);
    }
    return new Clip(longer, longerX, Arrays.copyOf(dh, longer * units));
  }

  /** The largest magnitude of dL/dh. */
  float largest() {
    float largest = 0;
    for (float value : dh) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}

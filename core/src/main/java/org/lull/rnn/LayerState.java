// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

/**
 * The state of one layer between timesteps: h and c as in any recurrent layer, and for the delta layer also the references vHat (the value
 * that each entry last transmitted) and the delta memory M.
 */
public final class LayerState {
  final float[] h;
  final float[] c;
  final float[] xReference;
  final float[] hReference;
  final float[] m;
  /** Number of entries that were added to M since the last keyframe. */
  int addedToM;

  /** The state before the first timestep: zeros, and M_0 = bias. */
  public LayerState(LayerLayout layout, float[] parameters) {
    h = new float[layout.paddedUnits()];
    c = new float[layout.paddedUnits()];
    xReference = new float[layout.paddedInputs()];
    hReference = new float[layout.paddedUnits()];
    m = new float[layout.biasSize()];
    System.arraycopy(parameters, layout.bias(0), m, 0, m.length);
  }

  private LayerState(LayerState other) {
    h = other.h.clone();
    c = other.c.clone();
    xReference = other.xReference.clone();
    hReference = other.hReference.clone();
    m = other.m.clone();
    addedToM = other.addedToM;
  }

  /** The largest magnitude in M. */
  public float largestM() {
    float largest = 0;
    for (float value : m) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** Takes over the values of another state of the same layer. */
  public void set(LayerState other) {
    System.arraycopy(other.h, 0, h, 0, h.length);
    System.arraycopy(other.c, 0, c, 0, c.length);
    System.arraycopy(other.xReference, 0, xReference, 0, xReference.length);
    System.arraycopy(other.hReference, 0, hReference, 0, hReference.length);
    System.arraycopy(other.m, 0, m, 0, m.length);
    addedToM = other.addedToM;
  }

  public LayerState copy() {
    return new LayerState(this);
  }
}

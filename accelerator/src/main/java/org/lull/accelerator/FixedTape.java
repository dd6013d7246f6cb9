// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.Arrays;
import java.util.BitSet;
import org.lull.network.Fired;

/**
 * The values that the forward pass of one sequence stores in one layer for the backward pass, and the working storage of both. Only one
 * thread may use it at a time. It grows to the longest sequence that it has been used for.
 */
final class FixedTape {
  /** Counts of the forward and the backward pass. */
  final Saturations saturations = new Saturations();

  int steps;
  /** Whether the sequence continues from the state of earlier timesteps. */
  boolean begun;
  /** x_t, [T][Nx]; the first layer's is set by the caller, that of others is h of the layer below. */
  short[] x = new short[0];
  /** h_t, [T + 1][Nh], from h_0 = 0. */
  short[] h = new short[0];
  /** c_t, [T + 1][Nh], from c_0 = 0. */
  short[] c = new short[0];
  /** i f g o of each unit, [T][Nh][4]. */
  short[] gates = new short[0];
  /** tanh(c_t), [T][Nh]. */
  short[] tanhC = new short[0];

  /** Columns that fired, timestep by timestep: columns of x, then of h. */
  int[] list = new int[0];
  /** Their deltas. */
  short[] delta = new short[0];
  /** Position in the list of the first column of timestep t; [T + 1]. */
  int[] start = new int[1];
  /** Position in the list of the first column of h of timestep t; [T]. */
  int[] startOfH = new int[0];

  /** dL/dh_t from above, [T][Nh]. */
  short[] dh = new short[0];
  /** dL/dx_t, [T][Nx]. */
  short[] dx = new short[0];

  /** References vHat: the value that each column last transmitted, [Nx + Nh]. */
  final short[] reference;
  /** M, [4 Nh]. */
  final long[] m;
  /** G, [4 Nh], its operand, and dL/dc_{t+1} f_{t+1}, [Nh]. */
  final int[] g;
  final short[] operand;
  final int[] dcCarry;
  /** D of each column when it last fired, [Nx + Nh]. */
  final int[] lastD;
  /** dL/dh_t through the recurrent product of timestep t + 1, [Nh]. */
  final short[] back;

  private final FixedLstmLayer layer;

  FixedTape(FixedLstmLayer layer) {
    this.layer = layer;
    reference = new short[layer.columns()];
    m = new long[layer.rows()];
    g = new int[layer.rows()];
    operand = new short[layer.rows()];
    dcCarry = new int[layer.units()];
    lastD = new int[layer.columns()];
    back = new short[layer.units()];
  }

  /** Begins a sequence: all states and references are zero. */
  void begin(int steps) {
    this.steps = steps;
    begun = false;
    if (startOfH.length < steps) {
      x = new short[steps * layer.inputs()];
      h = new short[(steps + 1) * layer.units()];
      c = new short[(steps + 1) * layer.units()];
      gates = new short[steps * layer.rows()];
      tanhC = new short[steps * layer.units()];
      list = new int[steps * layer.columns() + 1];
      delta = new short[list.length];
      start = new int[steps + 1];
      startOfH = new int[steps];
      dh = new short[steps * layer.units()];
      dx = new short[steps * layer.inputs()];
    }
    Arrays.fill(reference, (short) 0);
    Arrays.fill(m, 0);
    Arrays.fill(h, 0, layer.units(), (short) 0);
    Arrays.fill(c, 0, layer.units(), (short) 0);
  }

  /** Begins from a state instead of zeros. */
  void load(FixedState.Layer state) {
    System.arraycopy(state.reference, 0, reference, 0, reference.length);
    System.arraycopy(state.m, 0, m, 0, m.length);
    System.arraycopy(state.h, 0, h, 0, state.h.length);
    System.arraycopy(state.c, 0, c, 0, state.c.length);
    begun = state.begun;
  }

  /** Writes the state after the last timestep. */
  void store(FixedState.Layer state) {
    System.arraycopy(reference, 0, state.reference, 0, reference.length);
    System.arraycopy(m, 0, state.m, 0, m.length);
    System.arraycopy(h, steps * layer.units(), state.h, 0, state.h.length);
    System.arraycopy(c, steps * layer.units(), state.c, 0, state.c.length);
    state.begun = true;
  }

  /** Begins the backward pass: the gradients from later timesteps are 0. */
  void beginBackward() {
    Arrays.fill(g, 0);
    Arrays.fill(dcCarry, 0);
    Arrays.fill(lastD, 0);
    Arrays.fill(back, (short) 0);
    Arrays.fill(dx, 0, steps * layer.inputs(), (short) 0);
  }

  /** Sets x of the first layer from rows of {@code stride} floats. */
  void takeInputs(float[] from, int stride) {
    for (int t = 0; t < steps; t++) {
      for (int k = 0; k < layer.inputs(); k++) {
        x[t * layer.inputs() + k] = FixedPoint.quantise(from[t * stride + k], FixedPoint.ONE);
      }
    }
  }

  /** Sets x of the first layer, [T][Nx]. */
  void takeInputs(short[] from) {
    System.arraycopy(from, 0, x, 0, steps * layer.inputs());
  }

  /** Writes h_t, t from 1, to rows of {@code stride} floats. */
  void giveOutputs(float[] to, int stride) {
    for (int t = 0; t < steps; t++) {
      for (int u = 0; u < layer.units(); u++) {
        to[t * stride + u] = h[(t + 1) * layer.units() + u] / (float) FixedPoint.ONE;
      }
    }
  }

  /** Sets x to h of the layer below. */
  void takeInputs(FixedTape below) {
    System.arraycopy(below.h, layer.inputs(), x, 0, steps * layer.inputs());
  }

  /** Sets dL/dh to dL/dx of the layer above. */
  void takeGradient(FixedTape above) {
    System.arraycopy(above.dx, 0, dh, 0, steps * layer.units());
  }

  /**
   * Sets dL/dh, multiplied by {@code scale}.
   *
   * @param from rows, one for each timestep or one for all
   * @param stride floats from one row to the next
   */
  void takeGradient(float[] from, boolean perStep, int stride, double scale) {
    for (int t = 0; t < steps; t++) {
      for (int u = 0; u < layer.units(); u++) {
        dh[t * layer.units() + u] = FixedPoint.quantise(from[(perStep ? t * stride : 0) + u], scale);
      }
    }
  }

  /** What fired at timestep t; the bias, which fires at the first, is no entry. */
  Fired fired(int t) {
    BitSet x = new BitSet();
    BitSet h = new BitSet();
    for (int k = start[t]; k < startOfH[t]; k++) {
      if (list[k] < layer.inputs()) {
        x.set(list[k]);
      }
    }
    for (int k = startOfH[t]; k < start[t + 1]; k++) {
      h.set(list[k] - layer.inputs());
    }
    return new Fired(x, h);
  }

  /** Number of entries of x that fired, over all timesteps. */
  int activeX() {
    return start[steps] - activeH() - (begun ? 0 : 1); // one is the bias
  }

  /** Number of entries of h that fired, over all timesteps. */
  int activeH() {
    int active = 0;
    for (int t = 0; t < steps; t++) {
      active += start[t + 1] - startOfH[t];
    }
    return active;
  }

  /** Size of all arrays in bytes. */
  long bytes() {
    long shorts = (long) x.length + h.length + c.length + gates.length + tanhC.length + delta.length + dh.length + dx.length
        + reference.length + operand.length + back.length;
    long ints = (long) list.length + start.length + startOfH.length + g.length + dcCarry.length + lastD.length;
    return Short.BYTES * shorts + Integer.BYTES * ints + Long.BYTES * (long) m.length;
  }
}

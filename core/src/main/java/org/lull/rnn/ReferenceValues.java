// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.Arrays;
import org.lull.kernel.Kernels;
import org.lull.parallel.Shard;

/**
 * The references vHat (the values last transmitted) of all timesteps of packed sequences. If dense products are used instead of the sparse
 * ones, they take vHat instead of x and h. This computes the same as the delta layer, up to rounding, because the sum of all deltas so far
 * is the reference: W delta_1 + ... + W delta_t = W vHat_t.
 *
 * <pre>
 *   forward   vHat_t = v_t where it fired, vHat_{t-1} elsewhere
 *   backward  R_t    = dL/dvHat_t + (R_{t+1} where v_{t+1} did not fire)
 *             dL/dv_t = R_t where v_t fired, 0 elsewhere
 * </pre>
 */
final class ReferenceValues {
  private final LayerLayout layout;
  private final int xGroups;
  private final int groups;

  /** A row of zeros; then vHat of x, [rows][pad(Nx)]; then of h, [rows][pad(Nh)]. */
  float[] values = new float[0];
  private int x;
  private int h;
  /** Bit masks of fired entries, [rows][groups]. */
  private int[] fired = new int[0];
  /** The part of R that goes to the timestep before, [sequences][pad(Nx)] and [sequences][pad(Nh)]. */
  private float[] carry = new float[0];
  private int capacity;

  private long activeX;
  private long activeH;

  ReferenceValues(LayerLayout layout) {
    this.layout = layout;
    xGroups = layout.paddedInputs() / Kernels.LANES;
    groups = xGroups + layout.paddedUnits() / Kernels.LANES;
  }

  /** Makes room for the sequences, and sets the counts to 0. */
  void begin(Packing packing) {
    int entries = groups * Kernels.LANES;
    if (packing.rows() > capacity) {
      capacity = packing.rows();
      x = Kernels.ALIGNED + Math.max(layout.paddedInputs(), layout.paddedUnits());
      h = x + capacity * layout.paddedInputs();
      values = new float[ArrayLength.of((long) capacity * entries + x, capacity, layout.columns(), "entries")];
      fired = new int[capacity * groups];
    }
    if (packing.sequences() * entries > carry.length) {
      carry = new float[packing.sequences() * entries];
    }
    activeX = 0;
    activeH = 0;
  }

  /** Computes vHat of x at all timesteps. */
  void holdX(Kernels kernels, Thresholds thresholds, float[] values, int at, Packing packing) {
    for (int t = 0; t < packing.steps(); t++) {
      for (int s = 0; s < packing.running(t); s++) {
        int row = packing.row(t, s);
        int before = t == 0 ? Kernels.ALIGNED : x(packing.row(t - 1, s));
        activeX += kernels.hold(values, at + row * layout.paddedInputs(), this.values, before, thresholds.ofX(), layout.inputs(), x(row),
            fired, row * groups);
      }
    }
  }

  /** Computes vHat of h_{t-1} of the sequences that have timestep t. */
  void holdH(Kernels kernels, Thresholds thresholds, int t, Packing packing, Tape tape) {
    for (int s = 0; s < packing.running(t); s++) {
      int row = packing.row(t, s);
      int before = t == 0 ? Kernels.ALIGNED : h(packing.row(t - 1, s));
      activeH += kernels.hold(tape.a, tape.h(packing.rowBefore(t, s)), values, before, thresholds.ofH(), layout.entriesOfH(), h(row), fired,
          row * groups + xGroups);
    }
  }

  void beginBackward() {
    Arrays.fill(carry, 0f);
  }

  /** Computes dL/dx from dL/dxHat in place, at {@link Tape#dx}, for all timesteps and the inputs of one thread. */
  void gradientOfX(Kernels kernels, Packing packing, Tape tape, Shard shard) {
    int from = layout.inputsFrom(shard);
    int n = layout.inputsTo(shard) - from;
    for (int t = packing.steps() - 1; t >= 0; t--) {
      for (int s = 0; s < packing.running(t); s++) {
        int row = packing.row(t, s);
        penalise(tape.penalty.x(), false, from, n, t, s, packing, tape.a, tape.dx(row));
        kernels.holdBackward(tape.a, tape.dx(row) + from, fired, row * groups + from / Kernels.LANES, n, carry,
            s * groups * Kernels.LANES + from);
      }
    }
  }

  /**
   * Computes dL/dh_{t-1} from dL/dhHat in place, at {@link Tape#dh}, for the sequences that have timestep t and the units of one thread.
   */
  void gradientOfH(Kernels kernels, int t, Packing packing, Tape tape, Shard shard) {
    int from = layout.entriesOfHFrom(shard);
    int n = layout.entriesOfHTo(shard) - from;
    for (int s = 0; s < packing.running(t); s++) {
      penalise(tape.penalty.h(), true, from, n, t, s, packing, tape.a, tape.dh + s * layout.paddedUnits());
      kernels.holdBackward(tape.a, tape.dh + s * layout.paddedUnits() + from, fired,
          packing.row(t, s) * groups + xGroups + from / Kernels.LANES, n, carry,
          s * groups * Kernels.LANES + layout.paddedInputs() + from);
    }
  }

  /** Adds the gradient of a {@link DeltaPenalty} to dL/dvHat_t at {@code at}: each delta has vHat at either end. */
  private void penalise(float strength, boolean ofH, int from, int n, int t, int s, Packing packing, float[] d, int at) {
    if (strength == 0) {
      return;
    }
    float share = strength / packing.length(s);
    boolean isLast = t + 1 == packing.length(s);
    int before = t == 0 ? Kernels.ALIGNED : position(ofH, packing.row(t - 1, s));
    int now = position(ofH, packing.row(t, s));
    int after = isLast ? now : position(ofH, packing.row(t + 1, s)); // a delta of 0 has no gradient
    for (int e = from; e < from + n; e++) {
      d[at + e] += share * (Math.signum(values[now + e] - values[before + e]) - Math.signum(values[after + e] - values[now + e]));
    }
  }

  private int position(boolean ofH, int row) {
    return ofH ? h(row) : x(row);
  }

  /** Position of a row of xHat in {@link #values}. */
  int x(int row) {
    return x + row * layout.paddedInputs();
  }

  /** Position of a row of hHat in {@link #values}: the operand of the recurrent product of that row, instead of h_{t-1}. */
  int h(int row) {
    return h + row * layout.paddedUnits();
  }

  /** Size of all arrays in bytes. */
  long bytes() {
    return Float.BYTES * ((long) values.length + carry.length) + Integer.BYTES * (long) fired.length;
  }

  /** Whether entry j of v, x first, fired in a row. */
  boolean fired(int row, int j) {
    int ofH = j - layout.inputs();
    int bit = ofH < 0 ? j : layout.paddedInputs() + ofH;
    return (fired[row * groups + bit / Kernels.LANES] >>> bit % Kernels.LANES & 1) != 0;
  }

  /** Number of entries of x that fired. */
  long activeX() {
    return activeX;
  }

  /** Number of entries of h that fired. */
  long activeH() {
    return activeH;
  }
}

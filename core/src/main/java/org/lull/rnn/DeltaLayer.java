package org.lull.rnn;

import java.util.Arrays;
import org.lull.kernel.Kernels;

/**
 * The sparse recurrent layer and its sparse backpropagation through time: one sequence, touching only columns whose entry fired.
 *
 * <p>An entry of v_t = [x_t ; h_{t-1}] transmits only when it moved by its threshold or more since it last did. The list of entries that
 * fired, {@link ActiveSet}, is made once, going forward, and shortens all three products of a training step by the same factor:
 *
 * <pre>
 *   forward          M_t   = M_{t-1} + W delta_t       columns of W on the list of t        {@link #forward}
 *   transposed       D_t   = W^T G_t                   columns of W on the list of t        {@link #backward}
 *   weight gradient  dL/dW = sum_t G_t delta_t^T       columns of dL/dW on the list of t    {@link #weightGradient}
 * </pre>
 *
 * With the lists held fixed this gradient is exact, and with thresholds of zero it is that of the ordinary layer. (Chen et al., "Exploiting
 * Symmetric Temporally Sparse BPTT for Efficient RNN Training", AAAI 2024; the equations are in docs/algorithm.md.)
 */
public final class DeltaLayer {
  /** Timesteps whose gradients are brought into dL/dW together: few enough for a panel's G to stay in the second-level cache. */
  private static final int STEPS_AT_ONCE = 128;

  private final LayerLayout layout;
  private final Kernels kernels;

  public DeltaLayer(LayerLayout layout, Kernels kernels) {
    this.layout = layout;
    this.kernels = kernels;
  }

  /**
   * Runs one sequence from the state the tape was begun with. h_t is then at {@link Tape#h}(t + 1).
   *
   * @param w the arena of parameters
   * @param x inputs, [steps][pad(Nx)] at {@code xAt}
   * @param steps timesteps, at least 1; the tape was begun with room for them
   * @param count takes the multiply-adds
   */
  public void forward(float[] w, Thresholds thresholds, float[] x, int xAt, int steps, Tape tape, OperationCount count) {
    Cell cell = layout.cell();
    ActiveSet active = tape.active;
    float[] a = tape.a;
    active.begin(steps);
    for (int t = 0; t < steps; t++) {
      active.encode(kernels, t, thresholds, x, xAt + t * layout.paddedInputs(), a, tape.xReference, tape.h(t), tape.hReference);
      for (int p = 0; p < layout.panels(); p++) {
        int u = p * LayerLayout.PANEL;
        int m = tape.m + u * cell.blocks();
        addColumns(w, p, active, t, a, m);
        cell.forward(kernels, a, layout.panelUnits(p), m, tape.saved(p, t), tape.c(t) + u, tape.c(t + 1) + u, tape.h(t) + u,
            tape.h(t + 1) + u, tape.scratch);
      }
    }
    count.addForward(steps, active.activeX(steps), active.activeH(steps));
  }

  /** M += W delta_t, one panel. */
  private void addColumns(float[] w, int p, ActiveSet active, int t, float[] a, int m) {
    int rows = layout.rows(p);
    int w0 = layout.column(p, 0);
    int mOfH = m + layout.cell().firstBlockOfH() * layout.panelUnits(p);
    if (mOfH == m) { // x and h feed the same rows: one walk
      kernels.addScaled(w, w0, rows, active.list, active.delta, 0, active.xStart(t), active.end(t), a, m, rows);
    } else {
      kernels.addScaled(w, w0, rows, active.list, active.delta, 0, active.xStart(t), active.hStart(t), a, m, rows);
      kernels.addScaled(w, w0, rows, active.list, active.delta, 0, active.hStart(t), active.end(t), a, mOfH, rows);
    }
  }

  /**
   * Backpropagates through the sequence last run on the tape; adds dL/dW and dL/dbias to {@code gradients} and, if asked, leaves dL/dx at
   * {@link Tape#dx}.
   *
   * @param w the arena of parameters
   * @param gradients arena of the same layout
   * @param overwrite whether what is in the arena is nothing to add to: saves a pass over it
   * @param out dL/dh_t from above, [pad(Nh)] at {@code outAt + t * outStride}; a stride of 0 where it is the same for all t
   * @param steps as in {@link #forward}
   * @param inputGradient whether dL/dx is asked for; the lowest layer of a network does without
   */
  public void backward(float[] w, float[] gradients, boolean overwrite, float[] out, int outAt, int outStride, int steps, Tape tape,
      boolean inputGradient, OperationCount count) {
    Cell cell = layout.cell();
    ActiveSet active = tape.active;
    float[] a = tape.a;
    Arrays.fill(a, tape.dh, tape.dh + layout.paddedUnits(), 0f);
    Arrays.fill(a, tape.carry, tape.carry + layout.paddedUnits(), 0f);
    Arrays.fill(a, tape.dxReference, tape.dxReference + layout.paddedInputs(), 0f);
    Arrays.fill(a, tape.dhReference, tape.dhReference + layout.paddedUnits(), 0f);
    for (int t = steps - 1; t >= 0; t--) {
      for (int p = 0; p < layout.panels(); p++) {
        int u = p * LayerLayout.PANEL;
        int next = t + 1 < steps ? tape.saved(p, t + 1) : -1;
        cell.backward(kernels, a, layout.panelUnits(p), tape.saved(p, t), next, tape.c(t) + u, tape.h(t) + u, tape.dh + u, out,
            outAt + t * outStride + u, tape.carry + u);
      }
      int first = inputGradient ? active.xStart(t) : active.hStart(t);
      dotColumns(w, first, active, t, tape);
      int dOfH = tape.d + active.hStart(t) - first;
      kernels.decodeGradient(a, dOfH, active.fired, active.hFired(t), layout.units(), a, tape.dhReference, a, tape.dh);
      if (inputGradient) {
        kernels.decodeGradient(a, tape.d, active.fired, active.xFired(t), layout.inputs(), a, tape.dxReference, a, tape.dx(t));
      }
    }
    weightGradient(gradients, overwrite, steps, tape);
    count.addBackward(1, steps, active.activeX(steps), active.activeH(steps), active.activeH(steps));
  }

  /** D_t = W^T G_t for the entries on the list from {@code first} on, all panels added. */
  private void dotColumns(float[] w, int first, ActiveSet active, int t, Tape tape) {
    float[] a = tape.a;
    int firstOfH = active.hStart(t);
    int end = active.end(t);
    for (int p = 0; p < layout.panels(); p++) {
      int rows = layout.rows(p);
      int w0 = layout.column(p, 0);
      int g = tape.saved(p, t);
      int gOfH = g + layout.cell().firstBlockOfH() * layout.panelUnits(p);
      if (gOfH == g) {
        kernels.dots(w, w0, rows, active.list, first, end, a, g, rows, a, tape.d, p > 0);
      } else {
        kernels.dots(w, w0, rows, active.list, first, firstOfH, a, g, rows, a, tape.d, p > 0);
        kernels.dots(w, w0, rows, active.list, firstOfH, end, a, gOfH, rows, a, tape.d + firstOfH - first, p > 0);
      }
    }
  }

  /** dL/dW += sum_t G_t delta_t^T by column, each with the timesteps at which it fired; dL/dbias += G_1. */
  private void weightGradient(float[] gradients, boolean overwrite, int steps, Tape tape) {
    ActiveSet active = tape.active;
    float[] a = tape.a;
    for (int from = 0; from < steps; from += STEPS_AT_ONCE) {
      active.byColumn(from, Math.min(steps, from + STEPS_AT_ONCE));
      for (int p = 0; p < layout.panels(); p++) {
        int g = tape.saved(p, from);
        int gOfH = g + layout.cell().firstBlockOfH() * layout.panelUnits(p);
        for (int j = 0; j < layout.columns(); j++) {
          int first = active.columnStart[j];
          int last = active.columnStart[j + 1];
          if (overwrite && from == 0) { // a kilobyte that is written at once is still in the first-level cache when it is added to
            Arrays.fill(gradients, layout.column(p, j), layout.column(p, j) + layout.rows(p), 0f);
          }
          if (first < last) {
            kernels.addScaled(a, j < layout.inputs() ? g : gOfH, tape.savedStride(p), active.steps, active.deltaByColumn, 0, first, last,
                gradients, layout.column(p, j), layout.rows(p));
          }
        }
      }
    }
    for (int p = 0; p < layout.panels(); p++) {
      int g = tape.saved(p, 0);
      int bias = layout.bias(p);
      for (int r = 0; r < layout.cell().blocks() * layout.panelUnits(p); r++) {
        gradients[bias + r] = (overwrite ? 0f : gradients[bias + r]) + a[g + r];
      }
    }
  }
}

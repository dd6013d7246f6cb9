// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.Arrays;
import org.lull.cost.OperationCount;
import org.lull.kernel.CellKernel;
import org.lull.kernel.CellStep;
import org.lull.kernel.Kernels;
import org.lull.parallel.Shard;

/**
 * The sparse recurrent layer, with sparse backpropagation through time. It runs one sequence, and uses only the columns of entries that
 * fired.
 *
 * <p>An entry of v_t = [x_t ; h_{t-1}] fires (transmits its value) only if it has moved by its threshold or more since it last fired. The
 * list of entries that fired, {@link ActiveSet}, is made in the forward pass. All three products of a training step take only its entries:
 *
 * <pre>
 *   forward          M_t   = M_{t-1} + W delta_t       columns of W on the list of t        {@link #forward}
 *   transposed       D_t   = W^T G_t                   columns of W on the list of t        {@link #backward}
 *   weight gradient  dL/dW = sum_t G_t delta_t^T       columns of dL/dW on the list of t    {@link #weightGradient}
 * </pre>
 *
 * M is a running sum over the timesteps; G is a running sum from the last timestep to the first. At {@link Keyframes} both are computed
 * anew from all columns, so that the sums stay short:
 *
 * <pre>
 *   forward          M_t   = bias + W vHat_t
 *   transposed       A_{t-1} + dL/dv_t = W^T G_t + A_t, and G_{t-1} begins with 0
 *   weight gradient  dL/dW += G_t vHat_t^T,  dL/dbias += G_t
 * </pre>
 *
 * Several threads may run a layer together. The {@link Shard} of a thread says which panels it computes, and the gradients of which inputs.
 * Each thread encodes all entries itself, which is faster than waiting for another thread. It needs D only for its own units and inputs. So
 * the threads wait for each other only once per timestep: forward before they read h_t, backward before they read G_t.
 *
 * <p>If the lists are held fixed, this gradient is exact. With thresholds of 0 it is the gradient of the ordinary layer. Source: Chen et
 * al., "Exploiting Symmetric Temporally Sparse BPTT for Efficient RNN Training", AAAI 2024. The equations are in docs/algorithm.md.
 */
public final class DeltaLayer {
  private final LayerLayout layout;
  private final Kernels kernels;
  private final CellKernel cell;

  public DeltaLayer(LayerLayout layout, Kernels kernels) {
    this.layout = layout;
    this.kernels = kernels;
    this.cell = kernels.fastest(layout.cell());
  }

  /**
   * Runs one sequence from the state that the tape begins with. Afterwards h_t is at {@link Tape#h}(t + 1); it is complete when all threads
   * have returned.
   *
   * @param w arena (flat array) of the parameters
   * @param shard part of the calling thread. If the layer follows the layer below, timestep t waits until that has published t + 1
   * @param x inputs, [steps][pad(Nx)] at {@code xAt}
   * @param steps number of timesteps, at least 1; the tape must have room for them
   * @param count receives the counts of the forward pass
   */
  public void forward(float[] w, Thresholds thresholds, float[] x, int xAt, int steps, Tape tape, Shard shard, OperationCount count) {
    ActiveSet active = tape.active(shard.member());
    CellStep step = tape.step(kernels, shard.member());
    int xReference = tape.xReference(shard.member());
    int hReference = tape.hReference(shard.member());
    int firstPanel = shard.from(layout.panels());
    int endPanel = shard.to(layout.panels());
    float[] a = tape.a;
    active.begin(steps, tape.addedToM);
    for (int t = 0; t < steps; t++) {
      shard.await(t + 1);
      boolean keyframe =
          active.encode(kernels, t, thresholds, x, xAt + t * layout.paddedInputs(), a, xReference, tape.h(t), hReference);
      for (int p = firstPanel; p < endPanel; p++) {
        tape.moveTo(step, p, t, t, t + 1);
        step.m = tape.m + layout.firstUnit(p) * layout.blocks();
        if (keyframe) {
          addReferences(w, p, tape, xReference, hReference, step.m);
        } else {
          addColumns(w, p, active, t, a, step.m);
        }
        cell.forward(step);
      }
      shard.meet();
      shard.publish(t + 1);
    }
    if (shard.isFirst()) {
      tape.addedToM = active.keyframes.added(); // the others took it when they began, before they last met
      count.addForward(steps, active.activeX(steps), active.activeH(steps));
      count.addForwardKeyframes(active.restX(), active.restH());
    }
  }

  /** M += W delta_t, one panel. */
  private void addColumns(float[] w, int p, ActiveSet active, int t, float[] a, int m) {
    int ofX = layout.column(p, 0);
    if (layout.sameRows()) { // one walk
      kernels.gatherAxpy(w, ofX, layout.strideOfX(p), active.list, active.delta, 0, active.xStart(t), active.end(t), a, m,
          layout.rowsOfX(p));
    } else {
      kernels.gatherAxpy(w, ofX, layout.strideOfX(p), active.list, active.delta, 0, active.xStart(t), active.hStart(t), a, m,
          layout.rowsOfX(p));
      kernels.gatherAxpy(w, layout.columnsOfH(p), layout.strideOfH(p), active.list, active.delta, 0, active.hStart(t), active.end(t), a,
          m + layout.firstRowOfH(p), layout.rowsOfH(p));
    }
  }

  /** M = bias + W vHat_t, one panel: all columns, those that fired and those that did not. */
  private void addReferences(float[] w, int p, Tape tape, int xReference, int hReference, int m) {
    int inputs = layout.inputs();
    int[] all = tape.allRows(layout.columns());
    System.arraycopy(w, layout.bias(p), tape.a, m, layout.blocks() * layout.panelUnits(p));
    kernels.gatherAxpy(w, layout.column(p, 0), layout.strideOfX(p), all, tape.a, xReference, 0, inputs, tape.a, m, layout.rowsOfX(p));
    kernels.gatherAxpy(w, layout.column(p, inputs), layout.strideOfH(p), all, tape.a, hReference, 0, layout.entriesOfH(), tape.a,
        m + layout.firstRowOfH(p), layout.rowsOfH(p));
  }

  /**
   * Backpropagates through the sequence that was last run on the tape. Adds dL/dW and dL/dbias to {@code gradients}, and writes dL/dx to
   * {@link Tape#dx} if it is asked for.
   *
   * @param w arena of the parameters
   * @param gradients arena of the gradients, with the same layout
   * @param overwrite true to write the gradients instead of adding them, which saves clearing the arena
   * @param out dL/dh_t from the layer above, [pad(Nh)] at {@code outAt + t * outStride}; the stride is 0 if it is the same for all t
   * @param steps as in {@link #forward}
   * @param shard part of the calling thread. If the layer follows the layer above, timestep t waits until that has published steps - t
   * @param inputGradient whether to compute dL/dx; the first layer of a network does not need it
   */
  public void backward(float[] w, float[] gradients, boolean overwrite, float[] out, int outAt, int outStride, int steps, Tape tape,
      Shard shard, boolean inputGradient, OperationCount count) {
    ActiveSet active = tape.active(shard.member());
    CellStep step = tape.step(kernels, shard.member());
    int firstPanel = shard.from(layout.panels());
    int endPanel = shard.to(layout.panels());
    float[] a = tape.a;
    for (int t = steps - 1; t >= 0; t--) {
      shard.await(steps - t);
      for (int p = firstPanel; p < endPanel; p++) {
        int u = layout.firstUnit(p);
        tape.moveTo(step, p, t, t, t + 1);
        step.dh = tape.dh + u;
        step.above = out;
        step.aboveAt = outAt + t * outStride + u;
        step.carry = tape.carry + u;
        cell.backward(step);
        if (t + 1 < steps && active.keyframes.at(t + 1) < 0) { // G_t = G_{t+1} + dL/dM_t; what a keyframe has does not come from M_t
          kernels.add(a, tape.saved(p, t + 1), a, step.saved, layout.blocks() * step.units);
        }
      }
      shard.meet();
      if (active.keyframes.at(t) < 0) {
        gradientOfEntries(w, active, t, steps, tape, shard, inputGradient);
      } else {
        gradientOfReferences(w, active, t, steps, tape, shard, inputGradient);
      }
      shard.publish(steps - t);
    }
    shard.meet(); // dL/dx is complete: the layer below may begin
    weightGradient(gradients, overwrite, active, steps, tape, shard);
    if (shard.isFirst()) {
      count.addBackward(1, steps, active.activeX(steps), active.activeH(steps), active.activeH(steps));
      count.addBackwardKeyframes(active.restX(), active.restH());
    }
  }

  /** Computes dL/dh_{t-1} and, if asked for, dL/dx_t from G_t, for the units and inputs of one thread. */
  private void gradientOfEntries(float[] w, ActiveSet active, int t, int steps, Tape tape, Shard shard, boolean inputGradient) {
    float[] a = tape.a;
    int x = inputGradient ? layout.inputsFrom(shard) : layout.inputs();
    int xEnd = inputGradient ? layout.inputsTo(shard) : layout.inputs();
    int u = layout.entriesOfHFrom(shard);
    int uEnd = layout.entriesOfHTo(shard);
    int first = active.xStart(t, x);
    int last = active.xStart(t, xEnd);
    int d = tape.d(shard.member());
    int dOfH = d + last - first;
    int firstOfH = active.hStart(t, u);
    int lastOfH = active.hStart(t, uEnd);
    dotColumns(w, active, t, first, last, firstOfH, lastOfH, tape, d);
    DeltaPenalty.addGradient(tape.penalty.x(), steps, active.delta, first, last, a, d);
    DeltaPenalty.addGradient(tape.penalty.h(), steps, active.delta, firstOfH, lastOfH, a, dOfH);
    kernels.encodeBackward(a, dOfH, active.fired, active.hFired(t, u), uEnd - u, a, tape.dhReference + u, a, tape.dh + u);
    if (inputGradient) {
      kernels.encodeBackward(a, d, active.fired, active.xFired(t, x), xEnd - x, a, tape.dxReference + x, a, tape.dx(t) + x);
    }
  }

  /**
   * The same at a keyframe, where M_t = bias + W vHat_t. With R = dL/dvHat_t = W^T G_t + A_t of all entries: for an entry that fired,
   * dL/dv_t is R, and A_{t-1} is 0, because its earlier reference has no influence. For the others A_{t-1} is R.
   */
  private void gradientOfReferences(float[] w, ActiveSet active, int t, int steps, Tape tape, Shard shard, boolean inputGradient) {
    float[] a = tape.a;
    int[] all = tape.allRows(layout.columns());
    int inputs = layout.inputs();
    int u = layout.entriesOfHFrom(shard);
    int n = layout.entriesOfHTo(shard) - u;
    for (int p = 0; p < layout.panels(); p++) {
      kernels.gatherDot(w, layout.column(p, inputs + u), layout.strideOfH(p), all, 0, n, a, tape.saved(p, t) + layout.firstRowOfH(p),
          layout.rowsOfH(p), a, tape.dh + u, p > 0);
    }
    kernels.holdBackward(a, tape.dh + u, active.fired, active.hFired(t, u), n, a, tape.dhReference + u);
    DeltaPenalty.addGradient(tape.penalty.h(), steps, active.list, active.delta, active.hStart(t, u), active.hStart(t, u + n), a,
        tape.dh - inputs, tape.dhReference - inputs);
    if (inputGradient) {
      int x = layout.inputsFrom(shard);
      int nx = layout.inputsTo(shard) - x;
      for (int p = 0; p < layout.panels(); p++) {
        kernels.gatherDot(w, layout.column(p, x), layout.strideOfX(p), all, 0, nx, a, tape.saved(p, t), layout.rowsOfX(p), a,
            tape.dx(t) + x, p > 0);
      }
      kernels.holdBackward(a, tape.dx(t) + x, active.fired, active.xFired(t, x), nx, a, tape.dxReference + x);
      DeltaPenalty.addGradient(tape.penalty.x(), steps, active.list, active.delta, active.xStart(t, x), active.xStart(t, x + nx), a,
          tape.dx(t), tape.dxReference);
    }
  }

  /** D_t = W^T G_t for entries first to last - 1 of the list, of x, and firstOfH to lastOfH - 1, all panels added. */
  private void dotColumns(float[] w, ActiveSet active, int t, int first, int last, int firstOfH, int lastOfH, Tape tape, int d) {
    float[] a = tape.a;
    for (int p = 0; p < layout.panels(); p++) {
      int ofX = layout.column(p, 0);
      int g = tape.saved(p, t);
      if (layout.sameRows() && last == firstOfH) {
        kernels.gatherDot(w, ofX, layout.strideOfX(p), active.list, first, lastOfH, a, g, layout.rowsOfX(p), a, d, p > 0);
      } else {
        kernels.gatherDot(w, ofX, layout.strideOfX(p), active.list, first, last, a, g, layout.rowsOfX(p), a, d, p > 0);
        kernels.gatherDot(w, layout.columnsOfH(p), layout.strideOfH(p), active.list, firstOfH, lastOfH, a, g + layout.firstRowOfH(p),
            layout.rowsOfH(p), a, d + last - first, p > 0);
      }
    }
  }

  /**
   * Adds the gradients of the panels of one thread: dL/dW += sum_t G_t delta_t^T, column by column over the timesteps at which the entry
   * fired (G_t vHat_t^T at a keyframe); dL/dbias += G_1 and the G_t of keyframes; and the gradients of the parameters of the cell.
   */
  private void weightGradient(float[] gradients, boolean overwrite, ActiveSet active, int steps, Tape tape, Shard shard) {
    float[] a = tape.a;
    int firstPanel = shard.from(layout.panels());
    int endPanel = shard.to(layout.panels());
    int stepsAtOnce = layout.stepsAtOnce();
    for (int from = 0; from < steps; from += stepsAtOnce) {
      active.byColumn(from, Math.min(steps, from + stepsAtOnce));
      for (int p = firstPanel; p < endPanel; p++) {
        int g = tape.saved(p, from);
        int gOfH = g + layout.firstRowOfH(p);
        for (int j = 0; j < layout.columns(); j++) {
          int first = active.columnStart[j];
          int last = active.columnStart[j + 1];
          if (overwrite && from == 0) { // what is written at once is still in the first-level cache when it is added to
            Arrays.fill(gradients, layout.column(p, j), layout.column(p, j) + layout.rows(p, j), 0f);
          }
          if (first < last) {
            kernels.gatherAxpy(a, j < layout.inputs() ? g : gOfH, tape.savedStride(p), active.steps, active.deltaByColumn, 0, first, last,
                gradients, layout.column(p, j), layout.rows(p, j));
          }
        }
      }
    }
    for (int p = firstPanel; p < endPanel; p++) {
      int rows = layout.blocks() * layout.panelUnits(p);
      if (overwrite) {
        Arrays.fill(gradients, layout.bias(p), layout.bias(p) + rows, 0f);
      }
      kernels.add(a, tape.saved(p, 0), gradients, layout.bias(p), rows);
      for (int i = 0; i < active.keyframes.count(); i++) {
        if (active.keyframes.timestep(i) > 0) {
          kernels.add(a, tape.saved(p, active.keyframes.timestep(i)), gradients, layout.bias(p), rows);
        }
      }
      tape.ownGradient(gradients, overwrite, p);
    }
  }
}

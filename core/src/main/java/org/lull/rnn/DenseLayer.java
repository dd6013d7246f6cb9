// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.Arrays;
import org.lull.cost.OperationCount;
import org.lull.kernel.CellKernel;
import org.lull.kernel.CellStep;
import org.lull.kernel.Kernels;
import org.lull.parallel.Shard;

/**
 * The ordinary recurrent layer, with the same weights and cells as {@link DeltaLayer}. It is the baseline for the sparse layer, so it is as
 * fast as we can make it: it runs several sequences together, so that a weight is read once for all of them, and it computes the input
 * product, its transpose and the weight gradient for all timesteps at once.
 *
 * <pre>
 *   forward          M_t   = bias + W v_t
 *   transposed       dL/dv = W^T dL/dM_t
 *   weight gradient  dL/dW = sum_t dL/dM_t v_t^T
 * </pre>
 *
 * Several threads may run a layer together. The {@link Shard} of a thread says which panels it computes, and the gradients of which inputs.
 * The threads wait for each other once per timestep: forward before they read h_t (twice with thresholds), backward before they read
 * dL/dM_t.
 *
 * <p>With thresholds, the layer computes the same as {@link DeltaLayer}, with vHat instead of v (see {@link ReferenceValues}). This is
 * faster if most entries fire.
 */
public final class DenseLayer {
  private final LayerLayout layout;
  private final Kernels kernels;
  private final CellKernel cell;

  public DenseLayer(LayerLayout layout, Kernels kernels) {
    this.layout = layout;
    this.kernels = kernels;
    this.cell = kernels.fastest(layout.cell());
  }

  /**
   * Runs packed sequences from the states that the tape begins with. Afterwards h_t of sequence s is at
   * {@code tape.h(sequences + row(t, s))}.
   *
   * @param w arena (flat array) of the parameters
   * @param thresholds thresholds of the delta layer, or null for the ordinary layer
   * @param x inputs, [rows][pad(Nx)] at {@code xAt}
   * @param shard part of the calling thread
   */
  public void forward(float[] w, Thresholds thresholds, float[] x, int xAt, Packing packing, Tape tape, Shard shard, OperationCount count) {
    if (thresholds == null) {
      forward(w, null, x, xAt, tape.a, packing, tape, shard);
      if (shard.isFirst()) {
        count.addForward(packing.rows(), (long) packing.rows() * layout.inputs(), (long) packing.rows() * layout.entriesOfH());
      }
    } else {
      ReferenceValues held = tape.held;
      if (shard.isFirst()) {
        held.begin(packing);
        held.holdX(kernels, thresholds, x, xAt, packing);
      }
      shard.meet();
      forward(w, thresholds, held.values, held.x(0), held.values, packing, tape, shard);
      if (shard.isFirst()) {
        count.addForward(packing.rows(), held.activeX(), held.activeH());
      }
    }
  }

  /**
   * @param vOfX array of the operand of the input product, x or vHat of x, at {@code xAt}
   * @param vOfH array of the operand of the recurrent product, h or vHat of h
   */
  private void forward(float[] w, Thresholds thresholds, float[] vOfX, int xAt, float[] vOfH, Packing packing, Tape tape,
      Shard shard) {
    CellStep step = tape.step(kernels, shard.member());
    float[] a = tape.a;
    int rows = packing.rows();
    int firstPanel = shard.from(layout.panels());
    int endPanel = shard.to(layout.panels());
    for (int p = firstPanel; p < endPanel; p++) {
      for (int row = 0; row < rows; row++) {
        System.arraycopy(w, layout.bias(p), a, tape.saved(p, row), layout.blocks() * layout.panelUnits(p));
      }
      kernels.gemm(vOfX, xAt, layout.paddedInputs(), 1, rows, layout.inputs(), w, layout.column(p, 0), layout.strideOfX(p), a,
          tape.saved(p, 0), tape.savedStride(p), layout.rowsOfX(p));
    }
    for (int t = 0; t < packing.steps(); t++) {
      int vAt = thresholds == null ? tape.h(packing.rowBefore(t, 0)) : tape.held.h(packing.row(t, 0));
      if (thresholds != null) {
        if (shard.isFirst()) {
          tape.held.holdH(kernels, thresholds, t, packing, tape);
        }
        shard.meet();
      }
      for (int p = firstPanel; p < endPanel; p++) {
        addRecurrent(w, p, vOfH, vAt, packing, t, tape);
        for (int s = 0; s < packing.running(t); s++) {
          int row = packing.row(t, s);
          tape.moveTo(step, p, row, packing.rowBefore(t, s), packing.sequences() + row);
          step.m = step.saved;
          cell.forward(step);
        }
      }
      shard.meet();
    }
  }

  /** M_t += W_h h_{t-1}, for one panel and all sequences that have timestep t. */
  private void addRecurrent(float[] w, int p, float[] v, int vAt, Packing packing, int t, Tape tape) {
    float[] a = tape.a;
    int n = packing.running(t);
    int m = tape.saved(p, packing.row(t, 0)) + layout.firstRowOfH(p);
    int w0 = layout.column(p, layout.inputs());
    int rows = layout.rowsOfH(p);
    int stride = layout.strideOfH(p);
    if (n == 1) {
      kernels.gatherAxpy(w, w0, stride, tape.allRows(layout.entriesOfH()), v, vAt, 0, layout.entriesOfH(), a, m, rows);
    } else {
      kernels.gemm(v, vAt, layout.paddedUnits(), 1, n, layout.entriesOfH(), w, w0, stride, a, m, tape.savedStride(p), rows);
    }
  }

  /**
   * Backpropagates through the sequences that were last run on the tape. Adds dL/dW and dL/dbias to {@code gradients}, and writes dL/dx to
   * {@link Tape#dx} if it is asked for.
   *
   * @param overwrite true to write the gradients instead of adding them
   * @param held whether the forward pass had thresholds
   * @param x inputs of the forward pass, unchanged
   * @param out dL/dh_t from the layer above, [pad(Nh)] at {@code outAt + row * pad(Nh)}; row is row(t, s), or s without {@code perStep}
   * @param perStep true if {@code out} has a row for each timestep of each sequence, false if it has one row for each sequence
   * @param shard part of the calling thread
   */
  public void backward(float[] w, float[] gradients, boolean overwrite, boolean held, float[] x, int xAt, float[] out, int outAt,
      boolean perStep, Packing packing, Tape tape, Shard shard, boolean inputGradient, OperationCount count) {
    CellStep step = tape.step(kernels, shard.member());
    float[] a = tape.a;
    int units = layout.paddedUnits();
    for (int t = packing.steps() - 1; t >= 0; t--) {
      for (int p = shard.from(layout.panels()); p < shard.to(layout.panels()); p++) {
        int u = layout.firstUnit(p);
        for (int s = 0; s < packing.running(t); s++) {
          int row = packing.row(t, s);
          tape.moveTo(step, p, row, packing.rowBefore(t, s), packing.sequences() + row);
          step.dh = tape.dh + s * units + u;
          step.above = out;
          step.aboveAt = outAt + (perStep ? row : s) * units + u;
          step.carry = tape.carry + s * units + u;
          cell.backward(step);
        }
      }
      shard.meet();
      if (t > 0) {
        transposedRecurrent(w, packing, t, tape, shard);
        if (held) {
          tape.held.gradientOfH(kernels, t, packing, tape, shard);
        }
      }
    }
    for (int p = shard.from(layout.panels()); p < shard.to(layout.panels()); p++) {
      if (overwrite) {
        Arrays.fill(gradients, layout.column(p, 0), layout.column(p, layout.columns()), 0f);
        Arrays.fill(gradients, layout.bias(p), layout.bias(p) + layout.blocks() * layout.panelUnits(p), 0f);
      }
      weightGradient(gradients, overwrite, held, x, xAt, p, packing, tape);
    }
    if (inputGradient) {
      gradientOfX(w, held, packing, tape, shard);
    }
    shard.meet(); // dL/dx is complete: the layer below may begin
    if (shard.isFirst()) {
      countBackward(held, packing, tape, count);
    }
  }

  private void countBackward(boolean held, Packing packing, Tape tape, OperationCount count) {
    int rows = packing.rows();
    if (held) {
      count.addBackward(packing.sequences(), rows, tape.held.activeX(), tape.held.activeH(), tape.held.activeH());
    } else {
      long transposed = rows - packing.sequences(); // nothing asks for the gradient of a sequence's first state
      count.addBackward(packing.sequences(), rows, (long) rows * layout.inputs(), (long) rows * layout.entriesOfH(),
          transposed * layout.entriesOfH());
    }
  }

  /** dL/dh_{t-1} = W_h^T dL/dM_t for the units of one thread, summed over all panels. */
  private void transposedRecurrent(float[] w, Packing packing, int t, Tape tape, Shard shard) {
    float[] a = tape.a;
    int from = layout.entriesOfHFrom(shard);
    int n = layout.entriesOfHTo(shard) - from;
    for (int p = 0; p < layout.panels(); p++) {
      int g = gOfH(p, tape.saved(p, packing.row(t, 0)));
      kernels.gemmTransposed(a, g, tape.savedStride(p), packing.running(t), w, layout.column(p, layout.inputs() + from),
          layout.strideOfH(p), n, layout.rowsOfH(p), a, tape.dh + from, layout.paddedUnits(), p > 0);
    }
  }

  /** dL/dx = W_x^T dL/dM of all rows, for the inputs of one thread, summed over all panels. */
  private void gradientOfX(float[] w, boolean held, Packing packing, Tape tape, Shard shard) {
    float[] a = tape.a;
    int from = layout.inputsFrom(shard);
    int n = layout.inputsTo(shard) - from;
    for (int p = 0; p < layout.panels(); p++) {
      kernels.gemmTransposed(a, tape.saved(p, 0), tape.savedStride(p), packing.rows(), w, layout.column(p, from), layout.strideOfX(p), n,
          layout.rowsOfX(p), a, tape.dx(0) + from, layout.paddedInputs(), p > 0);
    }
    if (held) {
      tape.held.gradientOfX(kernels, packing, tape, shard);
    }
  }

  /** dL/dW += sum over rows of dL/dM v^T, dL/dbias += sum over rows of dL/dM, and gradients of the parameters of the cell; one panel. */
  private void weightGradient(float[] gradients, boolean overwrite, boolean held, float[] x, int xAt, int p, Packing packing, Tape tape) {
    float[] a = tape.a;
    int stride = tape.savedStride(p);
    int g = tape.saved(p, 0);
    int ofH = layout.column(p, layout.inputs());
    addProduct(held ? tape.held.values : x, held ? tape.held.x(0) : xAt, layout.paddedInputs(), layout.inputs(), packing.rows(), a, g,
        stride, gradients, layout.column(p, 0), layout.strideOfX(p), layout.rowsOfX(p));
    if (held) {
      addProduct(tape.held.values, tape.held.h(0), layout.paddedUnits(), layout.entriesOfH(), packing.rows(), a, gOfH(p, g), stride,
          gradients, ofH, layout.strideOfH(p), layout.rowsOfH(p));
    } else {
      // h_{t-1} lies a fixed number of rows before h_t as long as no sequence ends: one product for each such stretch of timesteps
      for (int t = 0, end; t < packing.steps(); t = end) {
        int offset = packing.row(t, 0) - packing.rowBefore(t, 0);
        end = t + 1;
        while (end < packing.steps() && packing.row(end, 0) - packing.rowBefore(end, 0) == offset) {
          end++;
        }
        int first = packing.row(t, 0);
        int depth = (end < packing.steps() ? packing.row(end, 0) : packing.rows()) - first;
        addProduct(a, tape.h(packing.rowBefore(t, 0)), layout.paddedUnits(), layout.entriesOfH(), depth, a, gOfH(p, g) + first * stride,
            stride, gradients, ofH, layout.strideOfH(p), layout.rowsOfH(p));
      }
    }
    kernels.gatherAxpy(a, g, stride, tape.allRows(packing.rows()), tape.ones, 0, 0, packing.rows(), gradients, layout.bias(p),
        layout.blocks() * layout.panelUnits(p));
    tape.ownGradient(gradients, overwrite, p);
  }

  /** The rows of dL/dM that h feeds, of those at {@code g}. */
  private int gOfH(int p, int g) {
    return g + layout.firstRowOfH(p);
  }

  /** The columns at {@code to} += sum over rows of G v^T, for n entries of v. */
  private void addProduct(float[] v, int vAt, int vStride, int n, int depth, float[] g, int gAt, int gStride, float[] gradients, int to,
      int stride, int rows) {
    kernels.gemm(v, vAt, 1, vStride, n, depth, g, gAt, gStride, gradients, to, stride, rows);
  }
}

package org.lull.rnn;

import java.util.Arrays;
import org.lull.kernel.Kernels;

/**
 * The ordinary recurrent layer, on the same weights and cells as {@link DeltaLayer}, written to be as fast as a dense layer can be: what
 * the sparse one is compared with. It runs several sequences together, so that a weight once read serves them all, and computes the input
 * product, its transpose and the weight gradient for all timesteps at once.
 *
 * <pre>
 *   forward          M_t   = bias + W v_t
 *   transposed       dL/dv = W^T dL/dM_t
 *   weight gradient  dL/dW = sum_t dL/dM_t v_t^T
 * </pre>
 */
public final class DenseLayer {
  private final LayerLayout layout;
  private final Kernels kernels;

  public DenseLayer(LayerLayout layout, Kernels kernels) {
    this.layout = layout;
    this.kernels = kernels;
  }

  /**
   * Runs packed sequences from the states the tape was begun with; h_t of sequence s is then at {@code tape.h(sequences + row(t, s))}.
   *
   * @param w the arena of parameters
   * @param x inputs, [rows][pad(Nx)] at {@code xAt}
   */
  public void forward(float[] w, float[] x, int xAt, Packing packing, Tape tape, OperationCount count) {
    Cell cell = layout.cell();
    float[] a = tape.a;
    int rows = packing.rows();
    for (int p = 0; p < layout.panels(); p++) {
      for (int row = 0; row < rows; row++) {
        System.arraycopy(w, layout.bias(p), a, tape.saved(p, row), cell.blocks() * layout.panelUnits(p));
      }
      kernels.gemm(x, xAt, layout.paddedInputs(), 1, rows, layout.inputs(), w, layout.column(p, 0), layout.rows(p), a, tape.saved(p, 0),
          tape.savedStride(p), layout.rows(p));
    }
    for (int t = 0; t < packing.steps(); t++) {
      for (int p = 0; p < layout.panels(); p++) {
        addRecurrent(w, p, packing, t, tape);
        int u = p * LayerLayout.PANEL;
        for (int s = 0; s < packing.running(t); s++) {
          int m = tape.saved(p, packing.row(t, s));
          int before = packing.rowBefore(t, s);
          int now = packing.sequences() + packing.row(t, s);
          cell.forward(kernels, a, layout.panelUnits(p), m, m, tape.c(before) + u, tape.c(now) + u, tape.h(before) + u, tape.h(now) + u,
              tape.scratch);
        }
      }
    }
    count.addForward(rows, (long) rows * layout.inputs(), (long) rows * layout.units());
  }

  /** M_t += W_h h_{t-1}, one panel, all sequences that run. */
  private void addRecurrent(float[] w, int p, Packing packing, int t, Tape tape) {
    float[] a = tape.a;
    int n = packing.running(t);
    int h = tape.h(packing.rowBefore(t, 0));
    int m = tape.saved(p, packing.row(t, 0)) + layout.cell().firstBlockOfH() * layout.panelUnits(p);
    int w0 = layout.column(p, layout.inputs());
    int rows = layout.rows(p);
    if (n == 1) {
      kernels.addScaled(w, w0, rows, tape.allRows(layout.units()), a, h, 0, layout.units(), a, m, rows);
    } else {
      kernels.gemm(a, h, layout.paddedUnits(), 1, n, layout.units(), w, w0, rows, a, m, tape.savedStride(p), rows);
    }
  }

  /**
   * Backpropagates through the sequences last run on the tape; adds dL/dW and dL/dbias to {@code gradients} and, if asked, leaves dL/dx at
   * {@link Tape#dx}.
   *
   * @param x the inputs of the forward pass, unchanged
   * @param out dL/dh_t from above: at {@code outAt + row * pad(Nh)}, row being that of (t, s), or s alone if it is the same for all t
   * @param perStep whether {@code out} has a row for each timestep of each sequence, or one a sequence
   */
  public void backward(float[] w, float[] gradients, float[] x, int xAt, float[] out, int outAt, boolean perStep, Packing packing,
      Tape tape, boolean inputGradient, OperationCount count) {
    Cell cell = layout.cell();
    float[] a = tape.a;
    int units = layout.paddedUnits();
    Arrays.fill(a, tape.dh, tape.dh + packing.sequences() * units, 0f);
    Arrays.fill(a, tape.carry, tape.carry + packing.sequences() * units, 0f);
    for (int t = packing.steps() - 1; t >= 0; t--) {
      for (int p = 0; p < layout.panels(); p++) {
        int u = p * LayerLayout.PANEL;
        for (int s = 0; s < packing.running(t); s++) {
          int row = packing.row(t, s);
          int before = packing.rowBefore(t, s);
          cell.backward(kernels, a, layout.panelUnits(p), tape.saved(p, row), -1, tape.c(before) + u, tape.h(before) + u,
              tape.dh + s * units + u, out, outAt + (perStep ? row : s) * units + u, tape.carry + s * units + u);
        }
      }
      if (t > 0) {
        transposedRecurrent(w, packing, t, tape);
      }
    }
    int rows = packing.rows();
    for (int p = 0; p < layout.panels(); p++) {
      weightGradient(gradients, x, xAt, p, packing, tape);
      if (inputGradient) {
        kernels.gemmDots(a, tape.saved(p, 0), tape.savedStride(p), rows, w, layout.column(p, 0), layout.rows(p), layout.inputs(),
            layout.rows(p), a, tape.dx(0), layout.paddedInputs(), p > 0);
      }
    }
    long transposed = rows - packing.sequences(); // nothing asks for the gradient of a sequence's first state
    count.addBackward(packing.sequences(), rows, (long) rows * layout.inputs(), (long) rows * layout.units(), transposed * layout.units());
  }

  /** dL/dh_{t-1} = W_h^T dL/dM_t, all panels added. */
  private void transposedRecurrent(float[] w, Packing packing, int t, Tape tape) {
    float[] a = tape.a;
    for (int p = 0; p < layout.panels(); p++) {
      int g = tape.saved(p, packing.row(t, 0)) + layout.cell().firstBlockOfH() * layout.panelUnits(p);
      kernels.gemmDots(a, g, tape.savedStride(p), packing.running(t), w, layout.column(p, layout.inputs()), layout.rows(p),
          layout.units(), layout.rows(p), a, tape.dh, layout.paddedUnits(), p > 0);
    }
  }

  /** dL/dW += sum over rows of dL/dM v^T; dL/dbias += sum over rows of dL/dM; one panel. */
  private void weightGradient(float[] gradients, float[] x, int xAt, int p, Packing packing, Tape tape) {
    float[] a = tape.a;
    int rows = layout.rows(p);
    int stride = tape.savedStride(p);
    int g = tape.saved(p, 0);
    int gOfH = g + layout.cell().firstBlockOfH() * layout.panelUnits(p);
    kernels.gemm(x, xAt, 1, layout.paddedInputs(), layout.inputs(), packing.rows(), a, g, stride, gradients, layout.column(p, 0), rows,
        rows);
    // h_{t-1} lies a fixed number of rows before h_t as long as no sequence ends: one product for each such stretch of timesteps
    for (int t = 0, end; t < packing.steps(); t = end) {
      int offset = packing.row(t, 0) - packing.rowBefore(t, 0);
      end = t + 1;
      while (end < packing.steps() && packing.row(end, 0) - packing.rowBefore(end, 0) == offset) {
        end++;
      }
      int first = packing.row(t, 0);
      int depth = (end < packing.steps() ? packing.row(end, 0) : packing.rows()) - first;
      kernels.gemm(a, tape.h(packing.rowBefore(t, 0)), 1, layout.paddedUnits(), layout.units(), depth, a, gOfH + first * stride, stride,
          gradients, layout.column(p, layout.inputs()), rows, rows);
    }
    kernels.addScaled(a, g, stride, tape.allRows(packing.rows()), tape.ones, 0, 0, packing.rows(), gradients, layout.bias(p),
        layout.cell().blocks() * layout.panelUnits(p));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * A Delta layer over one sequence, in double precision and plain loops: the equations of the algorithm as they are written there, skipping
 * nothing and sharing no line with the product, which is checked against it.
 *
 * <p>Weights have PyTorch's shapes, gate order and conventions. h_0, c_0 and the references vHat_0 are 0.
 */
public record ReferenceLayer(ReferenceCell cell, Weights weights, Thresholds thresholds) {

  /**
   * Weights of one layer, or the gradient of each; G gates, H hidden units.
   *
   * @param ih weight_ih, [G*H][inputs]
   * @param hh weight_hh, [G*H][H]; without rows where the cell has no recurrent product
   * @param biasIh [G*H]
   * @param biasHh [G*H]
   * @param own the cell's own parameters, [tensors][blocks*H]
   */
  public record Weights(int hidden, double[][] ih, double[][] hh, double[] biasIh, double[] biasHh, double[][] own) {
    int inputs() {
      return ih[0].length;
    }

    /** All of them, a vector as a matrix of one row; the arrays themselves. */
    Stream<double[][]> tensors() {
      return Stream.concat(Stream.of(ih, hh, new double[][] {biasIh}, new double[][] {biasHh}),
          Arrays.stream(own).map(vector -> new double[][] {vector}));
    }
  }

  /** How much each unit of |delta| of x and of h costs, as a mean over the steps. */
  public record Penalty(double x, double h) {
    /** What a sequence costs. */
    double of(Tape tape, int inputs) {
      double sum = 0;
      for (double[] step : tape.delta) {
        for (int i = 0; i < step.length; i++) {
          sum += (i < inputs ? x : h) * Math.abs(step[i]);
        }
      }
      return sum / tape.delta.length;
    }
  }

  /** Smallest change that is transmitted, of an input and of a hidden unit; 0 transmits always. */
  public record Thresholds(double x, double h) {}

  /**
   * A forward pass, as far as the backward pass needs it.
   *
   * @param active what fired, [T][inputs + H]
   * @param delta what was transmitted, [T][inputs + H]
   * @param m the delta memory M_t, [T][blocks*H]
   * @param h outputs, [T][H]
   * @param c cell states of an LSTM, [T][H]
   */
  public record Tape(boolean[][] active, double[][] delta, double[][] m, double[][] h, double[][] c) {}

  /**
   * Gradients of one layer.
   *
   * @param weights dL/d of each tensor
   * @param g G_t = dL/dM_t, all that M_t influences included; [T][blocks*H]
   * @param dv dL/dv_t, to the inputs and then to h_{t-1} through M; [T][inputs + H]
   */
  public record Gradients(Weights weights, double[][] g, double[][] dv) {
    /** dL/dx, [T][inputs]. */
    public double[][] x() {
      return Arrays.stream(dv).map(row -> Arrays.copyOf(row, weights.inputs())).toArray(double[][]::new);
    }
  }

  /** Runs a sequence [T][inputs]; what fires is decided by the thresholds. */
  public Tape forward(double[][] x) {
    return run(x, null);
  }

  /** Runs a sequence with the given masks, [T][inputs + H]; the thresholds are not looked at. */
  public Tape forward(double[][] x, boolean[][] active) {
    return run(x, active);
  }

  private Tape run(double[][] x, boolean[][] given) {
    int steps = x.length;
    int inputs = weights.inputs();
    int hidden = weights.hidden();
    int entries = entries();
    double[][] w = stack();
    double[] m = initialMemory();
    double[] vHat = new double[entries];
    double[] h = new double[hidden];
    double[] c = new double[hidden];
    Tape tape =
        new Tape(new boolean[steps][entries], new double[steps][entries], new double[steps][], new double[steps][], new double[steps][]);
    for (int t = 0; t < steps; t++) {
      double[] delta = tape.delta[t];
      for (int i = 0; i < entries; i++) {
        double v = i < inputs ? x[t][i] : h[i - inputs];
        double threshold = i < inputs ? thresholds.x : thresholds.h;
        boolean active = given != null ? given[t][i] : Math.abs(v - vHat[i]) >= threshold;
        delta[i] = active ? v - vHat[i] : 0;
        vHat[i] += delta[i];
        tape.active[t][i] = active;
      }
      m = add(m, multiply(w, delta));
      h = h.clone();
      c = c.clone();
      cell.forward(weights.own, m, h, c);
      tape.m[t] = m;
      tape.h[t] = h;
      tape.c[t] = c;
    }
    return tape;
  }

  /**
   * Exact gradients with the masks held constant.
   *
   * @param dhAbove dL/dh_t from whatever reads this layer's outputs, [T][H]
   * @param penalty strengths of the penalty on deltas of x and of h, which is a term of L
   */
  public Gradients backward(Tape tape, double[][] dhAbove, Penalty penalty) {
    int steps = dhAbove.length;
    int inputs = weights.inputs();
    int hidden = weights.hidden();
    int entries = entries();
    double[][] w = stack();
    double[][] dw = new double[w.length][entries];
    double[][] gs = new double[steps][];
    double[][] dv = new double[steps][entries];
    double[] g = new double[w.length];
    double[] a = new double[entries]; // dL/dvHat_t
    double[] dh = new double[hidden];
    double[] dc = new double[hidden];
    double[] zeros = new double[hidden];
    double[][] dOwn = Arrays.stream(weights.own).map(vector -> new double[vector.length]).toArray(double[][]::new);
    for (int t = steps - 1; t >= 0; t--) {
      dh = add(dh, dhAbove[t]);
      double[] hBefore = t == 0 ? zeros : tape.h[t - 1];
      double[] cBefore = t == 0 ? zeros : tape.c[t - 1];
      g = add(g, cell.backward(weights.own, dOwn, tape.m[t], tape.c[t], hBefore, cBefore, dh, dc));
      gs[t] = g;
      for (int i = 0; i < entries; i++) {
        double d = (i < inputs ? penalty.x : penalty.h) / steps * Math.signum(tape.delta[t][i]); // D_t
        for (int row = 0; row < w.length; row++) {
          d += w[row][i] * g[row];
          dw[row][i] += g[row] * tape.delta[t][i];
        }
        if (tape.active[t][i]) {
          dv[t][i] = d + a[i];
          a[i] = -d;
        }
      }
      for (int i = inputs; i < entries; i++) {
        dh[i - inputs] += dv[t][i];
      }
    }
    return new Gradients(unstack(dw, g, dOwn, inputs, hidden), gs, dv);
  }

  /** Where x and h feed the same row of M, bias_hh becomes what bias_ih is: for gradients, of which the product has one for both. */
  public void copyBiasesThatServeAsTwo() {
    int hidden = weights.hidden();
    for (int row = 0; row < cell.blocks() * hidden; row++) {
      int x = fed(cell.gateOfX, row, hidden);
      int h = fed(cell.gateOfH, row, hidden);
      if (x != ReferenceCell.UNFED && h != ReferenceCell.UNFED) {
        weights.biasHh[h] = weights.biasIh[x];
      }
    }
  }

  /** Entries of v: inputs, and hidden units where the cell has a recurrent product. */
  private int entries() {
    return weights.inputs() + (cell.recurrent() ? weights.hidden() : 0);
  }

  /** The W of the algorithm, [blocks*H][inputs + H]: weight_ih beside weight_hh, zero where a block is not fed. */
  double[][] stack() {
    int inputs = weights.inputs();
    int hidden = weights.hidden();
    double[][] w = new double[cell.blocks() * hidden][entries()];
    for (int row = 0; row < w.length; row++) {
      int x = fed(cell.gateOfX, row, hidden);
      int h = fed(cell.gateOfH, row, hidden);
      if (x != ReferenceCell.UNFED) {
        System.arraycopy(weights.ih[x], 0, w[row], 0, inputs);
      }
      if (h != ReferenceCell.UNFED) {
        System.arraycopy(weights.hh[h], 0, w[row], inputs, hidden);
      }
    }
    return w;
  }

  /** M_0: the sum of the biases of the gates that feed each row. */
  private double[] initialMemory() {
    double[] m = new double[cell.blocks() * weights.hidden()];
    for (int row = 0; row < m.length; row++) {
      int x = fed(cell.gateOfX, row, weights.hidden());
      int h = fed(cell.gateOfH, row, weights.hidden());
      m[row] = (x == ReferenceCell.UNFED ? 0 : weights.biasIh[x]) + (h == ReferenceCell.UNFED ? 0 : weights.biasHh[h]);
    }
    return m;
  }

  /** Brings dL/dW and dL/dM_0 into PyTorch's tensors. */
  private Weights unstack(double[][] dw, double[] dm0, double[][] dOwn, int inputs, int hidden) {
    int rowsOfX = cell.gatesOfX() * hidden;
    int rowsOfH = cell.gatesOfH() * hidden;
    Weights gradient =
        new Weights(hidden, new double[rowsOfX][], new double[rowsOfH][], new double[rowsOfX], new double[rowsOfH], dOwn);
    for (int row = 0; row < dw.length; row++) {
      int x = fed(cell.gateOfX, row, hidden);
      int h = fed(cell.gateOfH, row, hidden);
      if (x != ReferenceCell.UNFED) {
        gradient.ih[x] = Arrays.copyOf(dw[row], inputs);
        gradient.biasIh[x] = dm0[row];
      }
      if (h != ReferenceCell.UNFED) {
        gradient.hh[h] = Arrays.copyOfRange(dw[row], inputs, inputs + hidden);
        gradient.biasHh[h] = dm0[row];
      }
    }
    return gradient;
  }

  /** Which row of a PyTorch tensor feeds a row of M. */
  private static int fed(int[] gateOfBlock, int row, int hidden) {
    int gate = gateOfBlock[row / hidden];
    return gate == ReferenceCell.UNFED ? ReferenceCell.UNFED : gate * hidden + row % hidden;
  }

  static double[] multiply(double[][] w, double[] v) {
    double[] product = new double[w.length];
    for (int row = 0; row < w.length; row++) {
      for (int i = 0; i < v.length; i++) {
        product[row] += w[row][i] * v[i];
      }
    }
    return product;
  }

  static double[] add(double[] a, double[] b) {
    double[] sum = new double[a.length];
    Arrays.setAll(sum, i -> a[i] + b[i]);
    return sum;
  }
}

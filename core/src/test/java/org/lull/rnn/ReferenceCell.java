// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * The pointwise part of a Delta layer, in double precision: how M_t becomes h_t, and dL/dh_t becomes dL/dM_t. M is [blocks*H], one block
 * after the other; everything else [H].
 */
public enum ReferenceCell {
  /** Blocks i f g o. */
  LSTM("lstm", new int[] {0, 1, 2, 3}, new int[] {0, 1, 2, 3}) {
    @Override
    void forward(double[][] own, double[] m, double[] h, double[] c) {
      int n = h.length;
      for (int j = 0; j < n; j++) {
        double i = sigmoid(m[j]);
        double f = sigmoid(m[n + j]);
        double g = Math.tanh(m[2 * n + j]);
        double o = sigmoid(m[3 * n + j]);
        c[j] = f * c[j] + i * g;
        h[j] = o * Math.tanh(c[j]);
      }
    }

    @Override
    double[] backward(double[][] own, double[][] dOwn, double[] m, double[] c, double[] hBefore, double[] cBefore, double[] dh,
        double[] dc) {
      int n = dh.length;
      double[] dm = new double[m.length];
      for (int j = 0; j < n; j++) {
        double i = sigmoid(m[j]);
        double f = sigmoid(m[n + j]);
        double g = Math.tanh(m[2 * n + j]);
        double o = sigmoid(m[3 * n + j]);
        double squashed = Math.tanh(c[j]);
        dc[j] += dh[j] * o * (1 - squashed * squashed);
        dm[j] = dc[j] * g * i * (1 - i);
        dm[n + j] = dc[j] * cBefore[j] * f * (1 - f);
        dm[2 * n + j] = dc[j] * i * (1 - g * g);
        dm[3 * n + j] = dh[j] * squashed * o * (1 - o);
        dc[j] *= f;
        dh[j] = 0;
      }
      return dm;
    }
  },

  /** Blocks r z nx nh: the candidate's share of x and its share of h stay apart, since r gates only the latter. */
  GRU("gru", new int[] {0, 1, 2, ReferenceCell.UNFED}, new int[] {0, 1, ReferenceCell.UNFED, 2}) {
    @Override
    void forward(double[][] own, double[] m, double[] h, double[] c) {
      int n = h.length;
      for (int j = 0; j < n; j++) {
        double r = sigmoid(m[j]);
        double z = sigmoid(m[n + j]);
        double candidate = Math.tanh(m[2 * n + j] + r * m[3 * n + j]);
        h[j] = (1 - z) * candidate + z * h[j];
      }
    }

    @Override
    double[] backward(double[][] own, double[][] dOwn, double[] m, double[] c, double[] hBefore, double[] cBefore, double[] dh,
        double[] dc) {
      int n = dh.length;
      double[] dm = new double[m.length];
      for (int j = 0; j < n; j++) {
        double r = sigmoid(m[j]);
        double z = sigmoid(m[n + j]);
        double candidate = Math.tanh(m[2 * n + j] + r * m[3 * n + j]);
        double dSum = dh[j] * (1 - z) * (1 - candidate * candidate);
        dm[j] = dSum * m[3 * n + j] * r * (1 - r);
        dm[n + j] = dh[j] * (hBefore[j] - candidate) * z * (1 - z);
        dm[2 * n + j] = dSum;
        dm[3 * n + j] = dSum * r;
        dh[j] *= z;
      }
      return dm;
    }
  },

  /** One block; tanh. */
  VANILLA("rnn", new int[] {0}, new int[] {0}) {
    @Override
    void forward(double[][] own, double[] m, double[] h, double[] c) {
      for (int j = 0; j < h.length; j++) {
        h[j] = Math.tanh(m[j]);
      }
    }

    @Override
    double[] backward(double[][] own, double[][] dOwn, double[] m, double[] c, double[] hBefore, double[] cBefore, double[] dh,
        double[] dc) {
      double[] dm = new double[m.length];
      for (int j = 0; j < dh.length; j++) {
        double squashed = Math.tanh(m[j]);
        dm[j] = dh[j] * (1 - squashed * squashed);
        dh[j] = 0;
      }
      return dm;
    }
  },

  /** Blocks z n; of x alone. */
  MINGRU("mingru", new int[] {0, 1}, new int[] {ReferenceCell.UNFED, ReferenceCell.UNFED}) {
    @Override
    void forward(double[][] own, double[] m, double[] h, double[] c) {
      int n = h.length;
      for (int j = 0; j < n; j++) {
        double z = sigmoid(m[j]);
        h[j] = (1 - z) * h[j] + z * m[n + j];
      }
    }

    @Override
    double[] backward(double[][] own, double[][] dOwn, double[] m, double[] c, double[] hBefore, double[] cBefore, double[] dh,
        double[] dc) {
      int n = dh.length;
      double[] dm = new double[m.length];
      for (int j = 0; j < n; j++) {
        double z = sigmoid(m[j]);
        dm[j] = dh[j] * (m[n + j] - hBefore[j]) * z * (1 - z);
        dm[n + j] = dh[j] * z;
        dh[j] *= 1 - z;
      }
      return dm;
    }
  },

  /** One block, of x alone; a recurrent weight a unit; a rectified sum. */
  INDRNN("indrnn", new int[] {0}, new int[] {ReferenceCell.UNFED}, "weight_hh", 1) {
    @Override
    void forward(double[][] own, double[] m, double[] h, double[] c) {
      for (int j = 0; j < h.length; j++) {
        h[j] = Math.max(0, m[j] + own[0][j] * h[j]);
      }
    }

    @Override
    double[] backward(double[][] own, double[][] dOwn, double[] m, double[] c, double[] hBefore, double[] cBefore, double[] dh,
        double[] dc) {
      double[] dm = new double[m.length];
      for (int j = 0; j < dh.length; j++) {
        dm[j] = m[j] + own[0][j] * hBefore[j] > 0 ? dh[j] : 0;
        dOwn[0][j] += dm[j] * hBefore[j];
        dh[j] = dm[j] * own[0][j];
      }
      return dm;
    }
  },

  /** Blocks i f g o, and a weight of c a unit for i, f and o. */
  PEEPHOLE("peephole", new int[] {0, 1, 2, 3}, new int[] {0, 1, 2, 3}, "weight_ci", 1, "weight_cf", 1, "weight_co", 1) {
    @Override
    void forward(double[][] own, double[] m, double[] h, double[] c) {
      int n = h.length;
      for (int j = 0; j < n; j++) {
        double i = sigmoid(m[j] + own[0][j] * c[j]);
        double f = sigmoid(m[n + j] + own[1][j] * c[j]);
        c[j] = f * c[j] + i * Math.tanh(m[2 * n + j]);
        h[j] = sigmoid(m[3 * n + j] + own[2][j] * c[j]) * Math.tanh(c[j]);
      }
    }

    @Override
    double[] backward(double[][] own, double[][] dOwn, double[] m, double[] c, double[] hBefore, double[] cBefore, double[] dh,
        double[] dc) {
      int n = dh.length;
      double[] dm = new double[m.length];
      for (int j = 0; j < n; j++) {
        double i = sigmoid(m[j] + own[0][j] * cBefore[j]);
        double f = sigmoid(m[n + j] + own[1][j] * cBefore[j]);
        double g = Math.tanh(m[2 * n + j]);
        double o = sigmoid(m[3 * n + j] + own[2][j] * c[j]);
        double squashed = Math.tanh(c[j]);
        dm[3 * n + j] = dh[j] * squashed * o * (1 - o);
        dc[j] += dh[j] * o * (1 - squashed * squashed) + dm[3 * n + j] * own[2][j];
        dm[j] = dc[j] * g * i * (1 - i);
        dm[n + j] = dc[j] * cBefore[j] * f * (1 - f);
        dm[2 * n + j] = dc[j] * i * (1 - g * g);
        dOwn[0][j] += dm[j] * cBefore[j];
        dOwn[1][j] += dm[n + j] * cBefore[j];
        dOwn[2][j] += dm[3 * n + j] * c[j];
        dc[j] = dc[j] * f + dm[j] * own[0][j] + dm[n + j] * own[1][j];
        dh[j] = 0;
      }
      return dm;
    }
  },

  /** Blocks i f g o of a normalised M; a norm of c. */
  LAYER_NORM("lnlstm", new int[] {0, 1, 2, 3}, new int[] {0, 1, 2, 3}, "ln_weight", 4, "ln_bias", 4, "ln_c_weight", 1, "ln_c_bias", 1) {
    @Override
    void forward(double[][] own, double[] m, double[] h, double[] c) {
      int n = h.length;
      double[] y = affine(norm(m), own[0], own[1]);
      for (int j = 0; j < n; j++) {
        c[j] = sigmoid(y[n + j]) * c[j] + sigmoid(y[j]) * Math.tanh(y[2 * n + j]);
      }
      double[] yOfC = affine(norm(c), own[2], own[3]);
      for (int j = 0; j < n; j++) {
        h[j] = sigmoid(y[3 * n + j]) * Math.tanh(yOfC[j]);
      }
    }

    @Override
    double[] backward(double[][] own, double[][] dOwn, double[] m, double[] c, double[] hBefore, double[] cBefore, double[] dh,
        double[] dc) {
      int n = dh.length;
      double[] y = affine(norm(m), own[0], own[1]);
      double[] yOfC = affine(norm(c), own[2], own[3]);
      double[] dy = new double[m.length];
      double[] dyOfC = new double[n];
      for (int j = 0; j < n; j++) {
        double o = sigmoid(y[3 * n + j]);
        double squashed = Math.tanh(yOfC[j]);
        dy[3 * n + j] = dh[j] * squashed * o * (1 - o);
        dyOfC[j] = dh[j] * o * (1 - squashed * squashed);
        dh[j] = 0;
      }
      double[] throughNorm = normBackward(c, affineBackward(dyOfC, norm(c), own[2], dOwn[2], dOwn[3]));
      for (int j = 0; j < n; j++) {
        double i = sigmoid(y[j]);
        double f = sigmoid(y[n + j]);
        double g = Math.tanh(y[2 * n + j]);
        dc[j] += throughNorm[j];
        dy[j] = dc[j] * g * i * (1 - i);
        dy[n + j] = dc[j] * cBefore[j] * f * (1 - f);
        dy[2 * n + j] = dc[j] * i * (1 - g * g);
        dc[j] *= f;
      }
      return normBackward(m, affineBackward(dy, norm(m), own[0], dOwn[0], dOwn[1]));
    }
  };

  /** In place of a gate: the block is not fed from that side. */
  static final int UNFED = -1;

  /** What the product calls the cell. */
  final String product;

  /** For each block of M, the gate of weight_ih that feeds it. */
  final int[] gateOfX;

  /** For each block of M, the gate of weight_hh that feeds it. */
  final int[] gateOfH;

  /** Names of the cell's own tensors of parameters, and how many numbers a unit has in each. */
  final SequencedMap<String, Integer> own = new LinkedHashMap<>();

  /**
   * @param own name and numbers a unit of each tensor of the cell's own
   */
  ReferenceCell(String product, int[] gateOfX, int[] gateOfH, Object... own) {
    this.product = product;
    this.gateOfX = gateOfX;
    this.gateOfH = gateOfH;
    for (int k = 0; k < own.length; k += 2) {
      this.own.put((String) own[k], (Integer) own[k + 1]);
    }
  }

  /** The cell that the product calls by a name. */
  public static ReferenceCell named(String name) {
    return Arrays.stream(values()).filter(cell -> cell.product.equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no reference for the cell " + name));
  }

  /** Row blocks of M. */
  int blocks() {
    return gateOfX.length;
  }

  /** Row blocks of weight_ih. */
  public int gatesOfX() {
    return IntStream.of(gateOfX).max().orElseThrow() + 1;
  }

  /** Row blocks of weight_hh; 0 without a recurrent product. */
  public int gatesOfH() {
    return IntStream.of(gateOfH).max().orElseThrow() + 1; // UNFED is -1
  }

  /** Whether h has columns in W. */
  boolean recurrent() {
    return gatesOfH() > 0;
  }

  /**
   * Turns h_{t-1}, c_{t-1} into h_t, c_t in place.
   *
   * @param own the cell's own parameters
   */
  abstract void forward(double[][] own, double[] m, double[] h, double[] c);

  /**
   * Returns dL/dM_t of this step alone, and turns dL/dh_t, dL/dc_t in place into what reaches h_{t-1}, c_{t-1} pointwise (not through M).
   *
   * @param dOwn gradients of the cell's own parameters, added to
   * @param c c_t
   * @param hBefore h_{t-1}
   * @param cBefore c_{t-1}
   */
  abstract double[] backward(double[][] own, double[][] dOwn, double[] m, double[] c, double[] hBefore, double[] cBefore, double[] dh,
      double[] dc);

  private static double mean(double[] v) {
    return Arrays.stream(v).sum() / v.length;
  }

  private static double deviation(double[] v) {
    double mean = mean(v);
    return Math.sqrt(mean(Arrays.stream(v).map(x -> (x - mean) * (x - mean)).toArray()) + 1e-5);
  }

  private static double[] norm(double[] v) {
    double mean = mean(v);
    double deviation = deviation(v);
    return Arrays.stream(v).map(x -> (x - mean) / deviation).toArray();
  }

  private static double[] normBackward(double[] v, double[] d) {
    double[] norm = norm(v);
    double mean = mean(d);
    double slope = mean(IntStream.range(0, d.length).mapToDouble(j -> d[j] * norm[j]).toArray());
    double deviation = deviation(v);
    return IntStream.range(0, d.length).mapToDouble(j -> (d[j] - mean - norm[j] * slope) / deviation).toArray();
  }

  private static double[] affine(double[] x, double[] gain, double[] shift) {
    return IntStream.range(0, x.length).mapToDouble(j -> x[j] * gain[j] + shift[j]).toArray();
  }

  private static double[] affineBackward(double[] dy, double[] x, double[] gain, double[] dGain, double[] dShift) {
    for (int j = 0; j < x.length; j++) {
      dGain[j] += dy[j] * x[j];
      dShift[j] += dy[j];
    }
    return IntStream.range(0, x.length).mapToDouble(j -> dy[j] * gain[j]).toArray();
  }

  private static double sigmoid(double a) {
    return 1 / (1 + Math.exp(-a));
  }
}

package org.lull.rnn;

/**
 * The pointwise part of a Delta layer, in double precision: how M_t becomes h_t, and dL/dh_t becomes dL/dM_t. M is [blocks*H], one block
 * after the other; everything else [H].
 */
public enum ReferenceCell {
  /** Blocks i f g o. */
  LSTM(new int[] {0, 1, 2, 3}, new int[] {0, 1, 2, 3}) {
    @Override
    void forward(double[] m, double[] h, double[] c) {
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
    double[] backward(double[] m, double[] c, double[] hBefore, double[] cBefore, double[] dh, double[] dc) {
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
  GRU(new int[] {0, 1, 2, ReferenceCell.UNFED}, new int[] {0, 1, ReferenceCell.UNFED, 2}) {
    @Override
    void forward(double[] m, double[] h, double[] c) {
      int n = h.length;
      for (int j = 0; j < n; j++) {
        double r = sigmoid(m[j]);
        double z = sigmoid(m[n + j]);
        double candidate = Math.tanh(m[2 * n + j] + r * m[3 * n + j]);
        h[j] = (1 - z) * candidate + z * h[j];
      }
    }

    @Override
    double[] backward(double[] m, double[] c, double[] hBefore, double[] cBefore, double[] dh, double[] dc) {
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
  VANILLA(new int[] {0}, new int[] {0}) {
    @Override
    void forward(double[] m, double[] h, double[] c) {
      for (int j = 0; j < h.length; j++) {
        h[j] = Math.tanh(m[j]);
      }
    }

    @Override
    double[] backward(double[] m, double[] c, double[] hBefore, double[] cBefore, double[] dh, double[] dc) {
      double[] dm = new double[m.length];
      for (int j = 0; j < dh.length; j++) {
        double squashed = Math.tanh(m[j]);
        dm[j] = dh[j] * (1 - squashed * squashed);
        dh[j] = 0;
      }
      return dm;
    }
  };

  /** In place of a gate: the block is not fed from that side. */
  static final int UNFED = -1;

  /** For each block of M, the gate of weight_ih that feeds it. */
  final int[] gateOfX;

  /** For each block of M, the gate of weight_hh that feeds it. */
  final int[] gateOfH;

  ReferenceCell(int[] gateOfX, int[] gateOfH) {
    this.gateOfX = gateOfX;
    this.gateOfH = gateOfH;
  }

  /** Row blocks of M. */
  int blocks() {
    return gateOfX.length;
  }

  /** Row blocks of weight_ih and weight_hh. */
  int gates() {
    return this == GRU ? 3 : blocks();
  }

  /** Turns h_{t-1}, c_{t-1} into h_t, c_t in place. */
  abstract void forward(double[] m, double[] h, double[] c);

  /**
   * Returns dL/dM_t of this step alone, and turns dL/dh_t, dL/dc_t in place into what reaches h_{t-1}, c_{t-1} pointwise (not through M).
   *
   * @param c c_t
   * @param hBefore h_{t-1}
   * @param cBefore c_{t-1}
   */
  abstract double[] backward(double[] m, double[] c, double[] hBefore, double[] cBefore, double[] dh, double[] dc);

  private static double sigmoid(double a) {
    return 1 / (1 + Math.exp(-a));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import static org.lull.accelerator.FixedPoint.FA;
import static org.lull.accelerator.FixedPoint.FC;
import static org.lull.accelerator.FixedPoint.FV;
import static org.lull.accelerator.FixedPoint.FW;
import static org.lull.accelerator.FixedPoint.GF;
import static org.lull.accelerator.FixedPoint.KC;
import static org.lull.accelerator.FixedPoint.KG;
import static org.lull.accelerator.FixedPoint.ONE;
import static org.lull.accelerator.FixedPoint.clamp16;
import static org.lull.accelerator.FixedPoint.rne;

import java.util.Arrays;

/**
 * A Delta LSTM layer in 16-bit integers: the golden model of the logic, which gives the same bits. The forward pass and the sparse
 * backpropagation through time are those of docs/algorithm.md. The unit and rounding of every line are in docs/accelerator.md, section
 * Numbers.
 *
 * <p>W is stored column by column: columns of x, then of h, then one column of biases, which fires only at the first timestep. A column has
 * a row for each gate of each unit: row 4 u + gate, with gates in the order i f g o.
 */
final class FixedLstmLayer {
  static final int GATES = 4;

  private static final int A_ONE = 1 << FA; // 1.0 of sigmoid and tanh

  private final int inputs;
  private final int units;
  private final short[] weights;
  private int thetaX;
  private int thetaH;

  /** A layer of zeros with thresholds of zero. */
  FixedLstmLayer(int inputs, int units) {
    this.inputs = inputs;
    this.units = units;
    weights = new short[(columns() + 1) * rows()];
  }

  /** Nx. */
  int inputs() {
    return inputs;
  }

  /** Nh. */
  int units() {
    return units;
  }

  /** K = Nx + Nh, the column of biases not counted, whose number this is. */
  int columns() {
    return inputs + units;
  }

  /** R = 4 Nh. */
  int rows() {
    return GATES * units;
  }

  int thetaX() {
    return thetaX;
  }

  int thetaH() {
    return thetaH;
  }

  /**
   * In 2^-FV, 0 to 32767.
   *
   * @param x of all inputs
   * @param h of all hidden states
   */
  void setThresholds(int x, int h) {
    thetaX = x;
    thetaH = h;
  }

  /** W, [K + 1][R]. */
  short[] weights() {
    return weights;
  }

  /** Runs the forward pass of the sequence whose x is on the tape. */
  void forward(FixedTape tape) {
    int active = 0;
    for (int t = 0; t < tape.steps; t++) {
      tape.start[t] = active;
      active = encode(tape, active, tape.x, t * inputs, inputs, 0, thetaX);
      boolean first = t == 0 && !tape.begun;
      if (first) {
        tape.list[active] = columns();
        tape.delta[active++] = ONE;
      }
      tape.startOfH[t] = active;
      if (!first) { // h_0 is 0 and was never anything else
        active = encode(tape, active, tape.h, t * units, units, inputs, thetaH);
      }
      tape.start[t + 1] = active;
      addColumns(tape, t);
      cellForward(tape, t);
    }
  }

  /** Lists the entries that moved by their threshold or more, and updates their references. */
  private static int encode(FixedTape tape, int active, short[] v, int at, int n, int firstColumn, int theta) {
    for (int k = 0; k < n; k++) {
      int j = firstColumn + k;
      int d = v[at + k] - tape.reference[j];
      if (Math.abs(d) >= theta) {
        int delta = tape.saturations.value(d);
        tape.reference[j] += (short) delta;
        tape.list[active] = j;
        tape.delta[active++] = (short) delta;
      }
    }
    return active;
  }

  /** M += W delta_t. */
  private void addColumns(FixedTape tape, int t) {
    long[] m = tape.m;
    for (int k = tape.start[t]; k < tape.start[t + 1]; k++) {
      int column = tape.list[k] * m.length;
      int delta = tape.delta[k];
      for (int r = 0; r < m.length; r++) {
        m[r] += weights[column + r] * delta;
      }
    }
  }

  private void cellForward(FixedTape tape, int t) {
    for (int u = 0; u < units; u++) {
      int r = GATES * u;
      int saved = t * rows() + r;
      int at = t * units + u;
      int i = ActivationTable.sigmoid(clamp16(rne(tape.m[r], FW)));
      int f = ActivationTable.sigmoid(clamp16(rne(tape.m[r + 1], FW)));
      int g = ActivationTable.tanh(clamp16(rne(tape.m[r + 2], FW)));
      int o = ActivationTable.sigmoid(clamp16(rne(tape.m[r + 3], FW)));
      int c = tape.saturations.value(rne(((long) f * tape.c[at] << FA - FC) + i * g, 2 * FA - FC));
      int tanhC = ActivationTable.tanh(clamp16((long) c << FV - FC));
      tape.h[at + units] = (short) rne(o * tanhC, 2 * FA - FV);
      tape.c[at + units] = (short) c;
      tape.tanhC[at] = (short) tanhC;
      tape.gates[saved] = (short) i;
      tape.gates[saved + 1] = (short) f;
      tape.gates[saved + 2] = (short) g;
      tape.gates[saved + 3] = (short) o;
    }
  }

  /**
   * Backpropagates dL/dh, which is on the tape, through the sequence that was last run on it.
   *
   * @param gradient receives the sum with dL/dW, [K + 1][R]
   * @param inputGradient whether to write dL/dx to the tape
   */
  void backward(FixedTape tape, long[] gradient, boolean inputGradient) {
    tape.beginBackward();
    for (int t = tape.steps - 1; t >= 0; t--) {
      cellBackward(tape, t);
      for (int r = 0; r < rows(); r++) {
        tape.operand[r] = (short) tape.saturations.gradient(rne(tape.g[r], GF));
      }
      Arrays.fill(tape.back, (short) 0);
      dotColumns(tape, tape.startOfH[t], tape.start[t + 1], tape.back, -inputs);
      if (inputGradient) {
        dotColumns(tape, tape.start[t], tape.startOfH[t], tape.dx, t * inputs);
      }
      addOuterProduct(tape, t, gradient);
    }
    for (long sum : gradient) {
      tape.saturations.check(sum);
    }
  }

  /** G_t = G_{t+1} + dL/dM_t. */
  private void cellBackward(FixedTape tape, int t) {
    Saturations saturations = tape.saturations;
    for (int u = 0; u < units; u++) {
      int r = GATES * u;
      int saved = t * rows() + r;
      int at = t * units + u;
      int i = tape.gates[saved];
      int f = tape.gates[saved + 1];
      int g = tape.gates[saved + 2];
      int o = tape.gates[saved + 3];
      int tanhC = tape.tanhC[at];
      int dh = saturations.gradient(tape.dh[at] + tape.back[u]);
      long os = rne((long) o * tanhSlope(tanhC), FA);
      int dc = saturations.gradient(rne(((long) tape.dcCarry[u] << KC) + dh * os, FA + KC));
      tape.dcCarry[u] = dc * f;
      long ai = rne(g * sigmoidSlope(i), FA); // in 2^-16
      long af = rne(tape.c[at] * sigmoidSlope(f), FC + 3); // c_{t-1}; in 2^-13
      long ag = rne(i * tanhSlope(g), FA); // in 2^-15
      long ao = rne(tanhC * sigmoidSlope(o), FA); // in 2^-16
      tape.g[r] = saturations.wideGradient(tape.g[r] + rne(dc * ai, KG - KC + 16 - GF));
      tape.g[r + 1] = saturations.wideGradient(tape.g[r + 1] + rne(dc * af, KG - KC + 13 - GF));
      tape.g[r + 2] = saturations.wideGradient(tape.g[r + 2] + rne(dc * ag, KG - KC + 15 - GF));
      tape.g[r + 3] = saturations.wideGradient(tape.g[r + 3] + rne(dh * ao, KG + 16 - GF));
    }
  }

  /** 1 - y^2, in 2^-15. */
  private static long tanhSlope(int y) {
    return Math.min(A_ONE - 1, rne(((long) A_ONE << FA) - y * y, FA));
  }

  /** y (1 - y), in 2^-16. */
  private static long sigmoidSlope(int y) {
    return rne((long) y * (A_ONE - y), FA - 1);
  }

  /** D = W^T G of the columns on a part of the list, and the gradients of their entries, entry j at {@code at + j}. */
  private void dotColumns(FixedTape tape, int from, int to, short[] gradients, int at) {
    short[] operand = tape.operand;
    for (int k = from; k < to; k++) {
      int j = tape.list[k];
      if (j == columns()) {
        continue; // the bias is fed by a constant
      }
      int column = j * operand.length;
      long sum = 0;
      for (int r = 0; r < operand.length; r++) {
        sum += weights[column + r] * operand[r];
      }
      int d = tape.saturations.wideGradient(sum);
      gradients[at + j] = (short) tape.saturations.gradient(rne((long) d - tape.lastD[j], FW - KG));
      tape.lastD[j] = d;
    }
  }

  /** dL/dW += G_t delta_t^T, active columns only. */
  private void addOuterProduct(FixedTape tape, int t, long[] gradient) {
    short[] operand = tape.operand;
    for (int k = tape.start[t]; k < tape.start[t + 1]; k++) {
      int column = tape.list[k] * operand.length;
      int delta = tape.delta[k];
      for (int r = 0; r < operand.length; r++) {
        gradient[column + r] += operand[r] * delta;
      }
    }
  }

  /**
   * W -= gradient / 2^shift, rounded. The rest of the rounding stays in the gradient.
   *
   * @param shift {@link FixedPoint#SMALLEST_SHIFT} and so on
   */
  void update(long[] gradient, int shift, Saturations saturations) {
    for (int k = 0; k < weights.length; k++) {
      long step = rne(gradient[k], shift);
      weights[k] = saturations.weight(weights[k] - step);
      gradient[k] -= step << shift;
    }
  }

  /**
   * W -= gradient / 2^shift for a small memory: of what is rounded away only the highest 8 bits are kept.
   *
   * @param gradient dL/dW of one sequence alone, [K + 1][R]; not changed
   * @param carry what the last updates left over, in 1/256 of the unit of W, [K + 1][R]
   */
  void update(long[] gradient, int shift, byte[] carry, Saturations saturations) {
    for (int k = 0; k < weights.length; k++) {
      CarriedUpdate.apply(weights, carry, k, gradient[k], shift, saturations);
    }
  }
}

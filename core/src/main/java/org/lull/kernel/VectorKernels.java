// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.VectorWidth.F;

/**
 * The kernels on the Vector API, for vectors of 128, 256 and 512 bits. They are implemented in the other classes whose names begin with
 * Vector. Only these classes use the Vector API. {@link KernelChoice} loads this class by name, so the library also runs without the
 * module.
 */
public final class VectorKernels implements Kernels {
  private static final String DESCRIPTION = "Vector API, " + F.vectorBitSize() + " bits"; // and the width is settled once this class is

  private static final CellKernel LSTM = new VectorLstm();
  private static final CellKernel GRU = new VectorGru();
  private static final CellKernel VANILLA = new VectorVanilla();

  @Override
  public String description() {
    return DESCRIPTION;
  }

  @Override
  public int vectorBits() {
    return F.vectorBitSize();
  }

  /** The cells that have a vector version; it has the same name. */
  @Override
  public CellKernel fastest(CellKernel cell) {
    return switch (cell.name()) {
      case "lstm" -> LSTM;
      case "gru" -> GRU;
      case "rnn" -> VANILLA;
      default -> cell;
    };
  }

  @Override
  public void gatherAxpy(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last, float[] to,
      int toAt, int rows) {
    VectorGather.gatherAxpy(matrix, at, stride, list, scale, scaleAt, first, last, to, toAt, rows);
  }

  @Override
  public void gatherDot(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt, int rows,
      float[] to, int toAt, boolean add) {
    VectorGather.gatherDot(matrix, at, stride, list, first, last, vector, vectorAt, rows, to, toAt, add);
  }

  @Override
  public void gemm(float[] a, int aAt, int aRow, int aColumn, int m, int depth, float[] b, int bAt, int bRow, float[] c, int cAt, int cRow,
      int rows) {
    VectorGemm.gemm(a, aAt, aRow, aColumn, m, depth, b, bAt, bRow, c, cAt, cRow, rows);
  }

  @Override
  public void gemmTransposed(float[] a, int aAt, int aRow, int m, float[] b, int bAt, int bRow, int n, int rows, float[] c, int cAt,
      int cRow, boolean add) {
    VectorGemm.gemmTransposed(a, aAt, aRow, m, b, bAt, bRow, n, rows, c, cAt, cRow, add);
  }

  @Override
  public int encode(float[] values, int at, float[] reference, int referenceAt, float[] threshold, int n, int base, int[] list,
      float[] delta, int count, int[] fired, int firedAt) {
    return VectorEncoder.encode(values, at, reference, referenceAt, threshold, n, base, list, delta, count, fired, firedAt);
  }

  @Override
  public void encodeBackward(float[] d, int at, int[] fired, int firedAt, int n, float[] a, int aAt, float[] dv, int dvAt) {
    VectorEncoder.encodeBackward(d, at, fired, firedAt, n, a, aAt, dv, dvAt);
  }

  @Override
  public int hold(float[] values, int at, float[] held, int before, float[] threshold, int n, int now, int[] fired, int firedAt) {
    return VectorEncoder.hold(values, at, held, before, threshold, n, now, fired, firedAt);
  }

  @Override
  public void holdBackward(float[] d, int at, int[] fired, int firedAt, int n, float[] carry, int carryAt) {
    VectorEncoder.holdBackward(d, at, fired, firedAt, n, carry, carryAt);
  }

  @Override
  public void tanh(float[] x, int xAt, float[] y, int yAt, int n) {
    VectorActivations.tanh(x, xAt, y, yAt, n);
  }

  @Override
  public void sigmoid(float[] x, int xAt, float[] y, int yAt, int n) {
    VectorActivations.sigmoid(x, xAt, y, yAt, n);
  }

  @Override
  public float sum(float[] x, int at, int n) {
    return VectorElementwise.sum(x, at, n);
  }

  @Override
  public float dot(float[] x, int xAt, float[] y, int yAt, int n) {
    return VectorElementwise.dot(x, xAt, y, yAt, n);
  }

  @Override
  public void add(float[] x, int xAt, float[] to, int toAt, int n) {
    VectorElementwise.add(x, xAt, to, toAt, n);
  }

  @Override
  public void adamW(float[] parameters, float[] gradients, float[] first, float[] second, int at, int n, float scale, float beta1,
      float beta2, float epsilon, float step, float root, float keep) {
    VectorElementwise.adamW(parameters, gradients, first, second, at, n, scale, beta1, beta2, epsilon, step, root, keep);
  }
}

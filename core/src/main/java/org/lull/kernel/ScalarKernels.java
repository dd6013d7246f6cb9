// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import java.util.Arrays;

/** The reference: one loop a kernel, as short as it can be said. {@link VectorKernels} has to give the same bits. Cells run as
 * they stand in their own files. */
public final class ScalarKernels implements Kernels {
  /** Room for the partial sums of a dot product, one to a thread. */
  private static final ThreadLocal<float[]> SUMS = ThreadLocal.withInitial(() -> new float[LANES]);

  @Override
  public String description() {
    return "scalar";
  }

  @Override
  public void gatherAxpy(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last, float[] to,
      int toAt, int rows) {
    for (int k = first; k < last; k++) {
      int row = at + list[k] * stride;
      float s = scale[scaleAt + k];
      for (int r = 0; r < rows; r++) {
        to[toAt + r] = Math.fma(matrix[row + r], s, to[toAt + r]);
      }
    }
  }

  @Override
  public void gatherDot(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt, int rows,
      float[] to, int toAt, boolean add) {
    float[] sums = SUMS.get();
    for (int k = first; k < last; k++) {
      float dot = dot(matrix, at + list[k] * stride, vector, vectorAt, rows, sums);
      int i = toAt + k - first;
      to[i] = add ? to[i] + dot : dot;
    }
  }

  private static float dot(float[] a, int aAt, float[] b, int bAt, int rows, float[] sums) {
    Arrays.fill(sums, 0f);
    for (int r = 0; r < rows; r += LANES) {
      for (int lane = 0; lane < LANES; lane++) {
        sums[lane] = Math.fma(a[aAt + r + lane], b[bAt + r + lane], sums[lane]);
      }
    }
    return fold(sums, 0);
  }

  /** Folds LANES partial sums in halves. */
  static float fold(float[] sum, int at) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) {
        sum[at + lane] += sum[at + lane + half];
      }
    }
    return sum[at];
  }

  @Override
  public void gemm(float[] a, int aAt, int aRow, int aColumn, int m, int depth, float[] b, int bAt, int bRow, float[] c, int cAt,
      int cRow, int rows) {
    for (int i = 0; i < m; i++) {
      for (int k = 0; k < depth; k++) {
        float s = a[aAt + i * aRow + k * aColumn];
        for (int r = 0; r < rows; r++) {
          c[cAt + i * cRow + r] = Math.fma(b[bAt + k * bRow + r], s, c[cAt + i * cRow + r]);
        }
      }
    }
  }

  @Override
  public void gemmTransposed(float[] a, int aAt, int aRow, int m, float[] b, int bAt, int bRow, int n, int rows, float[] c, int cAt,
      int cRow, boolean add) {
    float[] sums = SUMS.get();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float dot = dot(b, bAt + j * bRow, a, aAt + i * aRow, rows, sums);
        int at = cAt + i * cRow + j;
        c[at] = add ? c[at] + dot : dot;
      }
    }
  }

  @Override
  public int encode(float[] values, int at, float[] reference, int referenceAt, float[] threshold, int n, int base,
      int[] list, float[] delta, int count, int[] fired, int firedAt) {
    boolean large = false;
    for (int group = 0; group * LANES < n; group++) {
      int bits = 0;
      for (int e = group * LANES; e < Math.min(n, (group + 1) * LANES); e++) {
        float moved = values[at + e] - reference[referenceAt + e];
        if (!(Math.abs(moved) < threshold[e])) { // not >=: that would be false for NaN
          reference[referenceAt + e] = values[at + e];
          list[count] = base + e;
          delta[count++] = moved;
          large |= Math.abs(moved) > LARGE_MOVE;
          bits |= 1 << (e - group * LANES);
        }
      }
      fired[firedAt + group] = bits;
    }
    return large ? ~count : count;
  }

  @Override
  public void encodeBackward(float[] d, int at, int[] fired, int firedAt, int n, float[] a, int aAt, float[] dv, int dvAt) {
    int next = at;
    for (int e = 0; e < n; e++) {
      if ((fired[firedAt + e / LANES] >>> e % LANES & 1) != 0) {
        dv[dvAt + e] = d[next] + a[aAt + e];
        a[aAt + e] = -d[next++];
      } else {
        dv[dvAt + e] = 0;
      }
    }
  }

  @Override
  public int hold(float[] values, int at, float[] held, int before, float[] threshold, int n, int now, int[] fired, int firedAt) {
    int count = 0;
    for (int group = 0; group * LANES < n; group++) {
      int bits = 0;
      for (int e = group * LANES; e < (group + 1) * LANES; e++) {
        float moved = values[at + e] - held[before + e];
        boolean fires = e < n && !(Math.abs(moved) < threshold[e]); // as in encode
        held[now + e] = fires ? values[at + e] : held[before + e];
        bits |= fires ? 1 << (e - group * LANES) : 0;
      }
      fired[firedAt + group] = bits;
      count += Integer.bitCount(bits);
    }
    return count;
  }

  @Override
  public void holdBackward(float[] d, int at, int[] fired, int firedAt, int n, float[] carry, int carryAt) {
    for (int e = 0; e < Kernels.pad(n); e++) {
      float r = d[at + e] + carry[carryAt + e];
      boolean fires = (fired[firedAt + e / LANES] >>> e % LANES & 1) != 0;
      d[at + e] = fires ? r : 0f;
      carry[carryAt + e] = fires ? 0f : r;
    }
  }

  @Override
  public CellKernel fastest(CellKernel cell) {
    return cell;
  }

  @Override
  public void tanh(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] = Activations.tanh(x[xAt + i]);
    }
  }

  @Override
  public void sigmoid(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] = Activations.sigmoid(x[xAt + i]);
    }
  }

  @Override
  public float sum(float[] x, int at, int n) {
    float[] sums = SUMS.get();
    Arrays.fill(sums, 0f);
    for (int i = 0; i < n; i++) {
      sums[i % LANES] += x[at + i];
    }
    return fold(sums, 0);
  }

  @Override
  public float dot(float[] x, int xAt, float[] y, int yAt, int n) {
    return dot(x, xAt, y, yAt, n, SUMS.get());
  }

  @Override
  public void add(float[] x, int xAt, float[] to, int toAt, int n) {
    for (int i = 0; i < n; i++) {
      to[toAt + i] += x[xAt + i];
    }
  }

  @Override
  public void adamW(float[] parameters, float[] gradients, float[] first, float[] second, int at, int n, float scale, float beta1,
      float beta2, float epsilon, float step, float root, float keep) {
    for (int i = at; i < at + n; i++) {
      float g = gradients[i] * scale;
      first[i] = Math.fma(beta1, first[i], (1f - beta1) * g);
      second[i] = Math.fma(beta2, second[i], (1f - beta2) * g * g);
      float move = first[i] * step / ((float) Math.sqrt(second[i]) / root + epsilon);
      parameters[i] = parameters[i] * keep - move;
    }
  }
}

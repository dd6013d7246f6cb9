// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.Kernels.LANES;
import static org.lull.kernel.VectorWidth.F;
import static org.lull.kernel.VectorWidth.TILE;
import static org.lull.kernel.VectorWidth.V;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** The products on lists of active rows: {@link Kernels#gatherAxpy} and {@link Kernels#gatherDot}. */
final class VectorGather {
  /** Rows longer than this are added from end to end, shorter ones tile by tile. */
  private static final int WALKED = 256;

  /** Number of columns whose partial sums are folded together. */
  private static final int COLUMNS = 32;

  /** Partial sums of dot products, an array for each thread. */
  private static final ThreadLocal<float[]> SUMS = ThreadLocal.withInitial(() -> new float[COLUMNS * LANES]);

  private VectorGather() {}

  // ------------------------------------------------------------------------------------------------ sums of scaled rows

  static void gatherAxpy(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last, float[] to,
      int toAt, int rows) {
    if (rows > WALKED) {
      addLongRows(matrix, at, stride, list, scale, scaleAt, first, last, to, toAt, rows);
      return;
    }
    int r = 0;
    for (; TILE == 16 && r + 16 * V <= rows; r += 16 * V) {
      VectorAxpyTiles.gatherAxpy16(matrix, at + r, stride, list, scale, scaleAt, first, last, to, toAt + r);
    }
    for (; r + 8 * V <= rows; r += 8 * V) {
      VectorAxpyTiles.gatherAxpy8(matrix, at + r, stride, list, scale, scaleAt, first, last, to, toAt + r);
    }
    for (; r + 4 * V <= rows; r += 4 * V) {
      VectorAxpyTiles.gatherAxpy4(matrix, at + r, stride, list, scale, scaleAt, first, last, to, toAt + r);
    }
    for (; r < rows; r += V) {
      VectorAxpyTiles.gatherAxpy1(matrix, at + r, stride, list, scale, scaleAt, first, last, to, toAt + r);
    }
  }

  /**
   * Adds four rows at a time from end to end; the sums go through the first-level cache. Rows this long come from slow memory, which is
   * fast only if it is read in order.
   */
  private static void addLongRows(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last,
      float[] to, int toAt, int rows) {
    int k = first;
    for (; k + 4 <= last; k += 4) {
      addFour(matrix, at + list[k] * stride, at + list[k + 1] * stride, at + list[k + 2] * stride, at + list[k + 3] * stride, scale,
          scaleAt + k, to, toAt, rows);
    }
    for (; k < last; k++) {
      addOne(matrix, at + list[k] * stride, scale[scaleAt + k], to, toAt, rows);
    }
  }

  private static void addFour(float[] matrix, int a, int b, int c, int d, float[] scale, int scaleAt, float[] to, int toAt, int rows) {
    FloatVector ofA = FloatVector.broadcast(F, scale[scaleAt]);
    FloatVector ofB = FloatVector.broadcast(F, scale[scaleAt + 1]);
    FloatVector ofC = FloatVector.broadcast(F, scale[scaleAt + 2]);
    FloatVector ofD = FloatVector.broadcast(F, scale[scaleAt + 3]);
    for (int r = 0; r < rows; r += V) {
      FloatVector s = FloatVector.fromArray(F, to, toAt + r);
      s = FloatVector.fromArray(F, matrix, a + r).fma(ofA, s);
      s = FloatVector.fromArray(F, matrix, b + r).fma(ofB, s);
      s = FloatVector.fromArray(F, matrix, c + r).fma(ofC, s);
      s = FloatVector.fromArray(F, matrix, d + r).fma(ofD, s);
      s.intoArray(to, toAt + r);
    }
  }

  private static void addOne(float[] matrix, int row, float scale, float[] to, int toAt, int rows) {
    FloatVector d = FloatVector.broadcast(F, scale);
    for (int r = 0; r < rows; r += V) {
      FloatVector.fromArray(F, matrix, row + r).fma(d, FloatVector.fromArray(F, to, toAt + r)).intoArray(to, toAt + r);
    }
  }

  // ------------------------------------------------------------------------------------------------ dot products

  static void gatherDot(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt, int rows,
      float[] to, int toAt, boolean add) {
    if (V == 8) {
      for (int k = first; k < last; k += 4) {
        fourDots(matrix, at, stride, list, k, Math.min(4, last - k), vector, vectorAt, rows, to, toAt + k - first, add);
      }
      return;
    }
    if (V == 16 && rows > WALKED) {
      for (int k = first; k < last; k += 4) {
        fourLongDots(matrix, at, stride, list, k, Math.min(4, last - k), vector, vectorAt, rows, to, toAt + k - first, add);
      }
      return;
    }
    float[] sums = SUMS.get();
    for (int k = first; k < last; k += COLUMNS) {
      int end = Math.min(last, k + COLUMNS);
      Arrays.fill(sums, 0, (end - k) * LANES, 0f);
      for (int lane = 0; lane < LANES; lane += V) {
        partialSums(matrix, at + lane, stride, list, k, end, vector, vectorAt + lane, rows, sums, lane);
      }
      VectorFold.fold(sums, 0, end - k, to, toAt + k - first, add);
    }
  }

  /** Dot products with up to four columns. Their sums stay in registers, two vectors each, while the vector is read once. */
  private static void fourDots(float[] matrix, int at, int stride, int[] list, int first, int n, float[] vector, int vectorAt, int rows,
      float[] to, int toAt, boolean add) {
    int a = at + list[first] * stride;
    int b = at + list[first + Math.min(1, n - 1)] * stride;
    int c = at + list[first + Math.min(2, n - 1)] * stride;
    int d = at + list[first + n - 1] * stride;
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector c0 = a0;
    FloatVector c1 = a0;
    FloatVector d0 = a0;
    FloatVector d1 = a0;
    for (int r = 0; r < rows; r += LANES) {
      FloatVector v0 = FloatVector.fromArray(F, vector, vectorAt + r);
      FloatVector v1 = FloatVector.fromArray(F, vector, vectorAt + r + V);
      a0 = FloatVector.fromArray(F, matrix, a + r).fma(v0, a0);
      a1 = FloatVector.fromArray(F, matrix, a + r + V).fma(v1, a1);
      b0 = FloatVector.fromArray(F, matrix, b + r).fma(v0, b0);
      b1 = FloatVector.fromArray(F, matrix, b + r + V).fma(v1, b1);
      c0 = FloatVector.fromArray(F, matrix, c + r).fma(v0, c0);
      c1 = FloatVector.fromArray(F, matrix, c + r + V).fma(v1, c1);
      d0 = FloatVector.fromArray(F, matrix, d + r).fma(v0, d0);
      d1 = FloatVector.fromArray(F, matrix, d + r + V).fma(v1, d1);
    }
    VectorFold.fold4(a0.add(a1), b0.add(b1), c0.add(c1), d0.add(d1), n, to, toAt, add);
  }

  /** {@link #fourDots} with one vector of sums for each column. Only for long columns: four chains of additions do not hide the latency. */
  private static void fourLongDots(float[] matrix, int at, int stride, int[] list, int first, int n, float[] vector, int vectorAt,
      int rows, float[] to, int toAt, boolean add) {
    int a = at + list[first] * stride;
    int b = at + list[first + Math.min(1, n - 1)] * stride;
    int c = at + list[first + Math.min(2, n - 1)] * stride;
    int d = at + list[first + n - 1] * stride;
    FloatVector ofA = FloatVector.zero(F);
    FloatVector ofB = ofA;
    FloatVector ofC = ofA;
    FloatVector ofD = ofA;
    for (int r = 0; r < rows; r += LANES) {
      FloatVector v = FloatVector.fromArray(F, vector, vectorAt + r);
      ofA = FloatVector.fromArray(F, matrix, a + r).fma(v, ofA);
      ofB = FloatVector.fromArray(F, matrix, b + r).fma(v, ofB);
      ofC = FloatVector.fromArray(F, matrix, c + r).fma(v, ofC);
      ofD = FloatVector.fromArray(F, matrix, d + r).fma(v, ofD);
    }
    VectorFold.fold4(ofA, ofB, ofC, ofD, n, to, toAt, add);
  }

  /** Dot products tile by tile: a tile of the vector stays in registers while the list is read. */
  private static void partialSums(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt,
      int rows, float[] sums, int sumsAt) {
    int r = 0;
    for (; TILE == 16 && r + 16 * LANES <= rows; r += 16 * LANES) {
      VectorDotTiles.gatherDot16(matrix, at + r, stride, list, first, last, vector, vectorAt + r, sums, sumsAt);
    }
    for (; r + 8 * LANES <= rows; r += 8 * LANES) {
      VectorDotTiles.gatherDot8(matrix, at + r, stride, list, first, last, vector, vectorAt + r, sums, sumsAt);
    }
    for (; r + 4 * LANES <= rows; r += 4 * LANES) {
      VectorDotTiles.gatherDot4(matrix, at + r, stride, list, first, last, vector, vectorAt + r, sums, sumsAt);
    }
    for (; r < rows; r += LANES) {
      VectorDotTiles.gatherDot1(matrix, at + r, stride, list, first, last, vector, vectorAt + r, sums, sumsAt);
    }
  }
}

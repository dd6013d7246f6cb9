// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.Kernels.LANES;
import static org.lull.kernel.VectorWidth.TILE;
import static org.lull.kernel.VectorWidth.V;

/** The dense products: {@link Kernels#gemm} and {@link Kernels#gemmTransposed}. */
final class VectorGemm {
  /** Depth a tile is walked before the next: so many rows of b, a tile wide, take half of a first-level cache at most. */
  private static final int DEPTH = 1024 / V;

  private static final int[] FIRST = iota(1 << 12);

  /** Room for the partial sums of a tile of dot products, one to a thread. */
  private static final ThreadLocal<float[]> SUMS = ThreadLocal.withInitial(() -> new float[16 * LANES]);

  private VectorGemm() {}

  private static int[] iota(int n) {
    int[] list = new int[n];
    for (int i = 0; i < n; i++) {
      list[i] = i;
    }
    return list;
  }

  static void gemm(float[] a, int aAt, int aRow, int aColumn, int m, int depth, float[] b, int bAt, int bRow, float[] c, int cAt,
      int cRow, int rows) {
    int whole = m & -4;
    for (int k = 0; k < depth; k += DEPTH) {
      int n = Math.min(DEPTH, depth - k);
      int aK = aAt + k * aColumn;
      int bK = bAt + k * bRow;
      gemmOfFours(a, aK, aRow, aColumn, whole, n, b, bK, bRow, c, cAt, cRow, rows);
      for (int i = whole; i < m; i++) {
        int r = 0;
        for (; r + 4 * V <= rows; r += 4 * V) {
          VectorGemmTiles.gemm1x4(a, aK + i * aRow, aColumn, n, b, bK + r, bRow, c, cAt + i * cRow + r);
        }
        for (; r < rows; r += V) {
          VectorGemmTiles.gemm1x1(a, aK + i * aRow, aColumn, n, b, bK + r, bRow, c, cAt + i * cRow + r);
        }
      }
    }
  }

  /** Of four rows at a time; m is a multiple of four. Tiles are as wide as registers allow: 16 sums, or 12 of 16 registers. */
  private static void gemmOfFours(float[] a, int aAt, int aRow, int aColumn, int m, int depth, float[] b, int bAt, int bRow, float[] c,
      int cAt, int cRow, int rows) {
    int r = 0;
    for (; TILE == 16 && r + 4 * V <= rows; r += 4 * V) {
      for (int i = 0; i < m; i += 4) {
        VectorGemmTiles.gemm4x4(a, aAt + i * aRow, aRow, aColumn, depth, b, bAt + r, bRow, c, cAt + i * cRow + r, cRow);
      }
    }
    for (; TILE < 16 && r + 3 * V <= rows && r + 4 * V != rows; r += 3 * V) { // two vectors and two at the end, rather than three and one
      for (int i = 0; i < m; i += 4) {
        VectorGemmTiles.gemm4x3(a, aAt + i * aRow, aRow, aColumn, depth, b, bAt + r, bRow, c, cAt + i * cRow + r, cRow);
      }
    }
    for (; r + 2 * V <= rows; r += 2 * V) {
      for (int i = 0; i < m; i += 4) {
        VectorGemmTiles.gemm4x2(a, aAt + i * aRow, aRow, aColumn, depth, b, bAt + r, bRow, c, cAt + i * cRow + r, cRow);
      }
    }
    for (; r < rows; r += V) {
      for (int i = 0; i < m; i += 4) {
        VectorGemmTiles.gemm4x1(a, aAt + i * aRow, aRow, aColumn, depth, b, bAt + r, bRow, c, cAt + i * cRow + r, cRow);
      }
    }
  }

  static void gemmTransposed(float[] a, int aAt, int aRow, int m, float[] b, int bAt, int bRow, int n, int rows, float[] c, int cAt,
      int cRow, boolean add) {
    float[] sums = SUMS.get();
    int wholeM = m & -4;
    int wholeN = n & -4;
    for (int j = 0; j < wholeN; j += 4) {
      for (int i = 0; i < wholeM; i += 4) {
        for (int lane = 0; lane < LANES; lane += V) {
          int from = bAt + j * bRow + lane;
          if (TILE == 16) {
            VectorDotTiles.gemmTransposed4x4(a, aAt + i * aRow + lane, aRow, b, from, bRow, rows, sums, lane);
          } else {
            VectorDotTiles.gemmTransposed4x2(a, aAt + i * aRow + lane, aRow, b, from, bRow, rows, sums, lane);
            VectorDotTiles.gemmTransposed4x2(a, aAt + i * aRow + lane, aRow, b, from + 2 * bRow, bRow, rows, sums, 2 * LANES + lane);
          }
        }
        for (int row = 0; row < 4; row++) {
          VectorFold.fold(sums, 4 * row, 4, c, cAt + (i + row) * cRow + j, add);
        }
      }
    }
    for (int i = 0; i < m; i++) {
      int from = i < wholeM ? wholeN : 0;
      for (int j = from; j < n; j += FIRST.length) {
        VectorGather.gatherDot(b, bAt + j * bRow, bRow, FIRST, 0, Math.min(FIRST.length, n - j), a, aAt + i * aRow, rows, c,
            cAt + i * cRow + j, add);
      }
    }
  }
}

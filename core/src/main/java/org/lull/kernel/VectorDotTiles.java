// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.Kernels.LANES;
import static org.lull.kernel.VectorWidth.F;

import jdk.incubator.vector.FloatVector;

/** Tiles of Kernels.gatherDot and Kernels.gemmTransposed. Written by TileGenerator, among the tests: change that, and run it. */
final class VectorDotTiles {
  private VectorDotTiles() {}

  static void gatherDot16(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt,
      float[] sums, int sumsAt) {
    FloatVector v0 = FloatVector.fromArray(F, vector, vectorAt);
    FloatVector v1 = FloatVector.fromArray(F, vector, vectorAt + LANES);
    FloatVector v2 = FloatVector.fromArray(F, vector, vectorAt + 2 * LANES);
    FloatVector v3 = FloatVector.fromArray(F, vector, vectorAt + 3 * LANES);
    FloatVector v4 = FloatVector.fromArray(F, vector, vectorAt + 4 * LANES);
    FloatVector v5 = FloatVector.fromArray(F, vector, vectorAt + 5 * LANES);
    FloatVector v6 = FloatVector.fromArray(F, vector, vectorAt + 6 * LANES);
    FloatVector v7 = FloatVector.fromArray(F, vector, vectorAt + 7 * LANES);
    FloatVector v8 = FloatVector.fromArray(F, vector, vectorAt + 8 * LANES);
    FloatVector v9 = FloatVector.fromArray(F, vector, vectorAt + 9 * LANES);
    FloatVector v10 = FloatVector.fromArray(F, vector, vectorAt + 10 * LANES);
    FloatVector v11 = FloatVector.fromArray(F, vector, vectorAt + 11 * LANES);
    FloatVector v12 = FloatVector.fromArray(F, vector, vectorAt + 12 * LANES);
    FloatVector v13 = FloatVector.fromArray(F, vector, vectorAt + 13 * LANES);
    FloatVector v14 = FloatVector.fromArray(F, vector, vectorAt + 14 * LANES);
    FloatVector v15 = FloatVector.fromArray(F, vector, vectorAt + 15 * LANES);
    for (int k = first; k < last; k++) {
      int row = at + list[k] * stride;
      int sum = sumsAt + (k - first) * LANES;
      FloatVector s = FloatVector.fromArray(F, sums, sum);
      s = FloatVector.fromArray(F, matrix, row).fma(v0, s);
      s = FloatVector.fromArray(F, matrix, row + LANES).fma(v1, s);
      s = FloatVector.fromArray(F, matrix, row + 2 * LANES).fma(v2, s);
      s = FloatVector.fromArray(F, matrix, row + 3 * LANES).fma(v3, s);
      s = FloatVector.fromArray(F, matrix, row + 4 * LANES).fma(v4, s);
      s = FloatVector.fromArray(F, matrix, row + 5 * LANES).fma(v5, s);
      s = FloatVector.fromArray(F, matrix, row + 6 * LANES).fma(v6, s);
      s = FloatVector.fromArray(F, matrix, row + 7 * LANES).fma(v7, s);
      s = FloatVector.fromArray(F, matrix, row + 8 * LANES).fma(v8, s);
      s = FloatVector.fromArray(F, matrix, row + 9 * LANES).fma(v9, s);
      s = FloatVector.fromArray(F, matrix, row + 10 * LANES).fma(v10, s);
      s = FloatVector.fromArray(F, matrix, row + 11 * LANES).fma(v11, s);
      s = FloatVector.fromArray(F, matrix, row + 12 * LANES).fma(v12, s);
      s = FloatVector.fromArray(F, matrix, row + 13 * LANES).fma(v13, s);
      s = FloatVector.fromArray(F, matrix, row + 14 * LANES).fma(v14, s);
      s = FloatVector.fromArray(F, matrix, row + 15 * LANES).fma(v15, s);
      s.intoArray(sums, sum);
    }
  }

  static void gatherDot8(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt,
      float[] sums, int sumsAt) {
    FloatVector v0 = FloatVector.fromArray(F, vector, vectorAt);
    FloatVector v1 = FloatVector.fromArray(F, vector, vectorAt + LANES);
    FloatVector v2 = FloatVector.fromArray(F, vector, vectorAt + 2 * LANES);
    FloatVector v3 = FloatVector.fromArray(F, vector, vectorAt + 3 * LANES);
    FloatVector v4 = FloatVector.fromArray(F, vector, vectorAt + 4 * LANES);
    FloatVector v5 = FloatVector.fromArray(F, vector, vectorAt + 5 * LANES);
    FloatVector v6 = FloatVector.fromArray(F, vector, vectorAt + 6 * LANES);
    FloatVector v7 = FloatVector.fromArray(F, vector, vectorAt + 7 * LANES);
    for (int k = first; k < last; k++) {
      int row = at + list[k] * stride;
      int sum = sumsAt + (k - first) * LANES;
      FloatVector s = FloatVector.fromArray(F, sums, sum);
      s = FloatVector.fromArray(F, matrix, row).fma(v0, s);
      s = FloatVector.fromArray(F, matrix, row + LANES).fma(v1, s);
      s = FloatVector.fromArray(F, matrix, row + 2 * LANES).fma(v2, s);
      s = FloatVector.fromArray(F, matrix, row + 3 * LANES).fma(v3, s);
      s = FloatVector.fromArray(F, matrix, row + 4 * LANES).fma(v4, s);
      s = FloatVector.fromArray(F, matrix, row + 5 * LANES).fma(v5, s);
      s = FloatVector.fromArray(F, matrix, row + 6 * LANES).fma(v6, s);
      s = FloatVector.fromArray(F, matrix, row + 7 * LANES).fma(v7, s);
      s.intoArray(sums, sum);
    }
  }

  static void gatherDot4(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt,
      float[] sums, int sumsAt) {
    FloatVector v0 = FloatVector.fromArray(F, vector, vectorAt);
    FloatVector v1 = FloatVector.fromArray(F, vector, vectorAt + LANES);
    FloatVector v2 = FloatVector.fromArray(F, vector, vectorAt + 2 * LANES);
    FloatVector v3 = FloatVector.fromArray(F, vector, vectorAt + 3 * LANES);
    for (int k = first; k < last; k++) {
      int row = at + list[k] * stride;
      int sum = sumsAt + (k - first) * LANES;
      FloatVector s = FloatVector.fromArray(F, sums, sum);
      s = FloatVector.fromArray(F, matrix, row).fma(v0, s);
      s = FloatVector.fromArray(F, matrix, row + LANES).fma(v1, s);
      s = FloatVector.fromArray(F, matrix, row + 2 * LANES).fma(v2, s);
      s = FloatVector.fromArray(F, matrix, row + 3 * LANES).fma(v3, s);
      s.intoArray(sums, sum);
    }
  }

  static void gatherDot1(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt,
      float[] sums, int sumsAt) {
    FloatVector v0 = FloatVector.fromArray(F, vector, vectorAt);
    for (int k = first; k < last; k++) {
      int row = at + list[k] * stride;
      int sum = sumsAt + (k - first) * LANES;
      FloatVector s = FloatVector.fromArray(F, sums, sum);
      s = FloatVector.fromArray(F, matrix, row).fma(v0, s);
      s.intoArray(sums, sum);
    }
  }

  static void gemmTransposed4x4(float[] a, int aAt, int aRow, float[] b, int bAt, int bRow, int rows, float[] sums, int sumsAt) {
    FloatVector zero = FloatVector.zero(F);
    FloatVector s00 = zero;
    FloatVector s01 = zero;
    FloatVector s02 = zero;
    FloatVector s03 = zero;
    FloatVector s10 = zero;
    FloatVector s11 = zero;
    FloatVector s12 = zero;
    FloatVector s13 = zero;
    FloatVector s20 = zero;
    FloatVector s21 = zero;
    FloatVector s22 = zero;
    FloatVector s23 = zero;
    FloatVector s30 = zero;
    FloatVector s31 = zero;
    FloatVector s32 = zero;
    FloatVector s33 = zero;
    for (int r = 0; r < rows; r += LANES) {
      FloatVector a0 = FloatVector.fromArray(F, a, aAt + r);
      FloatVector a1 = FloatVector.fromArray(F, a, aAt + aRow + r);
      FloatVector a2 = FloatVector.fromArray(F, a, aAt + 2 * aRow + r);
      FloatVector a3 = FloatVector.fromArray(F, a, aAt + 3 * aRow + r);
      FloatVector b0 = FloatVector.fromArray(F, b, bAt + r);
      s00 = b0.fma(a0, s00);
      s10 = b0.fma(a1, s10);
      s20 = b0.fma(a2, s20);
      s30 = b0.fma(a3, s30);
      FloatVector b1 = FloatVector.fromArray(F, b, bAt + bRow + r);
      s01 = b1.fma(a0, s01);
      s11 = b1.fma(a1, s11);
      s21 = b1.fma(a2, s21);
      s31 = b1.fma(a3, s31);
      FloatVector b2 = FloatVector.fromArray(F, b, bAt + 2 * bRow + r);
      s02 = b2.fma(a0, s02);
      s12 = b2.fma(a1, s12);
      s22 = b2.fma(a2, s22);
      s32 = b2.fma(a3, s32);
      FloatVector b3 = FloatVector.fromArray(F, b, bAt + 3 * bRow + r);
      s03 = b3.fma(a0, s03);
      s13 = b3.fma(a1, s13);
      s23 = b3.fma(a2, s23);
      s33 = b3.fma(a3, s33);
    }
    s00.intoArray(sums, sumsAt);
    s01.intoArray(sums, sumsAt + LANES);
    s02.intoArray(sums, sumsAt + 2 * LANES);
    s03.intoArray(sums, sumsAt + 3 * LANES);
    s10.intoArray(sums, sumsAt + 4 * LANES);
    s11.intoArray(sums, sumsAt + 5 * LANES);
    s12.intoArray(sums, sumsAt + 6 * LANES);
    s13.intoArray(sums, sumsAt + 7 * LANES);
    s20.intoArray(sums, sumsAt + 8 * LANES);
    s21.intoArray(sums, sumsAt + 9 * LANES);
    s22.intoArray(sums, sumsAt + 10 * LANES);
    s23.intoArray(sums, sumsAt + 11 * LANES);
    s30.intoArray(sums, sumsAt + 12 * LANES);
    s31.intoArray(sums, sumsAt + 13 * LANES);
    s32.intoArray(sums, sumsAt + 14 * LANES);
    s33.intoArray(sums, sumsAt + 15 * LANES);
  }

  static void gemmTransposed4x2(float[] a, int aAt, int aRow, float[] b, int bAt, int bRow, int rows, float[] sums, int sumsAt) {
    FloatVector zero = FloatVector.zero(F);
    FloatVector s00 = zero;
    FloatVector s01 = zero;
    FloatVector s10 = zero;
    FloatVector s11 = zero;
    FloatVector s20 = zero;
    FloatVector s21 = zero;
    FloatVector s30 = zero;
    FloatVector s31 = zero;
    for (int r = 0; r < rows; r += LANES) {
      FloatVector a0 = FloatVector.fromArray(F, a, aAt + r);
      FloatVector a1 = FloatVector.fromArray(F, a, aAt + aRow + r);
      FloatVector a2 = FloatVector.fromArray(F, a, aAt + 2 * aRow + r);
      FloatVector a3 = FloatVector.fromArray(F, a, aAt + 3 * aRow + r);
      FloatVector b0 = FloatVector.fromArray(F, b, bAt + r);
      s00 = b0.fma(a0, s00);
      s10 = b0.fma(a1, s10);
      s20 = b0.fma(a2, s20);
      s30 = b0.fma(a3, s30);
      FloatVector b1 = FloatVector.fromArray(F, b, bAt + bRow + r);
      s01 = b1.fma(a0, s01);
      s11 = b1.fma(a1, s11);
      s21 = b1.fma(a2, s21);
      s31 = b1.fma(a3, s31);
    }
    s00.intoArray(sums, sumsAt);
    s01.intoArray(sums, sumsAt + LANES);
    s10.intoArray(sums, sumsAt + 4 * LANES);
    s11.intoArray(sums, sumsAt + 5 * LANES);
    s20.intoArray(sums, sumsAt + 8 * LANES);
    s21.intoArray(sums, sumsAt + 9 * LANES);
    s30.intoArray(sums, sumsAt + 12 * LANES);
    s31.intoArray(sums, sumsAt + 13 * LANES);
  }
}

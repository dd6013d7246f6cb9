// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.VectorWidth.F;
import static org.lull.kernel.VectorWidth.V;

import jdk.incubator.vector.FloatVector;

/** Tiles of Kernels.gemm. Written by TileGenerator, among the tests: change that, and run it. */
final class VectorGemmTiles {
  private VectorGemmTiles() {}

  static void gemm4x4(float[] a, int aAt, int aRow, int aColumn, int depth, float[] b, int bAt, int bRow, float[] c, int cAt,
      int cRow) {
    int c1 = cAt + cRow;
    int c2 = cAt + 2 * cRow;
    int c3 = cAt + 3 * cRow;
    FloatVector s00 = FloatVector.fromArray(F, c, cAt);
    FloatVector s01 = FloatVector.fromArray(F, c, cAt + V);
    FloatVector s02 = FloatVector.fromArray(F, c, cAt + 2 * V);
    FloatVector s03 = FloatVector.fromArray(F, c, cAt + 3 * V);
    FloatVector s10 = FloatVector.fromArray(F, c, c1);
    FloatVector s11 = FloatVector.fromArray(F, c, c1 + V);
    FloatVector s12 = FloatVector.fromArray(F, c, c1 + 2 * V);
    FloatVector s13 = FloatVector.fromArray(F, c, c1 + 3 * V);
    FloatVector s20 = FloatVector.fromArray(F, c, c2);
    FloatVector s21 = FloatVector.fromArray(F, c, c2 + V);
    FloatVector s22 = FloatVector.fromArray(F, c, c2 + 2 * V);
    FloatVector s23 = FloatVector.fromArray(F, c, c2 + 3 * V);
    FloatVector s30 = FloatVector.fromArray(F, c, c3);
    FloatVector s31 = FloatVector.fromArray(F, c, c3 + V);
    FloatVector s32 = FloatVector.fromArray(F, c, c3 + 2 * V);
    FloatVector s33 = FloatVector.fromArray(F, c, c3 + 3 * V);
    for (int k = 0; k < depth; k++) {
      int at = aAt + k * aColumn;
      int row = bAt + k * bRow;
      FloatVector b0 = FloatVector.fromArray(F, b, row);
      FloatVector b1 = FloatVector.fromArray(F, b, row + V);
      FloatVector b2 = FloatVector.fromArray(F, b, row + 2 * V);
      FloatVector b3 = FloatVector.fromArray(F, b, row + 3 * V);
      FloatVector a0 = FloatVector.broadcast(F, a[at]);
      s00 = b0.fma(a0, s00);
      s01 = b1.fma(a0, s01);
      s02 = b2.fma(a0, s02);
      s03 = b3.fma(a0, s03);
      FloatVector a1 = FloatVector.broadcast(F, a[at + aRow]);
      s10 = b0.fma(a1, s10);
      s11 = b1.fma(a1, s11);
      s12 = b2.fma(a1, s12);
      s13 = b3.fma(a1, s13);
      FloatVector a2 = FloatVector.broadcast(F, a[at + 2 * aRow]);
      s20 = b0.fma(a2, s20);
      s21 = b1.fma(a2, s21);
      s22 = b2.fma(a2, s22);
      s23 = b3.fma(a2, s23);
      FloatVector a3 = FloatVector.broadcast(F, a[at + 3 * aRow]);
      s30 = b0.fma(a3, s30);
      s31 = b1.fma(a3, s31);
      s32 = b2.fma(a3, s32);
      s33 = b3.fma(a3, s33);
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + V);
    s02.intoArray(c, cAt + 2 * V);
    s03.intoArray(c, cAt + 3 * V);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + V);
    s12.intoArray(c, c1 + 2 * V);
    s13.intoArray(c, c1 + 3 * V);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + V);
    s22.intoArray(c, c2 + 2 * V);
    s23.intoArray(c, c2 + 3 * V);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + V);
    s32.intoArray(c, c3 + 2 * V);
    s33.intoArray(c, c3 + 3 * V);
  }

  static void gemm4x3(float[] a, int aAt, int aRow, int aColumn, int depth, float[] b, int bAt, int bRow, float[] c, int cAt,
      int cRow) {
    int c1 = cAt + cRow;
    int c2 = cAt + 2 * cRow;
    int c3 = cAt + 3 * cRow;
    FloatVector s00 = FloatVector.fromArray(F, c, cAt);
    FloatVector s01 = FloatVector.fromArray(F, c, cAt + V);
    FloatVector s02 = FloatVector.fromArray(F, c, cAt + 2 * V);
    FloatVector s10 = FloatVector.fromArray(F, c, c1);
    FloatVector s11 = FloatVector.fromArray(F, c, c1 + V);
    FloatVector s12 = FloatVector.fromArray(F, c, c1 + 2 * V);
    FloatVector s20 = FloatVector.fromArray(F, c, c2);
    FloatVector s21 = FloatVector.fromArray(F, c, c2 + V);
    FloatVector s22 = FloatVector.fromArray(F, c, c2 + 2 * V);
    FloatVector s30 = FloatVector.fromArray(F, c, c3);
    FloatVector s31 = FloatVector.fromArray(F, c, c3 + V);
    FloatVector s32 = FloatVector.fromArray(F, c, c3 + 2 * V);
    for (int k = 0; k < depth; k++) {
      int at = aAt + k * aColumn;
      int row = bAt + k * bRow;
      FloatVector b0 = FloatVector.fromArray(F, b, row);
      FloatVector b1 = FloatVector.fromArray(F, b, row + V);
      FloatVector b2 = FloatVector.fromArray(F, b, row + 2 * V);
      FloatVector a0 = FloatVector.broadcast(F, a[at]);
      s00 = b0.fma(a0, s00);
      s01 = b1.fma(a0, s01);
      s02 = b2.fma(a0, s02);
      FloatVector a1 = FloatVector.broadcast(F, a[at + aRow]);
      s10 = b0.fma(a1, s10);
      s11 = b1.fma(a1, s11);
      s12 = b2.fma(a1, s12);
      FloatVector a2 = FloatVector.broadcast(F, a[at + 2 * aRow]);
      s20 = b0.fma(a2, s20);
      s21 = b1.fma(a2, s21);
      s22 = b2.fma(a2, s22);
      FloatVector a3 = FloatVector.broadcast(F, a[at + 3 * aRow]);
      s30 = b0.fma(a3, s30);
      s31 = b1.fma(a3, s31);
      s32 = b2.fma(a3, s32);
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + V);
    s02.intoArray(c, cAt + 2 * V);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + V);
    s12.intoArray(c, c1 + 2 * V);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + V);
    s22.intoArray(c, c2 + 2 * V);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + V);
    s32.intoArray(c, c3 + 2 * V);
  }

  static void gemm4x2(float[] a, int aAt, int aRow, int aColumn, int depth, float[] b, int bAt, int bRow, float[] c, int cAt,
      int cRow) {
    int c1 = cAt + cRow;
    int c2 = cAt + 2 * cRow;
    int c3 = cAt + 3 * cRow;
    FloatVector s00 = FloatVector.fromArray(F, c, cAt);
    FloatVector s01 = FloatVector.fromArray(F, c, cAt + V);
    FloatVector s10 = FloatVector.fromArray(F, c, c1);
    FloatVector s11 = FloatVector.fromArray(F, c, c1 + V);
    FloatVector s20 = FloatVector.fromArray(F, c, c2);
    FloatVector s21 = FloatVector.fromArray(F, c, c2 + V);
    FloatVector s30 = FloatVector.fromArray(F, c, c3);
    FloatVector s31 = FloatVector.fromArray(F, c, c3 + V);
    for (int k = 0; k < depth; k++) {
      int at = aAt + k * aColumn;
      int row = bAt + k * bRow;
      FloatVector b0 = FloatVector.fromArray(F, b, row);
      FloatVector b1 = FloatVector.fromArray(F, b, row + V);
      FloatVector a0 = FloatVector.broadcast(F, a[at]);
      s00 = b0.fma(a0, s00);
      s01 = b1.fma(a0, s01);
      FloatVector a1 = FloatVector.broadcast(F, a[at + aRow]);
      s10 = b0.fma(a1, s10);
      s11 = b1.fma(a1, s11);
      FloatVector a2 = FloatVector.broadcast(F, a[at + 2 * aRow]);
      s20 = b0.fma(a2, s20);
      s21 = b1.fma(a2, s21);
      FloatVector a3 = FloatVector.broadcast(F, a[at + 3 * aRow]);
      s30 = b0.fma(a3, s30);
      s31 = b1.fma(a3, s31);
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + V);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + V);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + V);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + V);
  }

  static void gemm4x1(float[] a, int aAt, int aRow, int aColumn, int depth, float[] b, int bAt, int bRow, float[] c, int cAt,
      int cRow) {
    int c1 = cAt + cRow;
    int c2 = cAt + 2 * cRow;
    int c3 = cAt + 3 * cRow;
    FloatVector s00 = FloatVector.fromArray(F, c, cAt);
    FloatVector s10 = FloatVector.fromArray(F, c, c1);
    FloatVector s20 = FloatVector.fromArray(F, c, c2);
    FloatVector s30 = FloatVector.fromArray(F, c, c3);
    for (int k = 0; k < depth; k++) {
      int at = aAt + k * aColumn;
      int row = bAt + k * bRow;
      FloatVector b0 = FloatVector.fromArray(F, b, row);
      FloatVector a0 = FloatVector.broadcast(F, a[at]);
      s00 = b0.fma(a0, s00);
      FloatVector a1 = FloatVector.broadcast(F, a[at + aRow]);
      s10 = b0.fma(a1, s10);
      FloatVector a2 = FloatVector.broadcast(F, a[at + 2 * aRow]);
      s20 = b0.fma(a2, s20);
      FloatVector a3 = FloatVector.broadcast(F, a[at + 3 * aRow]);
      s30 = b0.fma(a3, s30);
    }
    s00.intoArray(c, cAt);
    s10.intoArray(c, c1);
    s20.intoArray(c, c2);
    s30.intoArray(c, c3);
  }

  static void gemm1x4(float[] a, int aAt, int aColumn, int depth, float[] b, int bAt, int bRow, float[] c, int cAt) {
    FloatVector s00 = FloatVector.fromArray(F, c, cAt);
    FloatVector s01 = FloatVector.fromArray(F, c, cAt + V);
    FloatVector s02 = FloatVector.fromArray(F, c, cAt + 2 * V);
    FloatVector s03 = FloatVector.fromArray(F, c, cAt + 3 * V);
    for (int k = 0; k < depth; k++) {
      int at = aAt + k * aColumn;
      int row = bAt + k * bRow;
      FloatVector b0 = FloatVector.fromArray(F, b, row);
      FloatVector b1 = FloatVector.fromArray(F, b, row + V);
      FloatVector b2 = FloatVector.fromArray(F, b, row + 2 * V);
      FloatVector b3 = FloatVector.fromArray(F, b, row + 3 * V);
      FloatVector a0 = FloatVector.broadcast(F, a[at]);
      s00 = b0.fma(a0, s00);
      s01 = b1.fma(a0, s01);
      s02 = b2.fma(a0, s02);
      s03 = b3.fma(a0, s03);
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + V);
    s02.intoArray(c, cAt + 2 * V);
    s03.intoArray(c, cAt + 3 * V);
  }

  static void gemm1x1(float[] a, int aAt, int aColumn, int depth, float[] b, int bAt, int bRow, float[] c, int cAt) {
    FloatVector s00 = FloatVector.fromArray(F, c, cAt);
    for (int k = 0; k < depth; k++) {
      int at = aAt + k * aColumn;
      int row = bAt + k * bRow;
      FloatVector b0 = FloatVector.fromArray(F, b, row);
      FloatVector a0 = FloatVector.broadcast(F, a[at]);
      s00 = b0.fma(a0, s00);
    }
    s00.intoArray(c, cAt);
  }
}

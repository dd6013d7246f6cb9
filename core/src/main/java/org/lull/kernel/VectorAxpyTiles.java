// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.lull.kernel.VectorWidth.F;
import static org.lull.kernel.VectorWidth.V;

import jdk.incubator.vector.FloatVector;

/** Tiles of Kernels.gatherAxpy. Written by TileGenerator, among the tests: change that, and run it. */
final class VectorAxpyTiles {
  private VectorAxpyTiles() {}

  static void gatherAxpy16(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last,
      float[] to, int toAt) {
    FloatVector s0 = FloatVector.fromArray(F, to, toAt);
    FloatVector s1 = FloatVector.fromArray(F, to, toAt + V);
    FloatVector s2 = FloatVector.fromArray(F, to, toAt + 2 * V);
    FloatVector s3 = FloatVector.fromArray(F, to, toAt + 3 * V);
    FloatVector s4 = FloatVector.fromArray(F, to, toAt + 4 * V);
    FloatVector s5 = FloatVector.fromArray(F, to, toAt + 5 * V);
    FloatVector s6 = FloatVector.fromArray(F, to, toAt + 6 * V);
    FloatVector s7 = FloatVector.fromArray(F, to, toAt + 7 * V);
    FloatVector s8 = FloatVector.fromArray(F, to, toAt + 8 * V);
    FloatVector s9 = FloatVector.fromArray(F, to, toAt + 9 * V);
    FloatVector s10 = FloatVector.fromArray(F, to, toAt + 10 * V);
    FloatVector s11 = FloatVector.fromArray(F, to, toAt + 11 * V);
    FloatVector s12 = FloatVector.fromArray(F, to, toAt + 12 * V);
    FloatVector s13 = FloatVector.fromArray(F, to, toAt + 13 * V);
    FloatVector s14 = FloatVector.fromArray(F, to, toAt + 14 * V);
    FloatVector s15 = FloatVector.fromArray(F, to, toAt + 15 * V);
    for (int k = first; k < last; k++) {
      int row = at + list[k] * stride;
      FloatVector d = FloatVector.broadcast(F, scale[scaleAt + k]);
      s0 = FloatVector.fromArray(F, matrix, row).fma(d, s0);
      s1 = FloatVector.fromArray(F, matrix, row + V).fma(d, s1);
      s2 = FloatVector.fromArray(F, matrix, row + 2 * V).fma(d, s2);
      s3 = FloatVector.fromArray(F, matrix, row + 3 * V).fma(d, s3);
      s4 = FloatVector.fromArray(F, matrix, row + 4 * V).fma(d, s4);
      s5 = FloatVector.fromArray(F, matrix, row + 5 * V).fma(d, s5);
      s6 = FloatVector.fromArray(F, matrix, row + 6 * V).fma(d, s6);
      s7 = FloatVector.fromArray(F, matrix, row + 7 * V).fma(d, s7);
      s8 = FloatVector.fromArray(F, matrix, row + 8 * V).fma(d, s8);
      s9 = FloatVector.fromArray(F, matrix, row + 9 * V).fma(d, s9);
      s10 = FloatVector.fromArray(F, matrix, row + 10 * V).fma(d, s10);
      s11 = FloatVector.fromArray(F, matrix, row + 11 * V).fma(d, s11);
      s12 = FloatVector.fromArray(F, matrix, row + 12 * V).fma(d, s12);
      s13 = FloatVector.fromArray(F, matrix, row + 13 * V).fma(d, s13);
      s14 = FloatVector.fromArray(F, matrix, row + 14 * V).fma(d, s14);
      s15 = FloatVector.fromArray(F, matrix, row + 15 * V).fma(d, s15);
    }
    s0.intoArray(to, toAt);
    s1.intoArray(to, toAt + V);
    s2.intoArray(to, toAt + 2 * V);
    s3.intoArray(to, toAt + 3 * V);
    s4.intoArray(to, toAt + 4 * V);
    s5.intoArray(to, toAt + 5 * V);
    s6.intoArray(to, toAt + 6 * V);
    s7.intoArray(to, toAt + 7 * V);
    s8.intoArray(to, toAt + 8 * V);
    s9.intoArray(to, toAt + 9 * V);
    s10.intoArray(to, toAt + 10 * V);
    s11.intoArray(to, toAt + 11 * V);
    s12.intoArray(to, toAt + 12 * V);
    s13.intoArray(to, toAt + 13 * V);
    s14.intoArray(to, toAt + 14 * V);
    s15.intoArray(to, toAt + 15 * V);
  }

  static void gatherAxpy8(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last,
      float[] to, int toAt) {
    FloatVector s0 = FloatVector.fromArray(F, to, toAt);
    FloatVector s1 = FloatVector.fromArray(F, to, toAt + V);
    FloatVector s2 = FloatVector.fromArray(F, to, toAt + 2 * V);
    FloatVector s3 = FloatVector.fromArray(F, to, toAt + 3 * V);
    FloatVector s4 = FloatVector.fromArray(F, to, toAt + 4 * V);
    FloatVector s5 = FloatVector.fromArray(F, to, toAt + 5 * V);
    FloatVector s6 = FloatVector.fromArray(F, to, toAt + 6 * V);
    FloatVector s7 = FloatVector.fromArray(F, to, toAt + 7 * V);
    for (int k = first; k < last; k++) {
      int row = at + list[k] * stride;
      FloatVector d = FloatVector.broadcast(F, scale[scaleAt + k]);
      s0 = FloatVector.fromArray(F, matrix, row).fma(d, s0);
      s1 = FloatVector.fromArray(F, matrix, row + V).fma(d, s1);
      s2 = FloatVector.fromArray(F, matrix, row + 2 * V).fma(d, s2);
      s3 = FloatVector.fromArray(F, matrix, row + 3 * V).fma(d, s3);
      s4 = FloatVector.fromArray(F, matrix, row + 4 * V).fma(d, s4);
      s5 = FloatVector.fromArray(F, matrix, row + 5 * V).fma(d, s5);
      s6 = FloatVector.fromArray(F, matrix, row + 6 * V).fma(d, s6);
      s7 = FloatVector.fromArray(F, matrix, row + 7 * V).fma(d, s7);
    }
    s0.intoArray(to, toAt);
    s1.intoArray(to, toAt + V);
    s2.intoArray(to, toAt + 2 * V);
    s3.intoArray(to, toAt + 3 * V);
    s4.intoArray(to, toAt + 4 * V);
    s5.intoArray(to, toAt + 5 * V);
    s6.intoArray(to, toAt + 6 * V);
    s7.intoArray(to, toAt + 7 * V);
  }

  static void gatherAxpy4(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last,
      float[] to, int toAt) {
    FloatVector s0 = FloatVector.fromArray(F, to, toAt);
    FloatVector s1 = FloatVector.fromArray(F, to, toAt + V);
    FloatVector s2 = FloatVector.fromArray(F, to, toAt + 2 * V);
    FloatVector s3 = FloatVector.fromArray(F, to, toAt + 3 * V);
    for (int k = first; k < last; k++) {
      int row = at + list[k] * stride;
      FloatVector d = FloatVector.broadcast(F, scale[scaleAt + k]);
      s0 = FloatVector.fromArray(F, matrix, row).fma(d, s0);
      s1 = FloatVector.fromArray(F, matrix, row + V).fma(d, s1);
      s2 = FloatVector.fromArray(F, matrix, row + 2 * V).fma(d, s2);
      s3 = FloatVector.fromArray(F, matrix, row + 3 * V).fma(d, s3);
    }
    s0.intoArray(to, toAt);
    s1.intoArray(to, toAt + V);
    s2.intoArray(to, toAt + 2 * V);
    s3.intoArray(to, toAt + 3 * V);
  }

  static void gatherAxpy1(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last,
      float[] to, int toAt) {
    FloatVector s0 = FloatVector.fromArray(F, to, toAt);
    for (int k = first; k < last; k++) {
      int row = at + list[k] * stride;
      FloatVector d = FloatVector.broadcast(F, scale[scaleAt + k]);
      s0 = FloatVector.fromArray(F, matrix, row).fma(d, s0);
    }
    s0.intoArray(to, toAt);
  }
}

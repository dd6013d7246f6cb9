package org.lull.kernel;

import static org.lull.kernel.ScalarKernels.C3;
import static org.lull.kernel.ScalarKernels.C4;
import static org.lull.kernel.ScalarKernels.C5;
import static org.lull.kernel.ScalarKernels.C6;
import static org.lull.kernel.ScalarKernels.LARGEST;
import static org.lull.kernel.ScalarKernels.LN2_HIGH;
import static org.lull.kernel.ScalarKernels.LN2_LOW;
import static org.lull.kernel.ScalarKernels.LOG2E;
import static org.lull.kernel.ScalarKernels.ONE;
import static org.lull.kernel.ScalarKernels.ROUND;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels on the Vector API, for 128, 256 and 512 bits; the only class that touches it. {@link KernelChoice} loads it by name, so that
 * the library also runs without the module.
 *
 * <p>How it is written follows from how C2 compiles it. Methods are small and call FloatVector directly: in a large method C2 stops
 * inlining and boxes every vector. A product keeps at most 16 vectors of sums in registers ("a tile") while it walks the list. One exp a
 * loop.
 */
public final class VectorKernels implements Kernels {
  /** The machine's preferred width, or -Dlull.vector.bits=128|256|512. */
  private static final VectorSpecies<Float> F = species();

  private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());
  private static final int V = F.length();
  /** Vectors of sums in the widest tile of a product: a 256-bit machine usually has 16 registers, the others 32. */
  private static final int TILE = V == 8 ? 8 : 16;

  /** Rows longer than this are walked from end to end, shorter ones tile by tile. */
  private static final int WALKED = 256;

  private static final IntVector IOTA = IntVector.zero(I).addIndex(1);
  private static final int[] FIRST = iota(1 << 12);

  private static VectorSpecies<Float> species() {
    Integer bits = Integer.getInteger("lull.vector.bits");
    if (bits == null) {
      return FloatVector.SPECIES_PREFERRED.length() > LANES ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    }
    return switch (bits) {
      case 128 -> FloatVector.SPECIES_128;
      case 256 -> FloatVector.SPECIES_256;
      case 512 -> FloatVector.SPECIES_512;
      default -> throw new IllegalArgumentException("lull.vector.bits=" + bits + ", expected 128, 256 or 512");
    };
  }

  private static int[] iota(int n) {
    int[] list = new int[n];
    for (int i = 0; i < n; i++) {
      list[i] = i;
    }
    return list;
  }

  /** Room for the partial sums of dot products, one to a thread. */
  private static final ThreadLocal<float[]> SUMS = ThreadLocal.withInitial(() -> new float[VectorKernels.COLUMNS * LANES]);

  @Override
  public String description() {
    return "Vector API, " + F.vectorBitSize() + " bits";
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(F, x, at);
  }

  private static FloatVector all(float x) {
    return FloatVector.broadcast(F, x);
  }

  // ------------------------------------------------------------------------------------------------ sums of scaled rows

  @Override
  public void addScaled(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last, float[] to,
      int toAt, int rows) {
    if (rows > WALKED) {
      addLongRows(matrix, at, stride, list, scale, scaleAt, first, last, to, toAt, rows);
      return;
    }
    int r = 0;
    for (; TILE == 16 && r + 16 * V <= rows; r += 16 * V) {
      addScaled16(matrix, at + r, stride, list, scale, scaleAt, first, last, to, toAt + r);
    }
    for (; r + 8 * V <= rows; r += 8 * V) {
      addScaled8(matrix, at + r, stride, list, scale, scaleAt, first, last, to, toAt + r);
    }
    for (; r + 4 * V <= rows; r += 4 * V) {
      addScaled4(matrix, at + r, stride, list, scale, scaleAt, first, last, to, toAt + r);
    }
    for (; r < rows; r += V) {
      addScaled1(matrix, at + r, stride, list, scale, scaleAt, first, last, to, toAt + r);
    }
  }

  /**
   * Four rows side by side from end to end, the sums passing through the first-level cache: rows so long lie in memory that only gives
   * them quickly when it sees them read in order.
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

  private static void addScaled16(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last,
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

  private static void addScaled8(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last,
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

  private static void addScaled4(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last,
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

  private static void addScaled1(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last,
      float[] to, int toAt) {
    FloatVector s0 = FloatVector.fromArray(F, to, toAt);
    for (int k = first; k < last; k++) {
      int row = at + list[k] * stride;
      FloatVector d = FloatVector.broadcast(F, scale[scaleAt + k]);
      s0 = FloatVector.fromArray(F, matrix, row).fma(d, s0);
    }
    s0.intoArray(to, toAt);
  }

  // ------------------------------------------------------------------------------------------------ dot products

  /** Columns whose partial sums are folded together. */
  private static final int COLUMNS = 32;

  @Override
  public void dots(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt, int rows,
      float[] to, int toAt, boolean add) {
    if (V == 8) {
      for (int k = first; k < last; k += 4) {
        dotsOfFour(matrix, at, stride, list, k, Math.min(4, last - k), vector, vectorAt, rows, to, toAt + k - first, add);
      }
      return;
    }
    if (V == 16 && rows > WALKED) {
      for (int k = first; k < last; k += 4) {
        dotsOfFourLong(matrix, at, stride, list, k, Math.min(4, last - k), vector, vectorAt, rows, to, toAt + k - first, add);
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
      fold(sums, 0, end - k, to, toAt + k - first, add);
    }
  }

  /** Of up to four columns, whose sums stay in registers, two vectors each, while the vector is walked. */
  private static void dotsOfFour(float[] matrix, int at, int stride, int[] list, int first, int n, float[] vector, int vectorAt, int rows,
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
    fold4(a0.add(a1), b0.add(b1), c0.add(c1), d0.add(d1), n, to, toAt, add);
  }

  /** {@link #dotsOfFour} with one vector of sums a column; only for long columns, as four chains of additions wait for themselves. */
  private static void dotsOfFourLong(float[] matrix, int at, int stride, int[] list, int first, int n, float[] vector, int vectorAt,
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
    fold4(ofA, ofB, ofC, ofD, n, to, toAt, add);
  }

  /** The vector stays in registers, tile by tile, while the list is walked. */
  private static void partialSums(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt,
      int rows, float[] sums, int sumsAt) {
    int r = 0;
    for (; TILE == 16 && r + 16 * LANES <= rows; r += 16 * LANES) {
      dots16(matrix, at + r, stride, list, first, last, vector, vectorAt + r, sums, sumsAt);
    }
    for (; r + 8 * LANES <= rows; r += 8 * LANES) {
      dots8(matrix, at + r, stride, list, first, last, vector, vectorAt + r, sums, sumsAt);
    }
    for (; r + 4 * LANES <= rows; r += 4 * LANES) {
      dots4(matrix, at + r, stride, list, first, last, vector, vectorAt + r, sums, sumsAt);
    }
    for (; r < rows; r += LANES) {
      dots1(matrix, at + r, stride, list, first, last, vector, vectorAt + r, sums, sumsAt);
    }
  }

  private static void dots16(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt,
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

  private static void dots8(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt,
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

  private static void dots4(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt,
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

  private static void dots1(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt,
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

  /**
   * Folds n rows of 16 partial sums each in halves and stores (or adds) the totals, four rows together.
   *
   * @param row the first of them in {@code sums}, whose rows up to the next multiple of four may be read
   */
  private static void fold(float[] sums, int row, int n, float[] to, int toAt, boolean add) {
    for (int i = 0; i < n; i += 4) {
      int at = (row + i) * LANES;
      fold4(folded(sums, at), folded(sums, at + LANES), folded(sums, at + 2 * LANES), folded(sums, at + 3 * LANES), Math.min(4, n - i), to,
          toAt + i, add);
    }
  }

  /** A row of 16 sums folded in halves until it is a vector. */
  private static FloatVector folded(float[] sums, int at) {
    FloatVector row = FloatVector.fromArray(F, sums, at);
    if (V == 8) {
      return row.add(FloatVector.fromArray(F, sums, at + V));
    }
    if (V == 4) {
      return row.add(FloatVector.fromArray(F, sums, at + 2 * V))
          .add(FloatVector.fromArray(F, sums, at + V).add(FloatVector.fromArray(F, sums, at + 3 * V)));
    }
    return row;
  }

  /** Constants of a fold that has vectors of V lanes to begin with. */
  private static final class Halves {
    static final VectorMask<Float> UPPER_HALF = VectorMask.fromLong(F, V == 16 ? 0xff00L : V == 8 ? 0xf0L : 0xcL);
    static final VectorMask<Float> UPPER_QUARTERS = VectorMask.fromLong(F, V == 16 ? 0xf0f0L : V == 8 ? 0xccL : 0xaL);
    static final VectorShuffle<Float> BY_HALF = VectorShuffle.fromOp(F, lane -> lane ^ V / 2);
    static final VectorShuffle<Float> BY_QUARTER = VectorShuffle.fromOp(F, lane -> lane ^ V / 4);
    static final VectorShuffle<Float> BY2 = VectorShuffle.fromOp(F, lane -> lane ^ 2);
    static final VectorShuffle<Float> BY1 = VectorShuffle.fromOp(F, lane -> lane ^ 1);
    /** The first lane of each quarter, to the front. */
    static final VectorShuffle<Float> QUARTERS = VectorShuffle.fromOp(F, lane -> lane * (V / 4) % V);
  }

  /**
   * The totals of four vectors, of which the first n go to {@code to}. A blend keeps one half of each of two vectors, so that the additions
   * work on full ones.
   */
  private static void fold4(FloatVector a, FloatVector b, FloatVector c, FloatVector d, int n, float[] to, int toAt, boolean add) {
    // halves: [a | c] and [b | d]
    FloatVector ac = a.blend(c, Halves.UPPER_HALF).add(c.blend(a, Halves.UPPER_HALF).rearrange(Halves.BY_HALF));
    FloatVector bd = b.blend(d, Halves.UPPER_HALF).add(d.blend(b, Halves.UPPER_HALF).rearrange(Halves.BY_HALF));
    // quarters: [a | b | c | d]
    FloatVector abcd = ac.blend(bd, Halves.UPPER_QUARTERS).add(bd.blend(ac, Halves.UPPER_QUARTERS).rearrange(Halves.BY_QUARTER));
    if (V == 16) {
      abcd = abcd.add(abcd.rearrange(Halves.BY2));
    }
    if (V >= 8) {
      abcd = abcd.add(abcd.rearrange(Halves.BY1)).rearrange(Halves.QUARTERS);
    }
    VectorMask<Float> wanted = VectorMask.fromLong(F, (1 << n) - 1);
    if (add) {
      abcd = abcd.add(FloatVector.fromArray(F, to, toAt, wanted));
    }
    abcd.intoArray(to, toAt, wanted);
  }

  // ------------------------------------------------------------------------------------------------ dense products

  /** Depth a tile is walked before the next: so many rows of b, a tile wide, take half of a first-level cache at most. */
  private static final int DEPTH = 1024 / V;

  @Override
  public void gemm(float[] a, int aAt, int aRow, int aColumn, int m, int depth, float[] b, int bAt, int bRow, float[] c, int cAt,
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
          gemm1x4(a, aK + i * aRow, aColumn, n, b, bK + r, bRow, c, cAt + i * cRow + r);
        }
        for (; r < rows; r += V) {
          gemm1x1(a, aK + i * aRow, aColumn, n, b, bK + r, bRow, c, cAt + i * cRow + r);
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
        gemm4x4(a, aAt + i * aRow, aRow, aColumn, depth, b, bAt + r, bRow, c, cAt + i * cRow + r, cRow);
      }
    }
    for (; TILE < 16 && r + 3 * V <= rows && r + 4 * V != rows; r += 3 * V) { // two vectors and two at the end, rather than three and one
      for (int i = 0; i < m; i += 4) {
        gemm4x3(a, aAt + i * aRow, aRow, aColumn, depth, b, bAt + r, bRow, c, cAt + i * cRow + r, cRow);
      }
    }
    for (; r + 2 * V <= rows; r += 2 * V) {
      for (int i = 0; i < m; i += 4) {
        gemm4x2(a, aAt + i * aRow, aRow, aColumn, depth, b, bAt + r, bRow, c, cAt + i * cRow + r, cRow);
      }
    }
    for (; r < rows; r += V) {
      for (int i = 0; i < m; i += 4) {
        gemm4x1(a, aAt + i * aRow, aRow, aColumn, depth, b, bAt + r, bRow, c, cAt + i * cRow + r, cRow);
      }
    }
  }

  private static void gemm4x4(float[] a, int aAt, int aRow, int aColumn, int depth, float[] b, int bAt, int bRow, float[] c,
      int cAt, int cRow) {
    int c1 = cAt + cRow;
    int c2 = cAt + 2 * cRow;
    int c3 = cAt + 3 * cRow;
    FloatVector p0 = FloatVector.fromArray(F, c, cAt);
    FloatVector p1 = FloatVector.fromArray(F, c, cAt + V);
    FloatVector p2 = FloatVector.fromArray(F, c, cAt + 2 * V);
    FloatVector p3 = FloatVector.fromArray(F, c, cAt + 3 * V);
    FloatVector q0 = FloatVector.fromArray(F, c, c1);
    FloatVector q1 = FloatVector.fromArray(F, c, c1 + V);
    FloatVector q2 = FloatVector.fromArray(F, c, c1 + 2 * V);
    FloatVector q3 = FloatVector.fromArray(F, c, c1 + 3 * V);
    FloatVector s0 = FloatVector.fromArray(F, c, c2);
    FloatVector s1 = FloatVector.fromArray(F, c, c2 + V);
    FloatVector s2 = FloatVector.fromArray(F, c, c2 + 2 * V);
    FloatVector s3 = FloatVector.fromArray(F, c, c2 + 3 * V);
    FloatVector t0 = FloatVector.fromArray(F, c, c3);
    FloatVector t1 = FloatVector.fromArray(F, c, c3 + V);
    FloatVector t2 = FloatVector.fromArray(F, c, c3 + 2 * V);
    FloatVector t3 = FloatVector.fromArray(F, c, c3 + 3 * V);
    for (int k = 0; k < depth; k++) {
      int at = aAt + k * aColumn;
      int row = bAt + k * bRow;
      FloatVector b0 = FloatVector.fromArray(F, b, row);
      FloatVector b1 = FloatVector.fromArray(F, b, row + V);
      FloatVector b2 = FloatVector.fromArray(F, b, row + 2 * V);
      FloatVector b3 = FloatVector.fromArray(F, b, row + 3 * V);
      FloatVector ax = FloatVector.broadcast(F, a[at]);
      p0 = b0.fma(ax, p0);
      p1 = b1.fma(ax, p1);
      p2 = b2.fma(ax, p2);
      p3 = b3.fma(ax, p3);
      FloatVector a1x = FloatVector.broadcast(F, a[at + aRow]);
      q0 = b0.fma(a1x, q0);
      q1 = b1.fma(a1x, q1);
      q2 = b2.fma(a1x, q2);
      q3 = b3.fma(a1x, q3);
      FloatVector a2x = FloatVector.broadcast(F, a[at + 2 * aRow]);
      s0 = b0.fma(a2x, s0);
      s1 = b1.fma(a2x, s1);
      s2 = b2.fma(a2x, s2);
      s3 = b3.fma(a2x, s3);
      FloatVector a3x = FloatVector.broadcast(F, a[at + 3 * aRow]);
      t0 = b0.fma(a3x, t0);
      t1 = b1.fma(a3x, t1);
      t2 = b2.fma(a3x, t2);
      t3 = b3.fma(a3x, t3);
    }
    p0.intoArray(c, cAt);
    p1.intoArray(c, cAt + V);
    p2.intoArray(c, cAt + 2 * V);
    p3.intoArray(c, cAt + 3 * V);
    q0.intoArray(c, c1);
    q1.intoArray(c, c1 + V);
    q2.intoArray(c, c1 + 2 * V);
    q3.intoArray(c, c1 + 3 * V);
    s0.intoArray(c, c2);
    s1.intoArray(c, c2 + V);
    s2.intoArray(c, c2 + 2 * V);
    s3.intoArray(c, c2 + 3 * V);
    t0.intoArray(c, c3);
    t1.intoArray(c, c3 + V);
    t2.intoArray(c, c3 + 2 * V);
    t3.intoArray(c, c3 + 3 * V);
  }

  /** {@link #gemm4x4} in 16 registers. */
  private static void gemm4x3(float[] a, int aAt, int aRow, int aColumn, int depth, float[] b, int bAt, int bRow, float[] c,
      int cAt, int cRow) {
    int c1 = cAt + cRow;
    int c2 = cAt + 2 * cRow;
    int c3 = cAt + 3 * cRow;
    FloatVector p0 = FloatVector.fromArray(F, c, cAt);
    FloatVector p1 = FloatVector.fromArray(F, c, cAt + V);
    FloatVector p2 = FloatVector.fromArray(F, c, cAt + 2 * V);
    FloatVector q0 = FloatVector.fromArray(F, c, c1);
    FloatVector q1 = FloatVector.fromArray(F, c, c1 + V);
    FloatVector q2 = FloatVector.fromArray(F, c, c1 + 2 * V);
    FloatVector s0 = FloatVector.fromArray(F, c, c2);
    FloatVector s1 = FloatVector.fromArray(F, c, c2 + V);
    FloatVector s2 = FloatVector.fromArray(F, c, c2 + 2 * V);
    FloatVector t0 = FloatVector.fromArray(F, c, c3);
    FloatVector t1 = FloatVector.fromArray(F, c, c3 + V);
    FloatVector t2 = FloatVector.fromArray(F, c, c3 + 2 * V);
    for (int k = 0; k < depth; k++) {
      int at = aAt + k * aColumn;
      int row = bAt + k * bRow;
      FloatVector b0 = FloatVector.fromArray(F, b, row);
      FloatVector b1 = FloatVector.fromArray(F, b, row + V);
      FloatVector b2 = FloatVector.fromArray(F, b, row + 2 * V);
      FloatVector ax = FloatVector.broadcast(F, a[at]);
      p0 = b0.fma(ax, p0);
      p1 = b1.fma(ax, p1);
      p2 = b2.fma(ax, p2);
      FloatVector a1x = FloatVector.broadcast(F, a[at + aRow]);
      q0 = b0.fma(a1x, q0);
      q1 = b1.fma(a1x, q1);
      q2 = b2.fma(a1x, q2);
      FloatVector a2x = FloatVector.broadcast(F, a[at + 2 * aRow]);
      s0 = b0.fma(a2x, s0);
      s1 = b1.fma(a2x, s1);
      s2 = b2.fma(a2x, s2);
      FloatVector a3x = FloatVector.broadcast(F, a[at + 3 * aRow]);
      t0 = b0.fma(a3x, t0);
      t1 = b1.fma(a3x, t1);
      t2 = b2.fma(a3x, t2);
    }
    p0.intoArray(c, cAt);
    p1.intoArray(c, cAt + V);
    p2.intoArray(c, cAt + 2 * V);
    q0.intoArray(c, c1);
    q1.intoArray(c, c1 + V);
    q2.intoArray(c, c1 + 2 * V);
    s0.intoArray(c, c2);
    s1.intoArray(c, c2 + V);
    s2.intoArray(c, c2 + 2 * V);
    t0.intoArray(c, c3);
    t1.intoArray(c, c3 + V);
    t2.intoArray(c, c3 + 2 * V);
  }

  private static void gemm4x2(float[] a, int aAt, int aRow, int aColumn, int depth, float[] b, int bAt, int bRow, float[] c,
      int cAt, int cRow) {
    int c1 = cAt + cRow;
    int c2 = cAt + 2 * cRow;
    int c3 = cAt + 3 * cRow;
    FloatVector p0 = FloatVector.fromArray(F, c, cAt);
    FloatVector p1 = FloatVector.fromArray(F, c, cAt + V);
    FloatVector q0 = FloatVector.fromArray(F, c, c1);
    FloatVector q1 = FloatVector.fromArray(F, c, c1 + V);
    FloatVector s0 = FloatVector.fromArray(F, c, c2);
    FloatVector s1 = FloatVector.fromArray(F, c, c2 + V);
    FloatVector t0 = FloatVector.fromArray(F, c, c3);
    FloatVector t1 = FloatVector.fromArray(F, c, c3 + V);
    for (int k = 0; k < depth; k++) {
      int at = aAt + k * aColumn;
      int row = bAt + k * bRow;
      FloatVector b0 = FloatVector.fromArray(F, b, row);
      FloatVector b1 = FloatVector.fromArray(F, b, row + V);
      FloatVector ax = FloatVector.broadcast(F, a[at]);
      p0 = b0.fma(ax, p0);
      p1 = b1.fma(ax, p1);
      FloatVector a1x = FloatVector.broadcast(F, a[at + aRow]);
      q0 = b0.fma(a1x, q0);
      q1 = b1.fma(a1x, q1);
      FloatVector a2x = FloatVector.broadcast(F, a[at + 2 * aRow]);
      s0 = b0.fma(a2x, s0);
      s1 = b1.fma(a2x, s1);
      FloatVector a3x = FloatVector.broadcast(F, a[at + 3 * aRow]);
      t0 = b0.fma(a3x, t0);
      t1 = b1.fma(a3x, t1);
    }
    p0.intoArray(c, cAt);
    p1.intoArray(c, cAt + V);
    q0.intoArray(c, c1);
    q1.intoArray(c, c1 + V);
    s0.intoArray(c, c2);
    s1.intoArray(c, c2 + V);
    t0.intoArray(c, c3);
    t1.intoArray(c, c3 + V);
  }

  private static void gemm1x4(float[] a, int aAt, int aColumn, int depth, float[] b, int bAt, int bRow, float[] c,
      int cAt) {
    FloatVector p0 = FloatVector.fromArray(F, c, cAt);
    FloatVector p1 = FloatVector.fromArray(F, c, cAt + V);
    FloatVector p2 = FloatVector.fromArray(F, c, cAt + 2 * V);
    FloatVector p3 = FloatVector.fromArray(F, c, cAt + 3 * V);
    for (int k = 0; k < depth; k++) {
      int at = aAt + k * aColumn;
      int row = bAt + k * bRow;
      FloatVector b0 = FloatVector.fromArray(F, b, row);
      FloatVector b1 = FloatVector.fromArray(F, b, row + V);
      FloatVector b2 = FloatVector.fromArray(F, b, row + 2 * V);
      FloatVector b3 = FloatVector.fromArray(F, b, row + 3 * V);
      FloatVector ax = FloatVector.broadcast(F, a[at]);
      p0 = b0.fma(ax, p0);
      p1 = b1.fma(ax, p1);
      p2 = b2.fma(ax, p2);
      p3 = b3.fma(ax, p3);
    }
    p0.intoArray(c, cAt);
    p1.intoArray(c, cAt + V);
    p2.intoArray(c, cAt + 2 * V);
    p3.intoArray(c, cAt + 3 * V);
  }

  private static void gemm4x1(float[] a, int aAt, int aRow, int aColumn, int depth, float[] b, int bAt, int bRow, float[] c,
      int cAt, int cRow) {
    int c1 = cAt + cRow;
    int c2 = cAt + 2 * cRow;
    int c3 = cAt + 3 * cRow;
    FloatVector p0 = FloatVector.fromArray(F, c, cAt);
    FloatVector q0 = FloatVector.fromArray(F, c, c1);
    FloatVector s0 = FloatVector.fromArray(F, c, c2);
    FloatVector t0 = FloatVector.fromArray(F, c, c3);
    for (int k = 0; k < depth; k++) {
      int at = aAt + k * aColumn;
      int row = bAt + k * bRow;
      FloatVector b0 = FloatVector.fromArray(F, b, row);
      FloatVector ax = FloatVector.broadcast(F, a[at]);
      p0 = b0.fma(ax, p0);
      FloatVector a1x = FloatVector.broadcast(F, a[at + aRow]);
      q0 = b0.fma(a1x, q0);
      FloatVector a2x = FloatVector.broadcast(F, a[at + 2 * aRow]);
      s0 = b0.fma(a2x, s0);
      FloatVector a3x = FloatVector.broadcast(F, a[at + 3 * aRow]);
      t0 = b0.fma(a3x, t0);
    }
    p0.intoArray(c, cAt);
    q0.intoArray(c, c1);
    s0.intoArray(c, c2);
    t0.intoArray(c, c3);
  }

  private static void gemm1x1(float[] a, int aAt, int aColumn, int depth, float[] b, int bAt, int bRow, float[] c,
      int cAt) {
    FloatVector p0 = FloatVector.fromArray(F, c, cAt);
    for (int k = 0; k < depth; k++) {
      int at = aAt + k * aColumn;
      int row = bAt + k * bRow;
      FloatVector b0 = FloatVector.fromArray(F, b, row);
      FloatVector ax = FloatVector.broadcast(F, a[at]);
      p0 = b0.fma(ax, p0);
    }
    p0.intoArray(c, cAt);
  }

  @Override
  public void gemmDots(float[] a, int aAt, int aRow, int m, float[] b, int bAt, int bRow, int n, int rows, float[] c, int cAt, int cRow,
      boolean add) {
    float[] sums = SUMS.get();
    int wholeM = m & -4;
    int wholeN = n & -4;
    for (int j = 0; j < wholeN; j += 4) {
      for (int i = 0; i < wholeM; i += 4) {
        for (int lane = 0; lane < LANES; lane += V) {
          int from = bAt + j * bRow + lane;
          if (TILE == 16) {
            dots4x4(a, aAt + i * aRow + lane, aRow, b, from, bRow, rows, sums, lane);
          } else {
            dots4x2(a, aAt + i * aRow + lane, aRow, b, from, bRow, rows, sums, lane);
            dots4x2(a, aAt + i * aRow + lane, aRow, b, from + 2 * bRow, bRow, rows, sums, 2 * LANES + lane);
          }
        }
        for (int row = 0; row < 4; row++) {
          fold(sums, 4 * row, 4, c, cAt + (i + row) * cRow + j, add);
        }
      }
    }
    for (int i = 0; i < m; i++) {
      int from = i < wholeM ? wholeN : 0;
      for (int j = from; j < n; j += FIRST.length) {
        dots(b, bAt + j * bRow, bRow, FIRST, 0, Math.min(FIRST.length, n - j), a, aAt + i * aRow, rows, c, cAt + i * cRow + j, add);
      }
    }
  }

  private static void dots4x4(float[] a, int aAt, int aRow, float[] b, int bAt, int bRow, int rows, float[] sums, int sumsAt) {
    FloatVector zero = FloatVector.zero(F);
    FloatVector p0 = zero;
    FloatVector p1 = zero;
    FloatVector p2 = zero;
    FloatVector p3 = zero;
    FloatVector q0 = zero;
    FloatVector q1 = zero;
    FloatVector q2 = zero;
    FloatVector q3 = zero;
    FloatVector s0 = zero;
    FloatVector s1 = zero;
    FloatVector s2 = zero;
    FloatVector s3 = zero;
    FloatVector t0 = zero;
    FloatVector t1 = zero;
    FloatVector t2 = zero;
    FloatVector t3 = zero;
    for (int r = 0; r < rows; r += LANES) {
      FloatVector a0 = FloatVector.fromArray(F, a, aAt + r);
      FloatVector a1 = FloatVector.fromArray(F, a, aAt + aRow + r);
      FloatVector a2 = FloatVector.fromArray(F, a, aAt + 2 * aRow + r);
      FloatVector a3 = FloatVector.fromArray(F, a, aAt + 3 * aRow + r);
      FloatVector b0 = FloatVector.fromArray(F, b, bAt + r);
      p0 = b0.fma(a0, p0);
      q0 = b0.fma(a1, q0);
      s0 = b0.fma(a2, s0);
      t0 = b0.fma(a3, t0);
      FloatVector b1 = FloatVector.fromArray(F, b, bAt + bRow + r);
      p1 = b1.fma(a0, p1);
      q1 = b1.fma(a1, q1);
      s1 = b1.fma(a2, s1);
      t1 = b1.fma(a3, t1);
      FloatVector b2 = FloatVector.fromArray(F, b, bAt + 2 * bRow + r);
      p2 = b2.fma(a0, p2);
      q2 = b2.fma(a1, q2);
      s2 = b2.fma(a2, s2);
      t2 = b2.fma(a3, t2);
      FloatVector b3 = FloatVector.fromArray(F, b, bAt + 3 * bRow + r);
      p3 = b3.fma(a0, p3);
      q3 = b3.fma(a1, q3);
      s3 = b3.fma(a2, s3);
      t3 = b3.fma(a3, t3);
    }
    p0.intoArray(sums, sumsAt);
    p1.intoArray(sums, sumsAt + LANES);
    p2.intoArray(sums, sumsAt + 2 * LANES);
    p3.intoArray(sums, sumsAt + 3 * LANES);
    q0.intoArray(sums, sumsAt + 4 * LANES);
    q1.intoArray(sums, sumsAt + 5 * LANES);
    q2.intoArray(sums, sumsAt + 6 * LANES);
    q3.intoArray(sums, sumsAt + 7 * LANES);
    s0.intoArray(sums, sumsAt + 8 * LANES);
    s1.intoArray(sums, sumsAt + 9 * LANES);
    s2.intoArray(sums, sumsAt + 10 * LANES);
    s3.intoArray(sums, sumsAt + 11 * LANES);
    t0.intoArray(sums, sumsAt + 12 * LANES);
    t1.intoArray(sums, sumsAt + 13 * LANES);
    t2.intoArray(sums, sumsAt + 14 * LANES);
    t3.intoArray(sums, sumsAt + 15 * LANES);
  }

  /** {@link #dots4x4} in 16 registers. */
  private static void dots4x2(float[] a, int aAt, int aRow, float[] b, int bAt, int bRow, int rows, float[] sums, int sumsAt) {
    FloatVector zero = FloatVector.zero(F);
    FloatVector p0 = zero;
    FloatVector p1 = zero;
    FloatVector q0 = zero;
    FloatVector q1 = zero;
    FloatVector s0 = zero;
    FloatVector s1 = zero;
    FloatVector t0 = zero;
    FloatVector t1 = zero;
    for (int r = 0; r < rows; r += LANES) {
      FloatVector a0 = FloatVector.fromArray(F, a, aAt + r);
      FloatVector a1 = FloatVector.fromArray(F, a, aAt + aRow + r);
      FloatVector a2 = FloatVector.fromArray(F, a, aAt + 2 * aRow + r);
      FloatVector a3 = FloatVector.fromArray(F, a, aAt + 3 * aRow + r);
      FloatVector b0 = FloatVector.fromArray(F, b, bAt + r);
      p0 = b0.fma(a0, p0);
      q0 = b0.fma(a1, q0);
      s0 = b0.fma(a2, s0);
      t0 = b0.fma(a3, t0);
      FloatVector b1 = FloatVector.fromArray(F, b, bAt + bRow + r);
      p1 = b1.fma(a0, p1);
      q1 = b1.fma(a1, q1);
      s1 = b1.fma(a2, s1);
      t1 = b1.fma(a3, t1);
    }
    p0.intoArray(sums, sumsAt);
    p1.intoArray(sums, sumsAt + LANES);
    q0.intoArray(sums, sumsAt + 4 * LANES);
    q1.intoArray(sums, sumsAt + 5 * LANES);
    s0.intoArray(sums, sumsAt + 8 * LANES);
    s1.intoArray(sums, sumsAt + 9 * LANES);
    t0.intoArray(sums, sumsAt + 12 * LANES);
    t1.intoArray(sums, sumsAt + 13 * LANES);
  }

  // ------------------------------------------------------------------------------------------------ delta encoder

  @Override
  public int encode(float[] values, int at, float[] reference, int referenceAt, float[] threshold, int n, int base,
      int[] list, float[] delta, int count, int[] fired, int firedAt) {
    for (int group = 0; group * LANES < n; group++) {
      int bits = 0;
      for (int part = 0; part < LANES; part += V) {
        int e = group * LANES + part;
        FloatVector value = FloatVector.fromArray(F, values, at + e);
        FloatVector last = FloatVector.fromArray(F, reference, referenceAt + e);
        FloatVector moved = value.sub(last);
        VectorMask<Float> fires = fires(moved, threshold, e, n);
        last.blend(value, fires).intoArray(reference, referenceAt + e);
        IOTA.add(base + e).compress(fires.cast(I)).intoArray(list, count);
        moved.compress(fires).intoArray(delta, count);
        int partBits = (int) fires.toLong();
        bits |= partBits << part;
        count += Integer.bitCount(partBits);
      }
      fired[firedAt + group] = bits;
    }
    return count;
  }

  private static VectorMask<Float> fires(FloatVector moved, float[] threshold, int e, int n) {
    VectorMask<Float> stays = moved.abs().compare(VectorOperators.LT, FloatVector.fromArray(F, threshold, e));
    return e + V <= n ? stays.not() : stays.not().and(F.indexInRange(e, n));
  }

  @Override
  public void decodeGradient(float[] d, int at, int[] fired, int firedAt, int n, float[] a, int aAt, float[] dv, int dvAt) {
    FloatVector zero = FloatVector.zero(F);
    for (int e = 0; e < n; e += V) {
      int bits = fired[firedAt + e / LANES] >>> e % LANES & (1 << V) - 1;
      VectorMask<Float> fires = VectorMask.fromLong(F, bits);
      FloatVector spread = FloatVector.fromArray(F, d, at).expand(fires);
      FloatVector old = FloatVector.fromArray(F, a, aAt + e);
      zero.blend(spread.add(old), fires).intoArray(dv, dvAt + e);
      old.blend(spread.neg(), fires).intoArray(a, aAt + e);
      at += Integer.bitCount(bits);
    }
  }

  @Override
  public int hold(float[] values, int at, float[] held, int before, float[] threshold, int n, int now, int[] fired, int firedAt) {
    int count = 0;
    for (int group = 0; group * LANES < n; group++) {
      int bits = 0;
      for (int part = 0; part < LANES; part += V) {
        int e = group * LANES + part;
        FloatVector value = FloatVector.fromArray(F, values, at + e);
        FloatVector last = FloatVector.fromArray(F, held, before + e);
        VectorMask<Float> fires = fires(value.sub(last), threshold, e, n);
        last.blend(value, fires).intoArray(held, now + e);
        bits |= (int) fires.toLong() << part;
      }
      fired[firedAt + group] = bits;
      count += Integer.bitCount(bits);
    }
    return count;
  }

  @Override
  public void holdGradient(float[] d, int at, int[] fired, int firedAt, int n, float[] carry, int carryAt) {
    FloatVector zero = FloatVector.zero(F);
    for (int e = 0; e < Kernels.pad(n); e += V) {
      VectorMask<Float> fires = VectorMask.fromLong(F, fired[firedAt + e / LANES] >>> e % LANES & (1 << V) - 1);
      FloatVector r = FloatVector.fromArray(F, d, at + e).add(FloatVector.fromArray(F, carry, carryAt + e));
      zero.blend(r, fires).intoArray(d, at + e);
      r.blend(0f, fires).intoArray(carry, carryAt + e);
    }
  }

  // ------------------------------------------------------------------------------------------------ pointwise

  /** {@code y = 1 + exp(x scale)}; see {@link ScalarKernels#onePlusExp}. */
  private static void onePlusExp(float[] x, int xAt, float[] y, int yAt, int n, float scale) {
    for (int i = 0; i < n; i += V) {
      FloatVector v = FloatVector.fromArray(F, x, xAt + i).mul(scale);
      // not min and max: Java's rules for NaN and -0 make those several times dearer
      v = v.blend(LARGEST, v.compare(VectorOperators.GT, LARGEST));
      v = v.blend(-LARGEST, v.compare(VectorOperators.LT, -LARGEST));
      FloatVector rounded = v.fma(FloatVector.broadcast(F, LOG2E), FloatVector.broadcast(F, ROUND));
      IntVector power = rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(ONE);
      rounded = rounded.sub(ROUND);
      FloatVector r = rounded.fma(FloatVector.broadcast(F, -LN2_HIGH), v);
      r = rounded.fma(FloatVector.broadcast(F, -LN2_LOW), r);
      FloatVector p = r.fma(FloatVector.broadcast(F, C6), FloatVector.broadcast(F, C5));
      p = p.fma(r, FloatVector.broadcast(F, C4));
      p = p.fma(r, FloatVector.broadcast(F, C3));
      p = p.fma(r, FloatVector.broadcast(F, 0.5f));
      p = p.fma(r, FloatVector.broadcast(F, 1f));
      p = p.fma(r, FloatVector.broadcast(F, 1f));
      p.fma(power.reinterpretAsFloats(), FloatVector.broadcast(F, 1f)).intoArray(y, yAt + i);
    }
  }

  @Override
  public void tanh(float[] x, int xAt, float[] y, int yAt, int n) {
    onePlusExp(x, xAt, y, yAt, n, -2f);
    for (int i = 0; i < n; i += V) {
      all(2f).div(load(y, yAt + i)).sub(1f).intoArray(y, yAt + i);
    }
  }

  @Override
  public void sigmoid(float[] x, int xAt, float[] y, int yAt, int n) {
    onePlusExp(x, xAt, y, yAt, n, -1f);
    for (int i = 0; i < n; i += V) {
      all(1f).div(load(y, yAt + i)).intoArray(y, yAt + i);
    }
  }

  @Override
  public void lstmForward(float[] x, int units, int m, int saved, int cBefore, int c, int h, int scratch) {
    onePlusExp(x, m, x, scratch, 2 * units, -1f);
    onePlusExp(x, m + 2 * units, x, scratch + 2 * units, units, -2f);
    onePlusExp(x, m + 3 * units, x, scratch + 3 * units, units, -1f);
    lstmGates(x, units, scratch, saved, cBefore, c);
    onePlusExp(x, c, x, scratch, units, -2f);
    lstmOutput(x, units, scratch, saved, h);
  }

  private static void lstmGates(float[] x, int units, int e, int saved, int cBefore, int c) {
    for (int u = 0; u < units; u += V) {
      FloatVector ei = FloatVector.fromArray(F, x, e + u);
      FloatVector ef = FloatVector.fromArray(F, x, e + units + u);
      FloatVector eg = FloatVector.fromArray(F, x, e + 2 * units + u);
      FloatVector eo = FloatVector.fromArray(F, x, e + 3 * units + u);
      FloatVector inputForget = ei.mul(ef);
      FloatVector cellOutput = eg.mul(eo);
      FloatVector inverse = FloatVector.broadcast(F, 1f).div(inputForget.mul(cellOutput)); // one division for four gates
      FloatVector left = inverse.mul(cellOutput);
      FloatVector right = inverse.mul(inputForget);
      FloatVector i = left.mul(ef);
      FloatVector f = left.mul(ei);
      FloatVector g = right.mul(eo).fma(FloatVector.broadcast(F, 2f), FloatVector.broadcast(F, -1f));
      i.intoArray(x, saved + u);
      f.intoArray(x, saved + units + u);
      g.intoArray(x, saved + 2 * units + u);
      right.mul(eg).intoArray(x, saved + 3 * units + u);
      f.fma(FloatVector.fromArray(F, x, cBefore + u), i.mul(g)).intoArray(x, c + u);
    }
  }

  private static void lstmOutput(float[] x, int units, int e, int saved, int h) {
    for (int u = 0; u < units; u += V) {
      FloatVector tanhC = FloatVector.broadcast(F, 2f).div(FloatVector.fromArray(F, x, e + u)).sub(1f);
      tanhC.intoArray(x, saved + 4 * units + u);
      FloatVector.fromArray(F, x, saved + 3 * units + u).mul(tanhC).intoArray(x, h + u);
    }
  }

  private static FloatVector flushTiny(FloatVector x) {
    return x.blend(0f, x.abs().compare(VectorOperators.LT, TINY));
  }

  @Override
  public void lstmBackward(float[] x, int units, int saved, int next, int cBefore, int dh, float[] out, int outAt, int dc) {
    for (int u = 0; u < units; u += V) {
      FloatVector i = FloatVector.fromArray(F, x, saved + u);
      FloatVector f = FloatVector.fromArray(F, x, saved + units + u);
      FloatVector g = FloatVector.fromArray(F, x, saved + 2 * units + u);
      FloatVector o = FloatVector.fromArray(F, x, saved + 3 * units + u);
      FloatVector tanhC = FloatVector.fromArray(F, x, saved + 4 * units + u);
      FloatVector dhNow = flushTiny(FloatVector.fromArray(F, x, dh + u).add(FloatVector.fromArray(F, out, outAt + u)));
      FloatVector throughOutput = dhNow.mul(o);
      FloatVector dcNow = FloatVector.fromArray(F, x, dc + u).add(throughOutput.sub(throughOutput.mul(tanhC).mul(tanhC)));
      dcNow = flushTiny(dcNow);
      FloatVector di = dcNow.mul(g).mul(i.sub(i.mul(i)));
      FloatVector df = dcNow.mul(FloatVector.fromArray(F, x, cBefore + u)).mul(f.sub(f.mul(f)));
      FloatVector dg = dcNow.mul(i);
      dg = dg.sub(dg.mul(g).mul(g));
      dcNow.mul(f).intoArray(x, dc + u);
      di.intoArray(x, saved + u);
      df.intoArray(x, saved + units + u);
      dg.intoArray(x, saved + 2 * units + u);
      dhNow.mul(tanhC).mul(o.sub(o.mul(o))).intoArray(x, saved + 3 * units + u);
    }
    if (next >= 0) {
      addTo(x, saved, next, 4 * units);
    }
  }

  @Override
  public void gruForward(float[] x, int units, int m, int saved, int hBefore, int h, int scratch) {
    onePlusExp(x, m + units, x, scratch, 2 * units, -1f);
    for (int u = 0; u < units; u += V) {
      FloatVector er = FloatVector.fromArray(F, x, scratch + u);
      FloatVector ez = FloatVector.fromArray(F, x, scratch + units + u);
      FloatVector inverse = FloatVector.broadcast(F, 1f).div(er.mul(ez));
      FloatVector r = inverse.mul(ez);
      FloatVector nh = FloatVector.fromArray(F, x, m + 3 * units + u);
      r.fma(nh, FloatVector.fromArray(F, x, m + u)).intoArray(x, scratch + 2 * units + u);
      r.intoArray(x, saved + units + u);
      inverse.mul(er).intoArray(x, saved + 2 * units + u);
      nh.intoArray(x, saved + 3 * units + u);
    }
    onePlusExp(x, scratch + 2 * units, x, scratch, units, -2f);
    for (int u = 0; u < units; u += V) {
      FloatVector n = FloatVector.broadcast(F, 2f).div(FloatVector.fromArray(F, x, scratch + u)).sub(1f);
      n.intoArray(x, saved + u);
      FloatVector z = FloatVector.fromArray(F, x, saved + 2 * units + u);
      z.fma(FloatVector.fromArray(F, x, hBefore + u).sub(n), n).intoArray(x, h + u);
    }
  }

  @Override
  public void gruBackward(float[] x, int units, int saved, int next, int hBefore, int dh, float[] out, int outAt, int carry) {
    for (int u = 0; u < units; u += V) {
      FloatVector n = FloatVector.fromArray(F, x, saved + u);
      FloatVector r = FloatVector.fromArray(F, x, saved + units + u);
      FloatVector z = FloatVector.fromArray(F, x, saved + 2 * units + u);
      FloatVector dhNow = FloatVector.fromArray(F, x, dh + u).add(FloatVector.fromArray(F, out, outAt + u));
      dhNow = flushTiny(dhNow.add(FloatVector.fromArray(F, x, carry + u)));
      FloatVector dn = dhNow.sub(dhNow.mul(z));
      FloatVector dnx = dn.sub(dn.mul(n).mul(n));
      FloatVector dr = dnx.mul(FloatVector.fromArray(F, x, saved + 3 * units + u)).mul(r.sub(r.mul(r)));
      FloatVector dz = dhNow.mul(FloatVector.fromArray(F, x, hBefore + u).sub(n)).mul(z.sub(z.mul(z)));
      dhNow.mul(z).intoArray(x, carry + u);
      dnx.intoArray(x, saved + u);
      dr.intoArray(x, saved + units + u);
      dz.intoArray(x, saved + 2 * units + u);
      dnx.mul(r).intoArray(x, saved + 3 * units + u);
    }
    if (next >= 0) {
      addTo(x, saved, next, 4 * units);
    }
  }

  private static void addTo(float[] x, int to, int from, int n) {
    for (int i = 0; i < n; i += V) {
      load(x, to + i).add(load(x, from + i)).intoArray(x, to + i);
    }
  }

  // ------------------------------------------------------------------------------------------------ optimiser

  @Override
  public void adamW(float[] parameters, float[] gradients, float[] first, float[] second, int at, int n, float scale, float beta1,
      float beta2, float epsilon, float step, float root, float keep) {
    for (int i = at; i < at + n; i += V) {
      FloatVector g = FloatVector.fromArray(F, gradients, i).mul(scale);
      FloatVector m = FloatVector.broadcast(F, beta1).fma(FloatVector.fromArray(F, first, i), g.mul(1f - beta1));
      FloatVector v = FloatVector.broadcast(F, beta2).fma(FloatVector.fromArray(F, second, i), g.mul(1f - beta2).mul(g));
      m.intoArray(first, i);
      v.intoArray(second, i);
      FloatVector move = m.mul(step).div(v.sqrt().div(root).add(epsilon));
      FloatVector.fromArray(F, parameters, i).mul(keep).sub(move).intoArray(parameters, i);
    }
  }
}

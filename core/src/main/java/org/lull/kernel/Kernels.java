// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

/**
 * The arithmetic of the library, in float32: the three products of a training step, the delta encoder, the cells' pointwise stages and
 * the optimiser's update. {@link ScalarKernels} is the reference; {@link VectorKernels} is its twin on the Vector API, equal to it bit for
 * bit at every vector width.
 *
 * <p>That equality is by construction. Products into a vector ({@link #gatherAxpy}, {@link #gemm}) are chains of fused multiply-adds, one
 * chain an element, in the order of the list. Dot products ({@link #gatherDot}, {@link #gemmTransposed}) keep {@link #LANES} partial
 * sums, element r going to sum r mod LANES, and fold them in halves: 8, 4, 2, 1. exp is a polynomial of our own.
 *
 * <p>Arrays are flat with offsets in floats. Row counts and unit counts are multiples of {@link #LANES}: {@code LayerLayout} pads.
 */
public sealed interface Kernels permits ScalarKernels, VectorKernels {
  /** Partial sums of a dot product; all padding is to this many floats, one 512-bit vector. */
  int LANES = 16;

  /** The first element of an array on a cache line: where objects lie on lines, as a large array does, its data starts 16 bytes later. */
  int ALIGNED = 12;

  /** Gradients smaller than this are taken for 0: denormal numbers are up to a hundred times slower, and Java cannot flush them. */
  float TINY = 1e-25f;

  /** Rounds up to a multiple of {@link #LANES}. */
  static int pad(int n) {
    return (n + LANES - 1) & -LANES;
  }

  /** What runs, for humans: "Vector API, 512 bits". */
  String description();

  /** Bits of a vector; 0 where there are none. */
  default int vectorBits() {
    return 0;
  }

  // ------------------------------------------------------------------------------------------------ products

  /**
   * Adds scaled rows of a matrix (BLAS's axpy, for rows gathered by a list): {@code to[r] += sum over k of scale[k] * matrix[list[k]][r]},
   * k from first to last.
   *
   * <p>This one kernel is two of the three products. Forward, the rows are columns of W and the list names the active entries of one
   * timestep: {@code M_t += W delta_t}. Weight gradient, the rows are G_t and the list names the timesteps at which one entry fired:
   * {@code dL/dW[:,j] += sum_t G_t delta_t[j]}.
   *
   * @param stride floats from one row to the next
   * @param list row numbers, read from {@code first} to {@code last - 1}
   * @param scale factors; that of list entry k is at {@code scaleAt + k}
   * @param rows length of a row, a multiple of LANES
   */
  void gatherAxpy(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last, float[] to, int toAt,
      int rows);

  /**
   * Dot products of rows gathered by a list with one vector, the transposed product: {@code to[k - first] = matrix[list[k]] . vector}.
   *
   * @param add true to add to what {@code to} holds, false to overwrite it
   */
  void gatherDot(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt, int rows, float[] to,
      int toAt, boolean add);

  /**
   * Dense product into rows: {@code c[i][r] += sum over k of a(i,k) * b[k][r]}, with {@code a(i,k) = a[aAt + i * aRow + k * aColumn]},
   * so that one kernel serves the plain (aColumn = 1) and the transposed (aRow = 1) left operand.
   *
   * @param m rows of a and c
   * @param depth columns of a, rows of b
   * @param rows length of a row of b and c, a multiple of LANES
   */
  void gemm(float[] a, int aAt, int aRow, int aColumn, int m, int depth, float[] b, int bAt, int bRow, float[] c, int cAt, int cRow,
      int rows);

  /**
   * Dense product with a transposed right operand: {@code c[i][j] = a[i] . b[j]}, for m rows of a and n rows of b.
   *
   * @param add true to add to what c holds, false to overwrite it
   */
  void gemmTransposed(float[] a, int aAt, int aRow, int m, float[] b, int bAt, int bRow, int n, int rows, float[] c, int cAt, int cRow,
      boolean add);

  // ------------------------------------------------------------------------------------------------ delta encoder

  /** The largest move of an entry that a delta memory can take and keep its precision; {@link #encode} reports larger ones. */
  float LARGE_MOVE = 16f;

  /**
   * Delta encoder: an entry whose value moved by its threshold or more since it last transmitted fires; its number and its delta join the
   * list and its value becomes the new reference. An entry that is not a number fires, so that nothing hides it.
   *
   * @param values v_t, n entries, readable up to pad(n)
   * @param reference vHat, updated in place, likewise
   * @param threshold theta for each entry, likewise
   * @param base added to an entry's number in the list
   * @param list numbers of active entries, appended at {@code count}; room for pad(n) more
   * @param delta deltas of active entries, likewise
   * @param fired bit e of word g tells whether entry 16 g + e fired
   * @return the new count, or its complement (~count, below 0) where an entry moved by more than {@link #LARGE_MOVE}
   */
  int encode(float[] values, int at, float[] reference, int referenceAt, float[] threshold, int n, int base, int[] list,
      float[] delta, int count, int[] fired, int firedAt);

  /**
   * Backward of {@link #encode}: spreads D, given for the active entries only, over all n and moves the gradient of the reference one step
   * down. Where an entry fired, {@code dv = D + A} and {@code A = -D}; elsewhere {@code dv = 0} and A stays.
   *
   * @param d compressed D_t = W^T G_t, one value an active entry, readable up to LANES past the last
   * @param a A, the gradient of the reference, updated in place
   * @param dv dL/dv_t, overwritten
   */
  void encodeBackward(float[] d, int at, int[] fired, int firedAt, int n, float[] a, int aAt, float[] dv, int dvAt);

  /**
   * The encoder where dense products stand in for the sparse ones: {@code held[e]} becomes {@code values[e]} where that moved by its
   * threshold or more away from {@code held[before + e]}, which it is elsewhere. Fires exactly where {@link #encode} does.
   *
   * @param held vHat of all timesteps, that of the step before at {@code before}; this step's is written at {@code now}, pad(n) floats
   * @param fired as in {@link #encode}
   * @return how many fired
   */
  int hold(float[] values, int at, float[] held, int before, float[] threshold, int n, int now, int[] fired, int firedAt);

  /**
   * Backward of {@link #hold}, in place. With R = dL/dvHat + carry: dL/dv is R where the entry fired, and nothing is carried to the step
   * before; elsewhere dL/dv is 0 and R is carried.
   *
   * @param d dL/dvHat in, dL/dv out; pad(n) floats
   * @param carry in and out, likewise
   */
  void holdBackward(float[] d, int at, int[] fired, int firedAt, int n, float[] carry, int carryAt);

  // ------------------------------------------------------------------------------------------------ pointwise

  /**
   * What to run a cell by: its twin, where these kernels have one, or else the cell itself. The bits are the same.
   *
   * @param cell in plain loops
   */
  CellKernel fastest(CellKernel cell);

  /** {@code y[i] = tanh(x[i])}, to 1e-6 absolute; n a multiple of LANES; in place if the positions agree. */
  void tanh(float[] x, int xAt, float[] y, int yAt, int n);

  /** {@code y[i] = 1 / (1 + exp(-x[i]))}, to 1e-6 absolute; n a multiple of LANES; in place if the positions agree. */
  void sigmoid(float[] x, int xAt, float[] y, int yAt, int n);

  /** Sum of {@code x[i]}, in LANES partial sums as in {@link #gatherDot}; n a multiple of LANES. */
  float sum(float[] x, int at, int n);

  /** Sum of {@code x[i] * y[i]}, likewise. */
  float dot(float[] x, int xAt, float[] y, int yAt, int n);

  /** {@code to[i] += x[i]}; n a multiple of LANES. */
  void add(float[] x, int xAt, float[] to, int toAt, int n);

  // ------------------------------------------------------------------------------------------------ optimiser

  /**
   * One AdamW step on a flat arena (Loshchilov and Hutter 2019): gradients are scaled by {@code scale} first (clipping, mean over the
   * batch).
   *
   * @param step learning rate divided by the bias correction of the first moment
   * @param root square root of the bias correction of the second moment
   * @param keep 1 - learning rate * weight decay
   */
  void adamW(float[] parameters, float[] gradients, float[] first, float[] second, int at, int n, float scale, float beta1, float beta2,
      float epsilon, float step, float root, float keep);
}

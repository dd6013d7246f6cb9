// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

/**
 * The arithmetic of the library, in float32: the three products of a training step, the delta encoder, the pointwise stages of the cells,
 * and the update of the optimiser. {@link ScalarKernels} is the reference. {@link VectorKernels} does the same with the Vector API, and
 * gives the same bits at every vector width.
 *
 * <p>The bits are the same because the order of the operations is fixed. Products into a vector ({@link #gatherAxpy}, {@link #gemm}) are
 * chains of fused multiply-adds, one chain for each element, in the order of the list. Dot products ({@link #gatherDot}, {@link
 * #gemmTransposed}) keep {@link #LANES} partial sums: element r is added to sum r mod LANES. At the end the sums are added in halves: 16 to
 * 8, 4, 2, 1. exp is a polynomial, the same in both.
 *
 * <p>Arrays are flat. Offsets are in floats: {@code xAt} is the offset of {@code x}. Numbers of rows and units are multiples of
 * {@link #LANES}; {@code LayerLayout} pads them.
 */
public sealed interface Kernels permits ScalarKernels, VectorKernels {
  /** Number of partial sums of a dot product. All padding is to a multiple of this: one 512-bit vector. */
  int LANES = 16;

  /** Index of the first element of a large array that begins a cache line. (The object begins on a line, its data 16 bytes later.) */
  int ALIGNED = 12;

  /** Gradients smaller than this are set to 0. Subnormal numbers are up to a hundred times slower, and Java cannot flush them. */
  float TINY = 1e-25f;

  /** Rounds up to a multiple of {@link #LANES}. */
  static int pad(int n) {
    return (n + LANES - 1) & -LANES;
  }

  /** Description for humans: "Vector API, 512 bits". */
  String description();

  /** Bits of a vector; 0 where there are none. */
  default int vectorBits() {
    return 0;
  }

  // ------------------------------------------------------------------------------------------------ products

  /**
   * Adds scaled rows of a matrix (axpy of BLAS, for rows that a list names): {@code to[r] += sum over k of scale[k] * matrix[list[k]][r]},
   * with k from {@code first} to {@code last - 1}.
   *
   * <p>Two of the three products are computed with this kernel. In the forward product, {@code M_t += W delta_t}, the rows are columns of W
   * and the list has the active entries of one timestep. In the weight gradient, {@code dL/dW[:,j] += sum_t G_t delta_t[j]}, the rows are
   * G_t and the list has the timesteps at which entry j fired.
   *
   * @param stride number of floats from one row to the next
   * @param list row numbers
   * @param scale factors; the factor of list entry k is at {@code scaleAt + k}
   * @param rows length of a row, a multiple of LANES
   */
  void gatherAxpy(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last, float[] to, int toAt,
      int rows);

  /**
   * The transposed product, W^T G: dot products of one vector with the rows that a list names,
   * {@code to[k - first] = matrix[list[k]] . vector}.
   *
   * @param add true to add to {@code to}, false to overwrite it
   */
  void gatherDot(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt, int rows, float[] to,
      int toAt, boolean add);

  /**
   * Dense product: {@code c[i][r] += sum over k of a(i,k) * b[k][r]}, with {@code a(i,k) = a[aAt + i * aRow + k * aColumn]}. The left
   * operand is plain with aColumn = 1, and transposed with aRow = 1.
   *
   * @param m number of rows of a and c
   * @param depth number of columns of a, and of rows of b
   * @param rows length of a row of b and c, a multiple of LANES
   */
  void gemm(float[] a, int aAt, int aRow, int aColumn, int m, int depth, float[] b, int bAt, int bRow, float[] c, int cAt, int cRow,
      int rows);

  /**
   * Dense product with a transposed right operand: {@code c[i][j] = a[i] . b[j]}, for m rows of a and n rows of b.
   *
   * @param add true to add to c, false to overwrite it
   */
  void gemmTransposed(float[] a, int aAt, int aRow, int m, float[] b, int bAt, int bRow, int n, int rows, float[] c, int cAt, int cRow,
      boolean add);

  // ------------------------------------------------------------------------------------------------ delta encoder

  /** Largest delta that can be added to a delta memory M without loss of precision. {@link #encode} reports larger ones. */
  float LARGE_MOVE = 16f;

  /**
   * Delta encoder. An entry fires if its value has moved by its threshold or more since it last fired. Its number and its delta are
   * appended to the list, and its value becomes the new reference. NaN fires always, so that it is not hidden.
   *
   * @param values v_t, n entries; the array has pad(n)
   * @param reference vHat, n entries, updated in place; the array has pad(n)
   * @param threshold theta of each entry; the array has pad(n)
   * @param base number that is added to the number of an entry in the list
   * @param list numbers of active entries, appended from {@code count} on; there must be room for pad(n) more
   * @param delta deltas of active entries, appended in the same way
   * @param fired bit e of word g is set if entry 16 g + e fired
   * @return the new count, or its complement (~count, below 0) where an entry moved by more than {@link #LARGE_MOVE}
   */
  int encode(float[] values, int at, float[] reference, int referenceAt, float[] threshold, int n, int base, int[] list,
      float[] delta, int count, int[] fired, int firedAt);

  /**
   * Backward of {@link #encode}. D, which has only the active entries, is spread over all n entries, and A, the gradient of the reference,
   * is brought to the timestep before. For an entry that fired, {@code dv = D + A} and {@code A = -D}. For the others {@code dv = 0}, and A
   * stays.
   *
   * @param d D_t = W^T G_t, one value for each active entry; LANES more must be readable
   * @param a A, the gradient of the reference, updated in place
   * @param dv dL/dv_t, overwritten
   */
  void encodeBackward(float[] d, int at, int[] fired, int firedAt, int n, float[] a, int aAt, float[] dv, int dvAt);

  /**
   * The encoder for dense products, which are used when most entries fire. {@code held[now + e]} is set to {@code values[e]} if that has
   * moved by its threshold or more from {@code held[before + e]}, and to {@code held[before + e]} otherwise. The same entries fire as in
   * {@link #encode}.
   *
   * @param held vHat of all timesteps; that of the timestep before is at {@code before}, this one is written at {@code now}, pad(n) floats
   * @param fired as in {@link #encode}
   * @return how many fired
   */
  int hold(float[] values, int at, float[] held, int before, float[] threshold, int n, int now, int[] fired, int firedAt);

  /**
   * Backward of {@link #hold}, in place. With R = dL/dvHat + carry: for an entry that fired, dL/dv is R and carry becomes 0. For the others
   * dL/dv is 0 and carry becomes R.
   *
   * @param d dL/dvHat on entry, dL/dv on return; pad(n) floats
   * @param carry gradient of vHat from the timestep after on entry, for the timestep before on return; pad(n) floats
   */
  void holdBackward(float[] d, int at, int[] fired, int firedAt, int n, float[] carry, int carryAt);

  // ------------------------------------------------------------------------------------------------ pointwise

  /**
   * The fastest implementation of a cell: its vector version, if these kernels have one, or else the cell itself. The bits are the same.
   *
   * @param cell the cell in plain loops
   */
  CellKernel fastest(CellKernel cell);

  /** {@code y[i] = tanh(x[i])}, to 1e-6 absolute; n a multiple of LANES; in place if the positions agree. */
  void tanh(float[] x, int xAt, float[] y, int yAt, int n);

  /** {@code y[i] = 1 / (1 + exp(-x[i]))}, to 1e-6 absolute; n a multiple of LANES; in place if the positions agree. */
  void sigmoid(float[] x, int xAt, float[] y, int yAt, int n);

  /** Sum of {@code x[i]}, in LANES partial sums as in {@link #gatherDot}; n a multiple of LANES. */
  float sum(float[] x, int at, int n);

  /** Sum of {@code x[i] * y[i]}, in LANES partial sums as in {@link #gatherDot}; n a multiple of LANES. */
  float dot(float[] x, int xAt, float[] y, int yAt, int n);

  /** {@code to[i] += x[i]}; n a multiple of LANES. */
  void add(float[] x, int xAt, float[] to, int toAt, int n);

  // ------------------------------------------------------------------------------------------------ optimiser

  /**
   * One AdamW step on a flat arena (Loshchilov and Hutter 2019). Gradients are first multiplied by {@code scale} (clipping, and the mean
   * over the batch).
   *
   * @param step learning rate divided by the bias correction of the first moment
   * @param root square root of the bias correction of the second moment
   * @param keep 1 - learning rate * weight decay
   */
  void adamW(float[] parameters, float[] gradients, float[] first, float[] second, int at, int n, float scale, float beta1, float beta2,
      float epsilon, float step, float root, float keep);
}

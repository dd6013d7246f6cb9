package org.lull.kernel;

/**
 * The arithmetic of the library, in float32: the three products of a training step, the delta encoder, the cells' pointwise stages and
 * the optimiser's update. {@link ScalarKernels} is the reference; {@link VectorKernels} is its twin on the Vector API, equal to it bit for
 * bit at every vector width.
 *
 * <p>That equality is by construction. Products into a vector ({@link #addScaled}, {@link #gemm}) are chains of fused multiply-adds, one
 * chain an element, in the order of the list. Dot products ({@link #dots}, {@link #gemmDots}) keep {@link #LANES} partial sums, element
 * r going to sum r mod LANES, and fold them in halves: 8, 4, 2, 1. exp is a polynomial of our own.
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

  // ------------------------------------------------------------------------------------------------ products

  /**
   * Adds scaled rows of a matrix: {@code to[r] += sum over k of scale[k] * matrix[list[k]][r]}, k from first to last.
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
  void addScaled(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last, float[] to, int toAt,
      int rows);

  /**
   * Dot products of listed rows with one vector, the transposed product: {@code to[k - first] = matrix[list[k]] . vector}.
   *
   * @param add true to add to what {@code to} holds, false to overwrite it
   */
  void dots(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt, int rows, float[] to,
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
   * Dense product by dots: {@code c[i][j] = a[i] . b[j]}, for m rows of a and n rows of b.
   *
   * @param add true to add to what c holds, false to overwrite it
   */
  void gemmDots(float[] a, int aAt, int aRow, int m, float[] b, int bAt, int bRow, int n, int rows, float[] c, int cAt, int cRow,
      boolean add);

  // ------------------------------------------------------------------------------------------------ delta encoder

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
   * @return the new count
   */
  int encode(float[] values, int at, float[] reference, int referenceAt, float[] threshold, int n, int base, int[] list,
      float[] delta, int count, int[] fired, int firedAt);

  /**
   * The encoder's backward: spreads D, given for the active entries only, over all n and moves the gradient of the reference one step down.
   * Where an entry fired, {@code dv = D + A} and {@code A = -D}; elsewhere {@code dv = 0} and A stays.
   *
   * @param d compressed D_t = W^T G_t, one value an active entry, readable up to LANES past the last
   * @param a A, the gradient of the reference, updated in place
   * @param dv dL/dv_t, overwritten
   */
  void decodeGradient(float[] d, int at, int[] fired, int firedAt, int n, float[] a, int aAt, float[] dv, int dvAt);

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
   * Its backward, in place. With R = dL/dvHat + carry: dL/dv is R where the entry fired, and nothing is carried to the step before;
   * elsewhere dL/dv is 0 and R is carried.
   *
   * @param d dL/dvHat in, dL/dv out; pad(n) floats
   * @param carry in and out, likewise
   */
  void holdGradient(float[] d, int at, int[] fired, int firedAt, int n, float[] carry, int carryAt);

  // ------------------------------------------------------------------------------------------------ pointwise

  /**
   * LSTM, one panel of one timestep. Blocks of {@code units} floats: {@code m} holds i f g o before activation, {@code saved} takes
   * i f g o after it and tanh(c); both may start at the same place.
   *
   * @param x the array all positions are in
   * @param scratch 4 units of room
   */
  void lstmForward(float[] x, int units, int m, int saved, int cBefore, int c, int h, int scratch);

  /**
   * LSTM backward, one panel of one timestep: overwrites the four gates in {@code saved} with G_t = G_{t+1} + dL/dM_t.
   *
   * @param next position of G_{t+1}, or -1 for none
   * @param dh gradient that came through the recurrence
   * @param out gradient from above, in an array of its own, at {@code outAt}
   * @param dc dL/dc_t from t+1 in, dL/dc_{t-1} out
   */
  void lstmBackward(float[] x, int units, int saved, int next, int cBefore, int dh, float[] out, int outAt, int dc);

  /** GRU, one panel of one timestep: {@code m} holds nx r z nh; {@code saved} takes n r z nh (n, r and z after activation). */
  void gruForward(float[] x, int units, int m, int saved, int hBefore, int h, int scratch);

  /** GRU backward: overwrites {@code saved} with G_t; {@code carry} is the part of dL/dh that bypasses M: z dL/dh_t, in and out. */
  void gruBackward(float[] x, int units, int saved, int next, int hBefore, int dh, float[] out, int outAt, int carry);

  /** {@code y[i] = tanh(x[i])}, to 1e-6 absolute; n a multiple of LANES; in place if the positions agree. */
  void tanh(float[] x, int xAt, float[] y, int yAt, int n);

  /** {@code y[i] = 1 / (1 + exp(-x[i]))}, to 1e-6 absolute; n a multiple of LANES; in place if the positions agree. */
  void sigmoid(float[] x, int xAt, float[] y, int yAt, int n);

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

package org.lull.kernel;

import java.util.Arrays;

/** The reference: one loop a kernel, as short as it can be said. {@link VectorKernels} has to give the same bits. */
public final class ScalarKernels implements Kernels {
  // of exp, shared with VectorKernels: the same bits rest on the same numbers
  /** |x| is kept below it, so that the product of four values 1 + exp(x) stays finite. */
  static final float LARGEST = 20f;

  static final float LOG2E = 1.44269504f;
  /** 1.5 * 2^23: adding it rounds to an integer, whose low bits are then the low bits of the float. */
  static final float ROUND = 12582912f;

  /** The bits of 1f. */
  static final int ONE = 0x3f800000;

  static final float LN2_HIGH = 0.693145752f;
  static final float LN2_LOW = 1.42860677e-6f;
  static final float C3 = 1.6666667e-1f;
  static final float C4 = 4.1666667e-2f;
  static final float C5 = 8.3333333e-3f;
  static final float C6 = 1.3888889e-3f;

  /** Room for the partial sums of a dot product, one to a thread. */
  private static final ThreadLocal<float[]> SUMS = ThreadLocal.withInitial(() -> new float[LANES]);

  @Override
  public String description() {
    return "scalar";
  }

  @Override
  public void addScaled(float[] matrix, int at, int stride, int[] list, float[] scale, int scaleAt, int first, int last, float[] to,
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
  public void dots(float[] matrix, int at, int stride, int[] list, int first, int last, float[] vector, int vectorAt, int rows,
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
  public void gemmDots(float[] a, int aAt, int aRow, int m, float[] b, int bAt, int bRow, int n, int rows, float[] c, int cAt, int cRow,
      boolean add) {
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
    for (int group = 0; group * LANES < n; group++) {
      int bits = 0;
      for (int e = group * LANES; e < Math.min(n, (group + 1) * LANES); e++) {
        float moved = values[at + e] - reference[referenceAt + e];
        if (!(Math.abs(moved) < threshold[e])) { // not >=: that would be false for NaN
          reference[referenceAt + e] = values[at + e];
          list[count] = base + e;
          delta[count++] = moved;
          bits |= 1 << (e - group * LANES);
        }
      }
      fired[firedAt + group] = bits;
    }
    return count;
  }

  @Override
  public void decodeGradient(float[] d, int at, int[] fired, int firedAt, int n, float[] a, int aAt, float[] dv, int dvAt) {
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
  public void holdGradient(float[] d, int at, int[] fired, int firedAt, int n, float[] carry, int carryAt) {
    for (int e = 0; e < Kernels.pad(n); e++) {
      float r = d[at + e] + carry[carryAt + e];
      boolean fires = (fired[firedAt + e / LANES] >>> e % LANES & 1) != 0;
      d[at + e] = fires ? r : 0f;
      carry[carryAt + e] = fires ? 0f : r;
    }
  }

  /**
   * 1 + exp(x scale), with x scale kept within +-20 so that the product of four such values stays finite: exp by a polynomial of degree 6
   * on [-ln2/2, ln2/2] and a power of two put together from bits. (Multiplied, not added to the bits of p: NaN must stay NaN.)
   */
  static float onePlusExp(float x, float scale) {
    float y = x * scale;
    y = y > LARGEST ? LARGEST : y;
    y = y < -LARGEST ? -LARGEST : y;
    float rounded = Math.fma(y, LOG2E, ROUND);
    float power = Float.intBitsToFloat((Float.floatToRawIntBits(rounded) << 23) + ONE);
    rounded -= ROUND;
    float r = Math.fma(rounded, -LN2_LOW, Math.fma(rounded, -LN2_HIGH, y));
    float p = Math.fma(r, C6, C5);
    p = Math.fma(p, r, C4);
    p = Math.fma(p, r, C3);
    p = Math.fma(p, r, 0.5f);
    p = Math.fma(p, r, 1f);
    p = Math.fma(p, r, 1f);
    return Math.fma(p, power, 1f);
  }

  private static float flushTiny(float x) {
    return Math.abs(x) < TINY ? 0f : x;
  }

  @Override
  public void lstmForward(float[] x, int units, int m, int saved, int cBefore, int c, int h, int scratch) {
    for (int u = 0; u < units; u++) {
      float ei = onePlusExp(x[m + u], -1f);
      float ef = onePlusExp(x[m + units + u], -1f);
      float eg = onePlusExp(x[m + 2 * units + u], -2f);
      float eo = onePlusExp(x[m + 3 * units + u], -1f);
      float inputForget = ei * ef;
      float cellOutput = eg * eo;
      float inverse = 1f / (inputForget * cellOutput); // one division for four gates
      float left = inverse * cellOutput;
      float right = inverse * inputForget;
      float i = left * ef;
      float f = left * ei;
      float g = Math.fma(right * eo, 2f, -1f);
      float o = right * eg;
      float cNow = Math.fma(f, x[cBefore + u], i * g);
      float tanhC = 2f / onePlusExp(cNow, -2f) - 1f;
      x[saved + u] = i;
      x[saved + units + u] = f;
      x[saved + 2 * units + u] = g;
      x[saved + 3 * units + u] = o;
      x[saved + 4 * units + u] = tanhC;
      x[c + u] = cNow;
      x[h + u] = o * tanhC;
    }
  }

  @Override
  public void lstmBackward(float[] x, int units, int saved, int next, int cBefore, int dh, float[] out, int outAt, int dc) {
    for (int u = 0; u < units; u++) {
      float i = x[saved + u];
      float f = x[saved + units + u];
      float g = x[saved + 2 * units + u];
      float o = x[saved + 3 * units + u];
      float tanhC = x[saved + 4 * units + u];
      float dhNow = flushTiny(x[dh + u] + out[outAt + u]);
      float throughOutput = dhNow * o;
      float dcNow = flushTiny(x[dc + u] + (throughOutput - throughOutput * tanhC * tanhC));
      float di = dcNow * g * (i - i * i);
      float df = dcNow * x[cBefore + u] * (f - f * f);
      float dg = dcNow * i - dcNow * i * g * g;
      float dO = dhNow * tanhC * (o - o * o);
      x[dc + u] = dcNow * f;
      x[saved + u] = next < 0 ? di : di + x[next + u];
      x[saved + units + u] = next < 0 ? df : df + x[next + units + u];
      x[saved + 2 * units + u] = next < 0 ? dg : dg + x[next + 2 * units + u];
      x[saved + 3 * units + u] = next < 0 ? dO : dO + x[next + 3 * units + u];
    }
  }

  @Override
  public void gruForward(float[] x, int units, int m, int saved, int hBefore, int h, int scratch) {
    for (int u = 0; u < units; u++) {
      float er = onePlusExp(x[m + units + u], -1f);
      float ez = onePlusExp(x[m + 2 * units + u], -1f);
      float inverse = 1f / (er * ez);
      float r = inverse * ez;
      float z = inverse * er;
      float nh = x[m + 3 * units + u];
      float n = 2f / onePlusExp(Math.fma(r, nh, x[m + u]), -2f) - 1f;
      x[saved + u] = n;
      x[saved + units + u] = r;
      x[saved + 2 * units + u] = z;
      x[saved + 3 * units + u] = nh;
      x[h + u] = Math.fma(z, x[hBefore + u] - n, n);
    }
  }

  @Override
  public void gruBackward(float[] x, int units, int saved, int next, int hBefore, int dh, float[] out, int outAt, int carry) {
    for (int u = 0; u < units; u++) {
      float n = x[saved + u];
      float r = x[saved + units + u];
      float z = x[saved + 2 * units + u];
      float nh = x[saved + 3 * units + u];
      float dhNow = flushTiny(x[dh + u] + out[outAt + u] + x[carry + u]);
      float dn = dhNow - dhNow * z;
      float dnx = dn - dn * n * n;
      float dr = dnx * nh * (r - r * r);
      float dz = dhNow * (x[hBefore + u] - n) * (z - z * z);
      float dnh = dnx * r;
      x[carry + u] = dhNow * z;
      x[saved + u] = next < 0 ? dnx : dnx + x[next + u];
      x[saved + units + u] = next < 0 ? dr : dr + x[next + units + u];
      x[saved + 2 * units + u] = next < 0 ? dz : dz + x[next + 2 * units + u];
      x[saved + 3 * units + u] = next < 0 ? dnh : dnh + x[next + 3 * units + u];
    }
  }

  @Override
  public void tanh(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] = 2f / onePlusExp(x[xAt + i], -2f) - 1f;
    }
  }

  @Override
  public void sigmoid(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] = 1f / onePlusExp(x[xAt + i], -1f);
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

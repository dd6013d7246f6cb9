// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.Arrays;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;

/**
 * The thresholds theta of one layer, one for each entry of x and of h, in the units of these values (normalised features, hidden states).
 * An entry fires when it has moved by its threshold or more. With a threshold of 0 it always fires.
 *
 * @param x [pad(Nx)], a copy
 * @param h [pad(Nh)], a copy
 */
public record Thresholds(float[] x, float[] h) {
  /** @throws InvalidInputException if a threshold is negative, infinite or not a number */
  public Thresholds {
    x = x.clone();
    h = h.clone();
    check("x", x);
    check("h", h);
  }

  @Override
  public float[] x() {
    return x.clone();
  }

  @Override
  public float[] h() {
    return h.clone();
  }

  /** The thresholds of x, not copied: do not change them. */
  float[] ofX() {
    return x;
  }

  /** The thresholds of h, not copied: do not change them. */
  float[] ofH() {
    return h;
  }

  /** The same threshold for every entry of x, and one for every entry of h. */
  public static Thresholds uniform(int inputs, int units, float x, float h) {
    float[] xs = new float[Kernels.pad(inputs)];
    float[] hs = new float[Kernels.pad(units)];
    Arrays.fill(xs, x);
    Arrays.fill(hs, h);
    return new Thresholds(xs, hs);
  }

  /** All thresholds multiplied by a factor, 0 or more. */
  public Thresholds scaled(float factor) {
    return new Thresholds(scaled(x, factor), scaled(h, factor));
  }

  private static float[] scaled(float[] thresholds, float factor) {
    float[] scaled = new float[thresholds.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = thresholds[i] * factor;
    }
    return scaled;
  }

  /** Whether all thresholds are 0. Then every entry fires always, and the layer computes the same as a dense layer. */
  public boolean zero() {
    return zero(x) && zero(h);
  }

  private static boolean zero(float[] thresholds) {
    for (float theta : thresholds) {
      if (theta != 0) {
        return false;
      }
    }
    return true;
  }

  private static void check(String part, float[] thresholds) {
    for (float theta : thresholds) {
      if (!(theta >= 0) || theta == Float.POSITIVE_INFINITY) {
        throw new InvalidInputException(
            "threshold " + theta + " on " + part + ": expected a finite number, 0 or more (0 is the dense network)");
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Thresholds thresholds && Arrays.equals(x, thresholds.x) && Arrays.equals(h, thresholds.h);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(x) + Arrays.hashCode(h);
  }

  @Override
  public String toString() {
    return "x " + Arrays.toString(x) + ", h " + Arrays.toString(h);
  }
}

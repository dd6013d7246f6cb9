// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.Arrays;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;
import org.lull.network.Head;
import org.lull.network.Network;

/**
 * The linear head in 16-bit integers: scores = W y + bias, and learning by the cross-entropy of their softmax. docs/device.md, section
 * Numbers, has the unit and the rounding of every line.
 */
final class FixedHead {
  /** Fraction bits of y, which is the mean of h, or h of the last timestep. */
  static final int FY = 15;
  /** Fraction bits of a score. */
  static final int FS = Exponential.FRACTION;
  /** Fraction bits of a probability. */
  static final int FP = 15;
  /** Fraction bits that dL/dh has beyond those of W and of the probabilities. */
  static final int FD = 8;

  private static final int LARGEST_FRACTION = 13; // a range of 4, as the layers have
  private static final int HEADROOM = 2; // weights may grow by this factor in learning

  private final Head kind;
  private final int units;
  private final int classes;
  private final int fraction;
  private final short[] weights; // [classes][Nh + 1], the bias last
  private final byte[] carry;

  /** @throws InvalidInputException if it has a decision for every timestep, or a weight that no format fits */
  FixedHead(Network network) {
    kind = network.spec().head();
    if (kind == Head.FRAMES) {
      throw new InvalidInputException("a head that decides at every frame has no form in integers; train with --head mean or last");
    }
    units = network.spec().hidden();
    classes = network.spec().outputs();
    float[] values = new float[classes * (units + 1)];
    for (int k = 0; k < classes; k++) {
      System.arraycopy(network.parameters(), network.headWeight() + k * Kernels.pad(units), values, k * (units + 1), units);
      values[k * (units + 1) + units] = network.parameters()[network.headBias() + k];
    }
    fraction = fraction(values);
    weights = new short[values.length];
    carry = new byte[values.length];
    for (int k = 0; k < values.length; k++) {
      weights[k] = FixedPoint.quantise(values[k], 1 << fraction);
    }
  }

  /** The most fraction bits with which all values fit. */
  private static int fraction(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, HEADROOM * Math.abs((double) value));
    }
    int fraction = LARGEST_FRACTION;
    while (fraction >= 0 && !FixedPoint.fits(largest, 1 << fraction)) {
      fraction--;
    }
    if (fraction < 0) {
      throw new InvalidInputException("the head has a weight of " + largest / HEADROOM + ", expected at most "
          + (Short.MAX_VALUE / HEADROOM) + " for 16 bits");
    }
    return fraction;
  }

  /** W with the bias as the last column, [classes][Nh + 1], in 2^-{@link #fraction}. */
  short[] weights() {
    return weights;
  }

  /** What the updates left over, as {@link #weights}. */
  byte[] carry() {
    return carry;
  }

  int fraction() {
    return fraction;
  }

  /** What the head reads of the sequence on the tape of the top layer, [Nh]. */
  short[] read(FixedTape top) {
    short[] y = new short[units];
    for (int u = 0; u < units; u++) {
      long sum = top.h[top.steps * units + u];
      int count = 1;
      if (kind == Head.MEAN) {
        count = top.steps;
        sum = 0;
        for (int t = 1; t <= top.steps; t++) {
          sum += top.h[t * units + u];
        }
      }
      y[u] = (short) FixedPoint.clamp16(divide(sum << FY - FixedPoint.FV, count));
    }
    return y;
  }

  /** a / n, rounded to the nearest integer, halves up. */
  private static long divide(long a, int n) {
    return Math.floorDiv(2 * a + n, 2 * n);
  }

  /** W y + bias, [classes]. */
  int[] scores(short[] y) {
    int[] scores = new int[classes];
    for (int k = 0; k < classes; k++) {
      int row = k * (units + 1);
      long sum = (long) weights[row + units] << FY;
      for (int u = 0; u < units; u++) {
        sum += weights[row + u] * y[u];
      }
      scores[k] = Math.clamp(FixedPoint.rne(sum, fraction + FY - FS), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    return scores;
  }

  /** dL/dscores of the cross-entropy: softmax - 1 at the label, [classes], in 2^-FP. */
  static int[] gradient(int[] scores, int label) {
    long largest = Arrays.stream(scores).max().orElseThrow();
    int[] powers = Arrays.stream(scores).map(score -> Exponential.exp(score - largest)).toArray();
    long sum = Arrays.stream(powers).asLongStream().sum();
    int[] gradient = Arrays.stream(powers).map(power -> (int) ((((long) power << FP) + sum / 2) / sum)).toArray();
    gradient[label] -= 1 << FP;
    return gradient;
  }

  /** dL/dh of each timestep that the head reads, [Nh], in 2^-(fraction + FP + FD). */
  long[] outputGradient(int[] gradient, int steps) {
    long[] dh = new long[units];
    for (int u = 0; u < units; u++) {
      for (int k = 0; k < classes; k++) {
        dh[u] += (long) weights[k * (units + 1) + u] * gradient[k];
      }
      dh[u] = divide(dh[u] << FD, kind == Head.MEAN ? steps : 1);
    }
    return dh;
  }

  /** W -= 2^-rate dL/dW. */
  void update(short[] y, int[] gradient, int rate, Saturations saturations) {
    int shift = rate + FP + FY - fraction;
    for (int k = 0; k < classes; k++) {
      int row = k * (units + 1);
      for (int u = 0; u < units; u++) {
        CarriedUpdate.apply(weights, carry, row + u, (long) gradient[k] * y[u], shift, saturations);
      }
      CarriedUpdate.apply(weights, carry, row + units, (long) gradient[k] << FY, shift, saturations);
    }
  }

  /** Whether the head reads h of every timestep, not of the last alone. */
  boolean readsAll() {
    return kind == Head.MEAN;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

/** Saturates values, and counts how many were saturated. Only one thread may use it at a time. */
final class Saturations {
  private long value;
  private long gradient;
  private long weight;
  private long overflow;
  private long largest;

  /** The counts so far, or those of several. */
  record Counts(long value, long gradient, long weight, long overflow) {
    static final Counts NONE = new Counts(0, 0, 0, 0);

    Counts plus(Counts other) {
      return new Counts(value + other.value, gradient + other.gradient, weight + other.weight, overflow + other.overflow);
    }
  }

  /** A delta or a c. */
  int value(long a) {
    int clamped = FixedPoint.clamp16(a);
    value += clamped == a ? 0 : 1;
    return clamped;
  }

  /** A gradient of 16 bits. */
  int gradient(long a) {
    int clamped = FixedPoint.clamp16(a);
    gradient += clamped == a ? 0 : 1;
    largest = Math.max(largest, Math.abs(a));
    return clamped;
  }

  /** A gradient of 32 bits. */
  int wideGradient(long a) {
    int clamped = Math.clamp(a, Integer.MIN_VALUE, Integer.MAX_VALUE);
    gradient += clamped == a ? 0 : 1;
    return clamped;
  }

  /** A weight. */
  short weight(long a) {
    int clamped = FixedPoint.clamp16(a);
    weight += clamped == a ? 0 : 1;
    return (short) clamped;
  }

  /** Counts a sum of the gradient of a weight that is too large for its accumulator. */
  void check(long sum) {
    long limit = 1L << FixedPoint.GRADIENT_BITS - 1;
    overflow += sum >= -limit && sum < limit ? 0 : 1;
  }

  /** Number of gradients that were saturated, and of sums that were too large. A smaller scale avoids both. */
  long ofGradients() {
    return gradient + overflow;
  }

  /** Magnitude of the largest gradient before it was saturated to 16 bits. */
  long largestGradient() {
    return largest;
  }

  Counts counts() {
    return new Counts(value, gradient, weight, overflow);
  }

  void reset() {
    value = 0;
    gradient = 0;
    weight = 0;
    overflow = 0;
    largest = 0;
  }
}

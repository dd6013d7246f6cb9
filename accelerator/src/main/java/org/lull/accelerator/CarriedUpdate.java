// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

/**
 * Stochastic gradient descent on 16-bit weights in a small memory. A weight has 8 more bits, its carry, in which small steps add up. The
 * accelerator keeps all 40 bits of a gradient instead.
 */
final class CarriedUpdate {
  private static final int CARRY_BITS = 8;
  private static final int HALF = 1 << CARRY_BITS - 1;

  private CarriedUpdate() {}

  /** weights[k] -= gradient / 2^shift. The shift may be below 0. */
  static void apply(short[] weights, byte[] carry, int k, long gradient, int shift, Saturations saturations) {
    int n = shift - CARRY_BITS;
    long step = (n >= 0 ? FixedPoint.rne(gradient, n) : gradient << -n) + carry[k];
    long whole = step + HALF >> CARRY_BITS; // halves up, so that the carry is -128 to 127
    carry[k] = (byte) (step - (whole << CARRY_BITS));
    weights[k] = saturations.weight(weights[k] - whole);
  }
}

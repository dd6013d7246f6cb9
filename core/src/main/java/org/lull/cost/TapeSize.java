// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

/**
 * Memory of tapes, in bytes. Tapes never shrink, so this is also their largest size.
 *
 * @param allocated all arrays, including those below and the working storage
 * @param activations the arrays of h, c and what the cell saves for the backward pass, for as many timesteps as they have room for
 * @param activeEntries the lists of the entries that fired, at their largest size: index and delta of each entry, and a mask for each
 *     timestep and group of 16 entries; 0 if only dense layers ran
 */
public record TapeSize(long allocated, long activations, long activeEntries) {
  public static final TapeSize ZERO = new TapeSize(0, 0, 0);

  /** The larger of each. */
  public TapeSize max(TapeSize other) {
    return new TapeSize(Math.max(allocated, other.allocated), Math.max(activations, other.activations),
        Math.max(activeEntries, other.activeEntries));
  }

  public TapeSize plus(TapeSize other) {
    return new TapeSize(allocated + other.allocated, activations + other.activations, activeEntries + other.activeEntries);
  }
}

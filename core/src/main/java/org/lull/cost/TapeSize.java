// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

/**
 * Memory of tapes, in bytes. They only grow, so this is the most there ever was.
 *
 * @param allocated of all their arrays, those below and working storage included
 * @param activations of the arrays that hold, for each timestep there is room for, h, c and what the cell saved for the backward pass
 * @param activeEntries that the lists of entries that fired took where they were longest: number and delta of each, and of each group of
 *     16 entries, at each timestep, which of them fired; 0 where only dense layers ran
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

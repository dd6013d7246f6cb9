// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

/**
 * How sequences of different length lie in one block of rows, without padding: timestep after timestep, in each the sequences that still
 * run. Sequences are in order of falling length, so those are always the first ones. (PyTorch calls it a packed sequence.)
 */
public final class Packing {
  private int[] lengths = new int[0];
  private int sequences;
  private int[] start = new int[1];

  /** Packs n sequences, at least one, of these lengths: the first n of the array, at least 1 each, none longer than the one before. */
  public void pack(int[] lengths, int n) {
    this.lengths = lengths;
    sequences = n;
    if (start.length < lengths[0] + 1) {
      start = new int[lengths[0] + 1];
    }
    int running = n;
    for (int t = 0; t < lengths[0]; t++) {
      while (lengths[running - 1] <= t) {
        running--;
      }
      start[t + 1] = start[t] + running;
    }
  }

  public int sequences() {
    return sequences;
  }

  /** Timesteps of the longest sequence. */
  public int steps() {
    return lengths[0];
  }

  /** Timesteps of sequence s. */
  public int length(int s) {
    return lengths[s];
  }

  /** Rows in all: timesteps of all sequences. */
  public int rows() {
    return start[steps()];
  }

  /** Sequences that run at timestep t. */
  public int running(int t) {
    return start[t + 1] - start[t];
  }

  /** Row of timestep t of sequence s. */
  public int row(int t, int s) {
    return start[t] + s;
  }

  /**
   * Row of h_{t-1} of sequence s in {@link Tape#h}, whose first rows, one a sequence, hold the states before the first timestep; that of
   * h_t is {@code sequences() + row(t, s)}.
   */
  public int rowBefore(int t, int s) {
    return t == 0 ? s : sequences + start[t - 1] + s;
  }
}

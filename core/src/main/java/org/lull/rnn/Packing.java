// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

/**
 * The layout of sequences of different lengths in one block of rows without padding, as in a packed sequence of PyTorch. Rows are in the
 * order of the timesteps. A timestep has a row for each sequence that is long enough. Sequences are sorted by falling length, so these are
 * always the first ones.
 */
public final class Packing {
  private int[] lengths = new int[0];
  private int sequences;
  private int[] start = new int[1];

  /** Packs n sequences, at least one. Their lengths are the first n of the array: at least 1, none longer than the one before. */
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

  /** Number of timesteps of the longest sequence. */
  public int steps() {
    return lengths[0];
  }

  /** Number of timesteps of sequence s. */
  public int length(int s) {
    return lengths[s];
  }

  /** Number of rows: timesteps of all sequences. */
  public int rows() {
    return start[steps()];
  }

  /** Number of sequences that have timestep t. */
  public int running(int t) {
    return start[t + 1] - start[t];
  }

  /** Row of timestep t of sequence s. */
  public int row(int t, int s) {
    return start[t] + s;
  }

  /**
   * Row of h_{t-1} of sequence s in {@link Tape#h}. Its first rows, one for each sequence, are the states before the first timestep. The
   * row of h_t is {@code sequences() + row(t, s)}.
   */
  public int rowBefore(int t, int s) {
    return t == 0 ? s : sequences + start[t - 1] + s;
  }
}

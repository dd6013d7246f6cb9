// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import org.lull.parallel.Workers;

/**
 * An arena cut into slices, which several threads take by turns. The cut does not depend on the number of threads, so what is computed
 * element by element is the same at any; and a slice of several arenas fits into the second-level cache.
 */
final class Slices {
  /** Floats of a slice, a multiple of LANES. */
  private static final int LENGTH = 1 << 14;

  /** What is to be done with a slice. */
  @FunctionalInterface
  interface SliceTask {
    /** With positions {@code from} to {@code to - 1} of the arena. */
    void on(int from, int to);
  }

  private final Workers workers;
  private final int from;
  private final int to;
  private final Workers.Task task = (_, slice) -> runSlice(slice);
  private SliceTask work;

  /** Cuts positions {@code from} to {@code to - 1}. */
  Slices(Workers workers, int from, int to) {
    this.workers = workers;
    this.from = from;
    this.to = to;
  }

  /** Does the work on all slices and waits until it is done; allocates nothing. */
  void run(SliceTask work) {
    this.work = work;
    workers.run((to - from + LENGTH - 1) / LENGTH, task);
  }

  private void runSlice(int slice) {
    int begin = from + slice * LENGTH;
    work.on(begin, Math.min(to, begin + LENGTH));
  }
}

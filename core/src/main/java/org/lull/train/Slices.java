// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import org.lull.parallel.Workers;

/**
 * Cuts an arena into slices, which several threads process. The cut does not depend on the number of threads, so element-wise results are
 * the same at any number. A slice is small enough that the same slice of several arenas fits into the second-level cache.
 */
final class Slices {
  /** Floats of a slice, a multiple of LANES. */
  private static final int LENGTH = 1 << 14;

  /** The work on one slice. */
  @FunctionalInterface
  interface SliceTask {
    /** Processes positions {@code from} to {@code to - 1} of the arena. */
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

  /** Runs the work on all slices and waits until it is done. Allocates nothing. */
  void run(SliceTask work) {
    this.work = work;
    workers.run((to - from + LENGTH - 1) / LENGTH, task);
  }

  private void runSlice(int slice) {
    int begin = from + slice * LENGTH;
    work.on(begin, Math.min(to, begin + LENGTH));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

/** Receives the progress of long work. Calls may come from several threads. */
public interface Progress {
  /** Ignores all progress. */
  Progress SILENT = (task, total) -> done -> {};

  /**
   * Begins a task.
   *
   * @param task name of the task, as shown to a user: "features", "dense epoch 3/40"
   * @param total number of steps of the task
   */
  Task begin(String task, long total);

  /** One running task. It is closed when it ends, whether or not all steps are done. */
  @FunctionalInterface
  interface Task extends AutoCloseable {
    /** Reports that {@code steps} more steps are done. */
    void advance(long steps);

    /**
     * Reports that {@code steps} more steps need not be done, because they were done before an interruption or are left out. They count as
     * done, but say nothing about the pace. By default this is {@link #advance}.
     */
    default void skip(long steps) {
      advance(steps);
    }

    @Override
    default void close() {}
  }
}

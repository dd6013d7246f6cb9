// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

/** Where long work tells how far it is. Calls may come from several threads. */
public interface Progress {
  /** Says nothing. */
  Progress SILENT = (task, total) -> done -> {};

  /**
   * Begins a task.
   *
   * @param task what is being done, as a user would say it: "features", "dense epoch 3/40"
   * @param total how many steps it takes
   */
  Task begin(String task, long total);

  /** One running task; closed when it is over, whether or not it came to its end. */
  @FunctionalInterface
  interface Task extends AutoCloseable {
    /** Says that {@code steps} more steps are done. */
    void advance(long steps);

    @Override
    default void close() {}
  }
}

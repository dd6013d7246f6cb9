// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fixed pool of threads that run numbered tasks. Which thread runs which task varies, so no result may depend on it. Between two runs the
 * threads wait as at a {@link Watermark}. A run allocates nothing.
 */
public final class Workers implements AutoCloseable {
  /** Numbered tasks. */
  @FunctionalInterface
  public interface Task {
    /**
     * Runs one task.
     *
     * @param worker index of the thread, 0 to threads - 1; a worker runs one task at a time
     * @param task number of the task
     */
    void run(int worker, int task);
  }

  private final List<Helper> helpers = new ArrayList<>();
  private final AtomicBoolean busy = new AtomicBoolean();
  private final AtomicInteger next = new AtomicInteger();
  private final Failure failure = new Failure();
  // the current run: written before the helpers begin
  private int tasks;
  private Task task;
  private boolean closed;

  /**
   * @param threads at least 1; the thread that calls {@link #run} is one of them
   */
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " threads, expected at least 1");
    }
    for (int worker = 1; worker < threads; worker++) {
      Helper helper = new Helper(worker);
      helpers.add(helper);
      Thread.ofPlatform().daemon().name("lull-" + worker).start(helper);
    }
  }

  /** A thread of the pool other than the calling thread. */
  private final class Helper implements Runnable {
    final int worker;
    final Watermark begun = new Watermark();
    final Watermark ended = new Watermark();
    /** Number of runs that it was started for; only the calling thread uses it. */
    long runs;

    Helper(int worker) {
      this.worker = worker;
    }

    void begin() {
      begun.publish(++runs);
    }

    @Override
    public void run() {
      for (long run = 1;; run++) {
        begun.await(run);
        if (closed) {
          return;
        }
        takeTasks(worker);
        ended.publish(run);
      }
    }
  }

  /** Number of threads, including the calling thread. */
  public int threads() {
    return helpers.size() + 1;
  }

  /**
   * Runs tasks 0 to n - 1 and waits for all of them. The calling thread is worker 0. Tasks begin in order, and as many run at a time as
   * there are threads, so up to so many tasks may wait for each other. When a task fails, no other begins, and the first failure is thrown
   * when all running tasks have ended.
   *
   * @throws IllegalStateException if the pool is closed, if the method is called by one of its own tasks or by several threads at a time,
   *     or if a thread computes without subnormal numbers ({@link Subnormals})
   */
  public void run(int n, Task task) {
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException(closed ? "the workers are closed" : "the workers are at work, they do one thing at a time");
    }
    try {
      this.task = task;
      tasks = n;
      next.set(0);
      failure.clear();
      int used = Math.min(helpers.size(), n - 1);
      for (int i = 0; i < used; i++) {
        helpers.get(i).begin();
      }
      takeTasks(0);
      for (int i = 0; i < used; i++) { // all are waited for, whatever happened: they write to what the caller owns
        helpers.get(i).ended.await(helpers.get(i).runs);
      }
      this.task = null;
    } finally {
      busy.set(false);
    }
    failure.rethrow();
  }

  private void takeTasks(int worker) {
    try {
      Subnormals.check(); // in each run: a task of another library may have come between on the caller's thread
      for (int t = next.getAndIncrement(); t < tasks; t = next.getAndIncrement()) {
        task.run(worker, t);
      }
    } catch (Throwable e) {
      failure.record(e);
      next.set(tasks); // the others stop early
    }
  }

  /** Ends the threads. Call it from the thread that calls {@link #run}, after that has returned. Closing twice does nothing. */
  @Override
  public void close() {
    if (busy.compareAndSet(false, true)) { // and it stays so: nothing runs any more
      closed = true;
      helpers.forEach(Helper::begin);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The progress of one thread, for which other threads can wait: a number that only rises. For example, a layer waits until the layer below
 * has published {@code t + 1} before it reads the output of that layer at timestep t.
 *
 * <p>A thread that has waited for a value sees everything that was written before the value was published. A waiting thread first spins for
 * some microseconds, then yields its core, and sleeps after a tenth of a millisecond. Nothing is allocated. An interrupt does not end the
 * wait; the interrupt flag is set again afterwards.
 */
public final class Watermark {
  /** Number of spins before the core is yielded: some 10 microseconds; none on a single core, where no other thread could run. */
  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 256 : 0;

  private static final long YIELD_NANOS = 100_000;

  /** Index of the value. Two cache lines on either side are unused, because a line to which another thread writes is slow to read. */
  private static final int VALUE = 16;

  private final AtomicLongArray line = new AtomicLongArray(2 * VALUE + 1);
  private final Failure failure = new Failure();
  private final Object sleep = new Object();

  /** Number of threads that sleep or are about to. A thread counts itself before its last look at the value, so no wake-up is missed. */
  private volatile int sleepers;

  /**
   * Sets the value and wakes the threads that wait for it, or for a lower one.
   *
   * @param value at least the value published before
   */
  public void publish(long value) {
    line.set(VALUE, value);
    wake();
  }

  /** The value published last; 0 at the beginning. */
  public long value() {
    return line.getAcquire(VALUE);
  }

  /**
   * Waits until this value, or a higher one, has been published.
   *
   * @throws RuntimeException or Error: the cause that was given to {@link #fail}, if it was called before the value was published
   */
  public void await(long value) {
    for (int i = 0; i < SPINS; i++) {
      if (isOver(value)) {
        break;
      }
      Thread.onSpinWait();
    }
    if (!isOver(value)) {
      yieldThenSleep(value);
    }
    if (value() < value) {
      failure.rethrow();
    }
  }

  private boolean isOver(long value) {
    return value() >= value || failure.isPresent();
  }

  private void yieldThenSleep(long value) {
    long begin = System.nanoTime();
    while (!isOver(value)) {
      if (System.nanoTime() - begin > YIELD_NANOS) {
        sleep(value);
        return;
      }
      Thread.yield();
    }
  }

  private void sleep(long value) {
    boolean interrupted = false;
    synchronized (sleep) {
      sleepers++;
      while (line.get(VALUE) < value && !failure.isPresent()) {
        try {
          sleep.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      sleepers--;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void wake() {
    if (sleepers > 0) {
      synchronized (sleep) {
        sleep.notifyAll();
      }
    }
  }

  /** Ends all waits, now and later, for values that are not published yet. They throw the first cause that was given. */
  public void fail(Throwable cause) {
    failure.record(cause);
    wake();
  }

  /** Sets the value to 0 and forgets a failure. No other thread may be using it. */
  public void reset() {
    failure.clear();
    line.set(VALUE, 0);
  }
}

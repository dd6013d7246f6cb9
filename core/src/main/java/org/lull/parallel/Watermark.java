// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How far one thread has come, for others that may go no further than it: a number that only rises. A layer that runs one timestep behind
 * the one below it waits for {@code t + 1} before it reads what that one left of timestep t.
 *
 * <p>Everything a thread did before it published a value is seen by those that awaited it. A waiting thread first spins, for what is ready
 * in a few microseconds; then offers its core to others; and after a tenth of a millisecond sleeps, so that it burns no core. Nothing is
 * allocated. An interrupt does not end the wait: its flag is set again afterwards.
 */
public final class Watermark {
  /** Looks at the value before the core is offered to others: some 10 microseconds; none where no other thread can run meanwhile. */
  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 256 : 0;

  private static final long YIELD_NANOS = 100_000;

  /** Place of the value, with two cache lines free on either side: a line that another thread writes to is slow to read. */
  private static final int VALUE = 16;

  private final AtomicLongArray line = new AtomicLongArray(2 * VALUE + 1);
  private final Failure failure = new Failure();
  private final Object sleep = new Object();

  /** Threads that sleep or are about to. A thread counts itself before it looks at the value for the last time: no wake-up is missed. */
  private volatile int sleepers;

  /**
   * Tells all who wait for the value, or a lower one.
   *
   * @param value not below what was published before
   */
  public void publish(long value) {
    line.set(VALUE, value);
    wake();
  }

  /** The value last published, at first 0. */
  public long value() {
    return line.getAcquire(VALUE);
  }

  /**
   * Waits until the value has been published, or a higher one.
   *
   * @throws RuntimeException or Error: what {@link #fail} was told, if that value will not come any more
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

  /** Ends all waits for values not published yet, now and later, since they will not come. The first failure told is thrown there. */
  public void fail(Throwable cause) {
    failure.record(cause);
    wake();
  }

  /** Back to 0, without failure; only while no other thread uses it. */
  public void reset() {
    failure.clear();
    line.set(VALUE, 0);
  }
}

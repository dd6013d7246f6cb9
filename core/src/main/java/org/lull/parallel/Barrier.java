// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A barrier for a fixed number of threads, which can be used again and again: no thread passes before all have arrived. Then every thread
 * sees what the others wrote before they arrived. Threads wait as at a {@link Watermark}, and nothing is allocated.
 */
public final class Barrier {
  private final int parties;
  private final AtomicLong arrivals = new AtomicLong();
  private final Watermark rounds = new Watermark();

  /** @throws IllegalArgumentException unless there is at least one party */
  public Barrier(int parties) {
    if (parties < 1) {
      throw new IllegalArgumentException("a barrier of " + parties + " parties, expected at least 1");
    }
    this.parties = parties;
  }

  /**
   * Waits until all parties have arrived.
   *
   * @throws RuntimeException or Error: the cause that was given to {@link #fail}, if it was called
   */
  public void await() {
    long arrival = arrivals.getAndIncrement();
    long round = arrival / parties + 1;
    if (arrival % parties == parties - 1) {
      rounds.publish(round);
    } else {
      rounds.await(round);
    }
  }

  /** Ends all waits, now and later, because one of the parties will not arrive. They throw the first cause that was given. */
  public void fail(Throwable cause) {
    rounds.fail(cause);
  }

  /** Makes the barrier as new. No other thread may be using it. */
  public void reset() {
    arrivals.set(0);
    rounds.reset();
  }
}

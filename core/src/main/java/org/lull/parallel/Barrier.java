// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a fixed number of threads meet, again and again: none passes before all have come. Everything each did before is then seen by all.
 * They wait as at a {@link Watermark}, and nothing is allocated.
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
   * Waits until all parties have come.
   *
   * @throws RuntimeException or Error: what {@link #fail} was told, if one will not come any more
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

  /** Ends all waits, now and later: one of the parties will not come. The first failure told is thrown there. */
  public void fail(Throwable cause) {
    rounds.fail(cause);
  }

  /** As new; only while no other thread uses it. */
  public void reset() {
    arrivals.set(0);
    rounds.reset();
  }
}

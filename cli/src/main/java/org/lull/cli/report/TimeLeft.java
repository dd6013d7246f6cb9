// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.concurrent.TimeUnit;

/**
 * The time that work will still take, by its pace so far. The first seconds do not count, as Java is slow until its code is compiled. There
 * is no estimate before enough work has been seen for one.
 */
final class TimeLeft {
  /** What is answered while there is no estimate. */
  static final long UNKNOWN = -1;

  private static final long WARM_UP = TimeUnit.SECONDS.toNanos(3);
  private static final long SHORTEST = TimeUnit.SECONDS.toNanos(5);
  /** After this time the pace counts, however little of the work is done. */
  private static final long LONG_ENOUGH = TimeUnit.MINUTES.toNanos(1);
  /** Before that, this share of the work that was to be done must have been seen. */
  private static final double SHARE = 0.01;

  private final long total;
  private final long start;
  private boolean warm;
  private long warmSince;
  private long doneCold;
  private long skipped;

  /** @param start now, in nanoseconds */
  TimeLeft(long total, long start) {
    this.total = total;
    this.start = start;
  }

  /** Has to be called as the work goes on: the pace counts from the first call after the first seconds. */
  void observe(long done, long now) {
    if (!warm && now - start >= WARM_UP) {
      warm = true;
      warmSince = now;
      doneCold = done;
    }
  }

  /** Work that need not be done counts as done, but not for the pace. */
  void skip(long steps) {
    doneCold += steps;
    skipped += steps;
  }

  /**
   * Nanoseconds that are left, or {@link #UNKNOWN}.
   *
   * @param done of the total
   */
  long nanos(long done, long now) {
    if (done >= total) {
      return 0;
    }
    if (!warm) {
      return UNKNOWN;
    }
    long seen = done - doneCold;
    long time = now - warmSince;
    boolean enough = seen > 0 && time >= SHORTEST && (seen >= SHARE * (total - skipped) || time >= LONG_ENOUGH);
    return enough ? Math.round(time * ((total - done) / (double) seen)) : UNKNOWN;
  }
}

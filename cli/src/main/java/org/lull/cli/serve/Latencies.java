// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.serve;

import java.util.Arrays;

/** Times of the last requests of a kind. Any number of threads. */
final class Latencies {
  private static final int KEPT = 1024;

  private final double[] micros = new double[KEPT];
  private long count;

  /** Percentiles of the last {@value #KEPT}, in microseconds; 0 where there were none. */
  record Summary(long count, double p50Micros, double p95Micros, double p99Micros, double maxMicros) {}

  /** @return the time in microseconds */
  synchronized double add(long nanos) {
    double time = nanos / 1000.0;
    micros[(int) (count++ % KEPT)] = time;
    return time;
  }

  synchronized Summary summary() {
    double[] sorted = Arrays.copyOf(micros, (int) Math.min(count, KEPT));
    Arrays.sort(sorted);
    return new Summary(count, at(sorted, 0.5), at(sorted, 0.95), at(sorted, 0.99), at(sorted, 1));
  }

  private static double at(double[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}

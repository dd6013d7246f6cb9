// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.Locale;

/** Times that are estimated before the work begins, in words that do not claim more than an estimate can. */
public final class AboutTime {
  private static final double MINUTE = 60;
  private static final double HOUR = 60 * MINUTE;
  private static final double DAY = 24 * HOUR;

  private AboutTime() {}

  /**
   * The time of work that is shared out.
   *
   * @param seconds of one thread
   * @param jobs how many work at a time, at most as many as there are cores
   */
  public static String of(double seconds, int jobs) {
    return of(seconds / Math.min(jobs, Runtime.getRuntime().availableProcessors()));
  }

  /** "about 25 min", "about 3.5 h", "about 2 days". */
  static String of(double seconds) {
    if (seconds < MINUTE) {
      return "less than a minute";
    }
    if (seconds < 1.5 * HOUR) {
      return "about " + Math.round(seconds / MINUTE) + " min";
    }
    return seconds < 1.5 * DAY ? "about " + number(seconds / HOUR) + " h" : "about " + number(seconds / DAY) + " days";
  }

  private static String number(double value) {
    return value < 9.95 ? String.format(Locale.ROOT, "%.1f", value) : Long.toString(Math.round(value));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import org.lull.input.InvalidInputException;

/** How many networks are trained at a time. */
public final class Jobs {
  private static final int MOST = 1024;

  private Jobs() {}

  /** As many as were asked for, or one for each core where that is null. */
  public static int checked(Integer asked) {
    int jobs = asked == null ? Runtime.getRuntime().availableProcessors() : asked;
    if (jobs < 1 || jobs > MOST) {
      throw new InvalidInputException("jobs: " + jobs + ", expected 1 to " + MOST);
    }
    return jobs;
  }
}

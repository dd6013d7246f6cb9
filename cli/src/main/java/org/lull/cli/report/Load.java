// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;

/**
 * How busy the machine is.
 *
 * @param average processes that ran or wanted to, over the last minute; negative where the system does not say
 * @param cores that this process may use
 */
public record Load(double average, int cores) {
  public static Load now() {
    return new Load(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(), Runtime.getRuntime().availableProcessors());
  }

  /** That times are not to be trusted, where more wants to run than there are cores for. */
  public Optional<String> warning() {
    return average <= cores ? Optional.empty() : Optional.of(String.format(Locale.ROOT, "the machine is busy: a load of %.1f over the last"
        + " minute, on %d core%s; times are longer than they would be alone, and vary", average, cores, cores == 1 ? "" : "s"));
  }
}

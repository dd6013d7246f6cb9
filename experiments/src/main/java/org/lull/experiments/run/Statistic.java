// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.Collection;
import java.util.Objects;

/**
 * A mean, and how far it can be trusted.
 *
 * @param deviation sample standard deviation of the values; null of a single one
 * @param error standard error of the mean; null of a single one
 */
public record Statistic(double mean, Double deviation, Double error) {
  /** Of those values that are not null; null if there are none. */
  public static Statistic of(Collection<Double> values) {
    double[] known = values.stream().filter(Objects::nonNull).mapToDouble(Double::doubleValue).toArray();
    int n = known.length;
    if (n == 0) {
      return null;
    }
    double sum = 0;
    for (double value : known) {
      sum += value;
    }
    double mean = sum / n;
    double squares = 0;
    for (double value : known) {
      squares += (value - mean) * (value - mean);
    }
    double deviation = Math.sqrt(squares / (n - 1));
    return n == 1 ? new Statistic(mean, null, null) : new Statistic(mean, deviation, deviation / Math.sqrt(n));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.ArrayList;
import java.util.List;

/**
 * Herding (Welling 2009; Rebuffi et al. 2017, iCaRL, algorithm 4): orders examples greedily. Each choice brings the mean of the chosen as
 * near as possible to the mean of all.
 */
final class Herding {
  private Herding() {}

  /** Indices of all vectors, [n] each, in the order of herding. */
  static List<Integer> order(List<float[]> vectors) {
    double[] mean = mean(vectors);
    double[] sum = new double[mean.length];
    List<Integer> order = new ArrayList<>();
    boolean[] taken = new boolean[vectors.size()];
    while (order.size() < vectors.size()) {
      int best = -1;
      double bestDistance = Double.POSITIVE_INFINITY;
      for (int i = 0; i < taken.length; i++) {
        double distance = taken[i] ? Double.POSITIVE_INFINITY : distance(mean, sum, vectors.get(i), order.size() + 1);
        if (!taken[i] && (best < 0 || distance < bestDistance)) {
          best = i;
          bestDistance = distance;
        }
      }
      taken[best] = true;
      order.add(best);
      for (int u = 0; u < sum.length; u++) {
        sum[u] += vectors.get(best)[u];
      }
    }
    return order;
  }

  static double[] mean(List<float[]> vectors) {
    double[] mean = new double[vectors.getFirst().length];
    for (float[] vector : vectors) {
      for (int u = 0; u < mean.length; u++) {
        mean[u] += vector[u] / (double) vectors.size();
      }
    }
    return mean;
  }

  /** Squared distance from the mean of all to the mean of the chosen vectors and one more. */
  private static double distance(double[] mean, double[] sum, float[] vector, int count) {
    double distance = 0;
    for (int u = 0; u < mean.length; u++) {
      double difference = mean[u] - (sum[u] + vector[u]) / count;
      distance += difference * difference;
    }
    return distance;
  }
}

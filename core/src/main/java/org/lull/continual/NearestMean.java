// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.Arrays;
import java.util.List;
import org.lull.kernel.Kernels;
import org.lull.network.Network;

/**
 * Nearest mean of exemplars (iCaRL, algorithm 1). Feature vectors and means have length 1. So the nearest mean is the mean with the largest
 * dot product, and the classifier is a linear head whose weights are the means. The result is an ordinary network.
 */
final class NearestMean {
  private NearestMean() {}

  /**
   * The network with nearest means as its head.
   *
   * @param features for each class the feature vectors of its exemplars; a class without any is never predicted
   */
  static Network classifier(Network network, List<List<float[]>> features) {
    int[] none = new int[features.size()];
    Arrays.fill(none, -1);
    Network classifier = network.withOutputs(none);
    int row = Kernels.pad(network.spec().hidden());
    for (int k = 0; k < features.size(); k++) {
      if (features.get(k).isEmpty()) {
        classifier.parameters()[classifier.headBias() + k] = -Float.MAX_VALUE;
        continue;
      }
      double[] mean = Herding.mean(features.get(k));
      double length = Math.sqrt(Arrays.stream(mean).map(value -> value * value).sum());
      for (int u = 0; u < mean.length; u++) {
        classifier.parameters()[classifier.headWeight() + k * row + u] = (float) (mean[u] / Math.max(length, Float.MIN_NORMAL));
      }
    }
    return classifier;
  }
}

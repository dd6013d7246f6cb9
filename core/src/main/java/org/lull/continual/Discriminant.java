// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.lull.kernel.Kernels;
import org.lull.network.Network;

/**
 * Linear discriminant analysis (Fisher 1936) of the features that the head reads. Each class k is modelled as a normal distribution with
 * mean m_k and a shared covariance S. Its score is {@code S^-1 m_k . x - m_k . S^-1 m_k / 2}, which is a row of a linear head. A few
 * examples per class are enough.
 */
final class Discriminant {
  /** Shrinkage: this share of the mean variance is added to every variance, so that the covariance of few examples can be inverted. */
  private static final double SHRINKAGE = 0.1;
  /** Smallest value that is added to every variance: with one example per class there is no variance. Features lie between -1 and 1. */
  private static final double LEAST = 1e-6;

  private Discriminant() {}

  /**
   * Sets the head's outputs from {@code first} on, which belong to new classes, to discriminant rows. They are scaled to the mean and the
   * spread of the trained rows before them, so that a new class can compete from the start.
   *
   * @param vectors for each class the features of its examples; a class without any keeps its row
   */
  static void imprint(Network network, int first, List<List<float[]>> vectors) {
    double[][] rows = rows(vectors); // [classes][hidden + 1], the bias last
    int hidden = network.spec().hidden();
    double[][] trained = IntStream.range(0, first).filter(k -> rows[k] != null).mapToObj(k -> row(network, k)).toArray(double[][]::new);
    double[][] own = IntStream.range(0, first).filter(k -> rows[k] != null).mapToObj(k -> rows[k]).toArray(double[][]::new);
    if (own.length < 2) {
      return;
    }
    double[] trainedMean = mean(trained);
    double[] ownMean = mean(own);
    double scale = Math.sqrt(spread(trained, trainedMean, hidden) / Math.max(spread(own, ownMean, hidden), Double.MIN_NORMAL));
    int stride = Kernels.pad(hidden);
    for (int k = first; k < rows.length; k++) {
      for (int u = 0; u <= hidden && rows[k] != null; u++) {
        int at = u < hidden ? network.headWeight() + k * stride + u : network.headBias() + k;
        network.parameters()[at] = (float) (trainedMean[u] + scale * (rows[k][u] - ownMean[u]));
      }
    }
  }

  /**
   * A network whose whole head consists of discriminant rows.
   *
   * @param vectors for each class the features of its examples; a class without any is never predicted, and if no class has any, the head
   *     is not changed
   */
  static Network classifier(Network network, List<List<float[]>> vectors) {
    if (vectors.stream().allMatch(List::isEmpty)) {
      return network.copy();
    }
    double[][] rows = rows(vectors);
    int[] none = new int[rows.length];
    Arrays.fill(none, -1);
    Network classifier = network.withOutputs(none);
    int hidden = network.spec().hidden();
    for (int k = 0; k < rows.length; k++) {
      if (rows[k] == null) {
        classifier.parameters()[classifier.headBias() + k] = -Float.MAX_VALUE;
        continue;
      }
      for (int u = 0; u < hidden; u++) {
        classifier.parameters()[classifier.headWeight() + k * Kernels.pad(hidden) + u] = (float) rows[k][u];
      }
      classifier.parameters()[classifier.headBias() + k] = (float) rows[k][hidden];
    }
    return classifier;
  }

  private static double[] row(Network network, int k) {
    int hidden = network.spec().hidden();
    int stride = Kernels.pad(hidden);
    double[] row = new double[hidden + 1];
    for (int u = 0; u < hidden; u++) {
      row[u] = network.parameters()[network.headWeight() + k * stride + u];
    }
    row[hidden] = network.parameters()[network.headBias() + k];
    return row;
  }

  private static double[][] rows(List<List<float[]>> vectors) {
    double[][] means = vectors.stream().map(each -> each.isEmpty() ? null : Herding.mean(each)).toArray(double[][]::new);
    double[][] root = cholesky(covariance(means, vectors));
    return Arrays.stream(means).map(mean -> mean == null ? null : row(root, mean)).toArray(double[][]::new);
  }

  private static double[] row(double[][] root, double[] mean) {
    double[] weight = solve(root, mean);
    double[] row = Arrays.copyOf(weight, weight.length + 1);
    for (int u = 0; u < weight.length; u++) {
      row[weight.length] -= weight[u] * mean[u] / 2;
    }
    return row;
  }

  /** Covariance within the classes. Every class has the same weight, whatever its number of examples. Only the lower triangle is filled. */
  private static double[][] covariance(double[][] means, List<List<float[]>> vectors) {
    int hidden = Arrays.stream(means).filter(mean -> mean != null).findFirst().orElseThrow().length;
    double[][] covariance = new double[hidden][hidden];
    for (int k = 0; k < means.length; k++) {
      for (float[] x : vectors.get(k)) {
        for (int u = 0; u < hidden; u++) {
          for (int v = 0; v <= u; v++) {
            covariance[u][v] += (x[u] - means[k][u]) * (x[v] - means[k][v]) / vectors.get(k).size() / means.length;
          }
        }
      }
    }
    double variance = IntStream.range(0, hidden).mapToDouble(u -> covariance[u][u]).sum() / hidden;
    for (int u = 0; u < hidden; u++) {
      covariance[u][u] += Math.max(SHRINKAGE * variance, LEAST);
    }
    return covariance;
  }

  private static double[] mean(double[][] rows) {
    double[] mean = new double[rows[0].length];
    for (double[] row : rows) {
      for (int u = 0; u < mean.length; u++) {
        mean[u] += row[u] / rows.length;
      }
    }
    return mean;
  }

  /** Sum of the squared distances of the first n entries from their mean. */
  private static double spread(double[][] rows, double[] mean, int n) {
    double sum = 0;
    for (double[] row : rows) {
      for (int u = 0; u < n; u++) {
        sum += (row[u] - mean[u]) * (row[u] - mean[u]);
      }
    }
    return sum;
  }

  /** Cholesky factor: the lower triangular L with L L^T = a. The matrix is symmetric positive definite; only its lower triangle is read. */
  private static double[][] cholesky(double[][] a) {
    int n = a.length;
    double[][] l = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double rest = a[i][j];
        for (int k = 0; k < j; k++) {
          rest -= l[i][k] * l[j][k];
        }
        l[i][j] = i == j ? Math.sqrt(rest) : rest / l[j][j];
      }
    }
    return l;
  }

  /** Solves L L^T x = b for x. */
  private static double[] solve(double[][] l, double[] b) {
    double[] x = b.clone();
    for (int i = 0; i < x.length; i++) {
      for (int k = 0; k < i; k++) {
        x[i] -= l[i][k] * x[k];
      }
      x[i] /= l[i][i];
    }
    for (int i = x.length - 1; i >= 0; i--) {
      for (int k = i + 1; k < x.length; k++) {
        x[i] -= l[k][i] * x[k];
      }
      x[i] /= l[i][i];
    }
    return x;
  }
}

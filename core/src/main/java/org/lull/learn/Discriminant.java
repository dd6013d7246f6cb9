package org.lull.learn;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.lull.kernel.Kernels;
import org.lull.model.Network;

/**
 * Linear discriminant analysis of feature vectors (Fisher 1936): classes are taken as normal with means of their own and one covariance S,
 * and class k gets the score {@code S^-1 m_k . x - m_k . S^-1 m_k / 2}, a row of a linear head. It needs few examples of a class.
 *
 * @param weight [classes][hidden]
 * @param bias [classes]
 */
record Discriminant(double[][] weight, double[] bias) {
  /** Share of the mean variance that is added to every variance, so that few examples give a covariance that can be inverted. */
  private static final double SHRINKAGE = 0.1;

  /** @param features for each class those of its examples, at least one, as the head reads them */
  static Discriminant of(List<List<float[]>> features) {
    int classes = features.size();
    int hidden = features.getFirst().getFirst().length;
    return of(features.stream().map(Herding::mean).toArray(double[][]::new), features);
  }

  static double shrink = Double.parseDouble(System.getProperty("shrink", "0.1"));

  static Discriminant of(double[][] means, List<List<float[]>> features) {
    int classes = features.size();
    int hidden = means[0].length;
    double[][] covariance = new double[hidden][hidden];
    for (int k = 0; k < classes; k++) {
      // each class weighs the same, however many examples it has
      double weight = 1.0 / features.get(k).size() / classes;
      for (float[] x : features.get(k)) {
        for (int u = 0; u < hidden; u++) {
          for (int v = 0; v <= u; v++) {
            covariance[u][v] += weight * (x[u] - means[k][u]) * (x[v] - means[k][v]);
          }
        }
      }
    }
    double ridge = Double.parseDouble(System.getProperty("shrink", "0.1")) * IntStream.range(0, hidden).mapToDouble(u -> covariance[u][u]).sum() / hidden + Double.MIN_NORMAL;
    for (int u = 0; u < hidden; u++) {
      covariance[u][u] += ridge;
    }
    double[][] root = cholesky(covariance);
    double[][] weight = Arrays.stream(means).map(mean -> solve(root, mean)).toArray(double[][]::new);
    return new Discriminant(weight, IntStream.range(0, classes).mapToDouble(k -> -dot(weight[k], means[k]) / 2).toArray());
  }

  /**
   * Gives the head's outputs from {@code first} on these rows, brought to the scale of the rows before, which were trained: so a new class
   * begins where it can compete.
   */
  void imprint(Network network, int first) {
    int row = Kernels.pad(network.spec().hidden());
    float[] parameters = network.parameters();
    double trained = 0;
    double own = 0;
    double trainedBias = 0;
    double ownBias = 0;
    double[] centre = new double[weight[0].length];
    for (int k = 0; k < first; k++) {
      for (int u = 0; u < centre.length; u++) {
        centre[u] += weight[k][u] / first;
      }
    }
    double[] trainedCentre = new double[centre.length];
    for (int k = 0; k < first; k++) {
      for (int u = 0; u < centre.length; u++) {
        trainedCentre[u] += parameters[network.headWeight() + k * row + u] / (double) first;
      }
      trainedBias += parameters[network.headBias() + k] / (double) first;
      ownBias += bias[k] / first;
    }
    for (int k = 0; k < first; k++) {
      for (int u = 0; u < centre.length; u++) {
        trained += Math.pow(parameters[network.headWeight() + k * row + u] - trainedCentre[u], 2);
        own += Math.pow(weight[k][u] - centre[u], 2);
      }
    }
    double scale = Math.sqrt(trained / own);
    for (int k = first; k < weight.length; k++) {
      for (int u = 0; u < centre.length; u++) {
        parameters[network.headWeight() + k * row + u] = (float) (trainedCentre[u] + scale * (weight[k][u] - centre[u]));
      }
      parameters[network.headBias() + k] = (float) (trainedBias + scale * (bias[k] - ownBias));
    }
  }

  /** The network with these rows as its head. */
  Network classifier(Network network) {
    int[] none = new int[weight.length];
    Arrays.fill(none, -1);
    Network classifier = network.withOutputs(none);
    int row = Kernels.pad(network.spec().hidden());
    for (int k = 0; k < weight.length; k++) {
      for (int u = 0; u < weight[k].length; u++) {
        classifier.parameters()[classifier.headWeight() + k * row + u] = (float) weight[k][u];
      }
      classifier.parameters()[classifier.headBias() + k] = (float) bias[k];
    }
    return classifier;
  }

  /** L, lower triangular, with L L^T = a; of a symmetric positive definite matrix, of which the lower triangle is read. */
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

  /** x with L L^T x = b. */
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

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}

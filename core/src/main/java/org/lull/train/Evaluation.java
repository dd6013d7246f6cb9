// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.Arrays;
import org.lull.cost.OperationCounts;

/**
 * Measures of a network on examples: {@link #accuracy} and {@link #confusion} for classes, {@link #rmse} and {@link #mae} for regression.
 */
public final class Evaluation {
  private final int examples;
  private final int[][] confusion;
  private final double loss;
  private final double rmse;
  private final double mae;
  private final OperationCounts operations;

  private Evaluation(int examples, int[][] confusion, double loss, double rmse, double mae, OperationCounts operations) {
    this.examples = examples;
    this.confusion = confusion;
    this.loss = loss;
    this.rmse = rmse;
    this.mae = mae;
    this.operations = operations;
  }

  /**
   * The measures of a classifier.
   *
   * @param confusion counts, [true class][predicted class]; copied
   * @param loss mean over the examples
   * @param operations multiply-adds of the forward pass, one count per layer
   */
  public Evaluation(int[][] confusion, double loss, OperationCounts operations) {
    this(Arrays.stream(confusion).flatMapToInt(Arrays::stream).sum(), copy(confusion), loss, Double.NaN, Double.NaN, operations);
  }

  /** The measures of a regression. */
  static Evaluation ofRegression(int examples, double loss, double rmse, double mae, OperationCounts operations) {
    return new Evaluation(examples, new int[0][], loss, rmse, mae, operations);
  }

  private static int[][] copy(int[][] matrix) {
    return Arrays.stream(matrix).map(int[]::clone).toArray(int[][]::new);
  }

  /** Number of examples that were measured. */
  public int examples() {
    return examples;
  }

  /** Confusion matrix, [true class][predicted class]: a copy; empty in regression. */
  public int[][] confusion() {
    return copy(confusion);
  }

  /** Mean cross-entropy in nats. In regression: mean squared error of the normalised targets. */
  public double loss() {
    return loss;
  }

  /** Root mean squared error over all examples and targets, in the unit of the targets; NaN for classes. */
  public double rmse() {
    return rmse;
  }

  /** Mean absolute error over all examples and targets, in the unit of the targets; NaN for classes. */
  public double mae() {
    return mae;
  }

  /** Multiply-adds of the forward pass, one count per layer. */
  public OperationCounts operations() {
    return operations;
  }

  /** Number of examples with a correct prediction; 0 in regression. */
  public int correct() {
    int n = 0;
    for (int k = 0; k < confusion.length; k++) {
      n += confusion[k][k];
    }
    return n;
  }

  /** Share of examples with a correct prediction; 0 if there are no examples, NaN in regression. */
  public double accuracy() {
    return confusion.length == 0 ? Double.NaN : examples == 0 ? 0 : correct() / (double) examples;
  }

  /** Precision of class k: the share of the predictions of k that are correct; NaN if k was never predicted. */
  public double precision(int k) {
    int taken = 0;
    for (int[] row : confusion) {
      taken += row[k];
    }
    return confusion[k][k] / (double) taken;
  }

  /** Recall of class k: the share of the examples of k that are predicted as k; NaN if there are no examples of k. */
  public double recall(int k) {
    int there = 0;
    for (int count : confusion[k]) {
      there += count;
    }
    return confusion[k][k] / (double) there;
  }

  @Override
  public String toString() {
    return examples + " examples, loss " + loss + (confusion.length > 0 ? ", accuracy " + accuracy() : ", rmse " + rmse + ", mae " + mae);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.Arrays;
import org.lull.cost.OperationCounts;

/** A network measured on examples: by {@link #accuracy} and {@link #confusion}, in regression by {@link #rmse} and {@link #mae}. */
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
   * On classes.
   *
   * @param confusion [class][what it was taken for]; copied
   * @param loss mean over the examples
   * @param operations of the forward pass, one count a layer
   */
  public Evaluation(int[][] confusion, double loss, OperationCounts operations) {
    this(Arrays.stream(confusion).flatMapToInt(Arrays::stream).sum(), copy(confusion), loss, Double.NaN, Double.NaN, operations);
  }

  /** In regression. */
  static Evaluation ofRegression(int examples, double loss, double rmse, double mae, OperationCounts operations) {
    return new Evaluation(examples, new int[0][], loss, rmse, mae, operations);
  }

  private static int[][] copy(int[][] matrix) {
    return Arrays.stream(matrix).map(int[]::clone).toArray(int[][]::new);
  }

  /** How many were measured. */
  public int examples() {
    return examples;
  }

  /** [class][what it was taken for]: a copy; empty in regression. */
  public int[][] confusion() {
    return copy(confusion);
  }

  /** Mean cross-entropy in nats; in regression the mean squared error of the normalised targets. */
  public double loss() {
    return loss;
  }

  /** Root mean squared error over all examples and targets, in their unit; NaN on classes. */
  public double rmse() {
    return rmse;
  }

  /** Mean absolute error over all examples and targets, in their unit; NaN on classes. */
  public double mae() {
    return mae;
  }

  /** Multiply-adds of the forward pass, one count a layer. */
  public OperationCounts operations() {
    return operations;
  }

  /** Examples taken for what they are; 0 in regression. */
  public int correct() {
    int n = 0;
    for (int k = 0; k < confusion.length; k++) {
      n += confusion[k][k];
    }
    return n;
  }

  /** Share of examples taken for what they are; 0 if there are none, NaN in regression. */
  public double accuracy() {
    return confusion.length == 0 ? Double.NaN : examples == 0 ? 0 : correct() / (double) examples;
  }

  /** Of the examples taken for the class, the share that are of it; NaN if none was. */
  public double precision(int k) {
    int taken = 0;
    for (int[] row : confusion) {
      taken += row[k];
    }
    return confusion[k][k] / (double) taken;
  }

  /** Of the examples of the class, the share taken for it; NaN if there are none. */
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

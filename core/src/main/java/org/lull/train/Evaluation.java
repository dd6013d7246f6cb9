package org.lull.train;

import org.lull.cost.OperationCounts;

/**
 * A network measured on labelled examples.
 *
 * @param confusion [class][what it was taken for]
 * @param loss mean cross-entropy
 * @param operations of the forward pass, one count a layer
 */
public record Evaluation(int[][] confusion, double loss, OperationCounts operations) {

  public int examples() {
    int n = 0;
    for (int[] row : confusion) {
      for (int count : row) {
        n += count;
      }
    }
    return n;
  }

  public int correct() {
    int n = 0;
    for (int k = 0; k < confusion.length; k++) {
      n += confusion[k][k];
    }
    return n;
  }

  /** Share of examples taken for what they are; 0 if there are none. */
  public double accuracy() {
    int n = examples();
    return n == 0 ? 0 : correct() / (double) n;
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
}

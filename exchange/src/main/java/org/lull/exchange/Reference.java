// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange;

/**
 * Recurrent layers as the program that wrote the file defines them: plain loops in double precision, in that program's layout and order of
 * gates. It shares no code with the cells of Lull, so that the two can be compared.
 */
public interface Reference {
  /**
   * Runs all layers from the zero state.
   *
   * @param x [steps][inputs]
   * @return h of the top layer, [steps][hidden]
   */
  double[][] run(double[][] x);

  /** The logistic function. */
  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}

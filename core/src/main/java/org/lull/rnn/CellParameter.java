// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

/**
 * A tensor of parameters that a cell has beside W and the biases, such as peepholes.
 *
 * @param name name in model files without the number of the layer: "weight_ci" is the tensor weight_ci_l0, [blocks x Nh]
 * @param blocks number of values for each unit
 * @param low lower end of the uniform distribution of the initial values
 * @param high upper end of this distribution; the same as {@code low} for a constant
 */
public record CellParameter(String name, int blocks, float low, float high) {
  /** A parameter that begins with the constant {@code initial}. */
  public CellParameter(String name, int blocks, float initial) {
    this(name, blocks, initial, initial);
  }
}

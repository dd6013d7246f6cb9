// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

/**
 * A tensor of parameters of a cell's own.
 *
 * @param name as in model files, where the number of the layer follows it: "weight_ci" is the tensor weight_ci_l0, [blocks x Nh]
 * @param blocks numbers for each unit
 * @param low training begins with values uniform from here
 * @param high to here, or with this one where they are the same
 */
public record CellParameter(String name, int blocks, float low, float high) {
  /** Begins as {@code initial}. */
  public CellParameter(String name, int blocks, float initial) {
    this(name, blocks, initial, initial);
  }
}

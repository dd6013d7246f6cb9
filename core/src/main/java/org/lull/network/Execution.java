// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

/**
 * Whether the products of a pass are sparse or dense. A network in delta mode ({@link Mode}) can run with either, for the same result up to
 * rounding; a network in dense mode always has dense products. If an entry moved by exactly its threshold, rounding decides whether it
 * fires.
 */
public enum Execution {
  /** Products with the weight columns of the active entries, one sequence at a time. */
  SPARSE,
  /**
   * Products with whole matrices, several sequences together. This is the only form of dense mode, and it is faster if most entries fire.
   */
  DENSE
}

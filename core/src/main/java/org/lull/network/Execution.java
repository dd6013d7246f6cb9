// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

/**
 * The form of the products in a pass. {@link Mode} says what is computed, and this says how. In delta mode both forms give the same result,
 * apart from rounding. If an entry moved by exactly its threshold, rounding decides whether it fires.
 */
public enum Execution {
  /** Products with the weight columns of the active entries, one sequence at a time. */
  SPARSE,
  /**
   * Products with whole matrices, several sequences together. This is the only form of dense mode, and it is faster if most entries fire.
   */
  DENSE
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

/**
 * By which products a pass computes what its {@link Mode} asks for. In delta mode both give the same, rounding apart; where an entry moved
 * by its threshold to the last bit, rounding decides whether it fires.
 */
public enum Execution {
  /** Columns of the weights on lists of active entries, one sequence at a time. */
  SPARSE,
  /** Whole matrices, several sequences together: the only form of dense mode, and the faster one where most entries fire. */
  DENSE
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

/**
 * Whether a network is a delta network or an ordinary one. Both use the same weights. The mode decides the result; {@link Execution}, the
 * form of the products, decides only the speed.
 */
public enum Mode {
  /** Computes with every entry at every timestep; thresholds are ignored. */
  DENSE,
  /** Computes only with entries that moved by their threshold or more. */
  DELTA
}

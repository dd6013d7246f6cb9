// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

/** What a pass computes. {@link Execution} says how. Both modes use the same weights. */
public enum Mode {
  /** Computes with every entry at every timestep; thresholds are ignored. */
  DENSE,
  /** Computes only with entries that moved by their threshold or more. */
  DELTA
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

/** What a pass computes; {@link Execution} is how. Both modes use the same weights. */
public enum Mode {
  /** Every entry at every timestep; thresholds are ignored. */
  DENSE,
  /** Only entries that moved by their threshold or more. */
  DELTA
}

package org.lull.model;

/** What a pass computes; {@link Form} is how. Both modes use the same weights. */
public enum Mode {
  /** Every entry at every timestep; thresholds are ignored. */
  DENSE,
  /** Only entries that moved by their threshold or more. */
  DELTA
}

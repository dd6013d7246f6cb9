package org.lull.model;

/** How a pass computes. Both use the same weights. */
public enum Mode {
  /** Every entry at every timestep; thresholds are ignored. */
  DENSE,
  /** Only entries that moved by their threshold or more. */
  DELTA
}

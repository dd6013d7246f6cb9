// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

/** Which networks a run trains. */
public enum Networks {
  DENSE,
  DELTA,
  BOTH;

  public boolean dense() {
    return this != DELTA;
  }

  public boolean delta() {
    return this != DENSE;
  }
}

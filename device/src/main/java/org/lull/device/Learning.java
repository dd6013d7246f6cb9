// SPDX-License-Identifier: Apache-2.0
package org.lull.device;

import java.util.Locale;

/** What an exported model can learn on the device. */
public enum Learning {
  /** Nothing: it recognises. The weights stay in ROM. */
  NONE,
  /** All weights, by backpropagation through time. They are in RAM. */
  FULL;

  /** The name as in options. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

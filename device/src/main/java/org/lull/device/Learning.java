// SPDX-License-Identifier: Apache-2.0
package org.lull.device;

/** What an exported model can learn on the device. */
public enum Learning {
  /** Nothing: it recognises. The weights stay in ROM. */
  NONE,
  /** All weights, by backpropagation through time. They are in RAM. */
  FULL
}

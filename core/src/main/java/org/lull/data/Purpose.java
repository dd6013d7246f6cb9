// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

/** What data is read for, which decides what it must hold. */
public enum Purpose {
  /** Two classes or more, each with something to train on, and something to test with. */
  TRAINING,

  /** A trained model is measured on it: any class will do, in any split. */
  MEASURING
}

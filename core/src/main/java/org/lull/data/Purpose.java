// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

/** The purpose that data is read for. It decides what the data must contain. */
public enum Purpose {
  /** Training needs two classes or more, training examples of each, and test examples. */
  TRAINING,

  /** Measuring a trained model: examples of any class, in any split, are enough. */
  MEASURING
}

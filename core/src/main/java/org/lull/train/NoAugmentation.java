// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.SplittableRandom;
import org.lull.network.Normalisation;

/** Leaves every example as it is. */
enum NoAugmentation implements Augmentation {
  NONE;

  @Override
  public Example apply(Example example, Normalisation normalisation, SplittableRandom random) {
    return example;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.SplittableRandom;
import org.lull.network.Normalisation;

/**
 * Random changes to a training example that keep its meaning. Which changes are right depends on the data, so the default is {@link #none}.
 * Implement this interface for your own data; it is called from several threads.
 */
@FunctionalInterface
public interface Augmentation {
  /**
   * A changed copy, or the example itself if there is nothing to change. The number of steps may change; channels and target must not.
   *
   * @param example the original, which must not be changed
   * @param normalisation statistics of the training features
   * @param random decides every change; the same stream must give the same bytes
   */
  Example apply(Example example, Normalisation normalisation, SplittableRandom random);

  /** No changes. */
  static Augmentation none() {
    return NoAugmentation.NONE;
  }

  /** For log-mel features of speech, at about 60 frames a second in 16 bands. */
  static Augmentation speech() {
    return new SpeechAugmentation(8, 0.25, 0.2, 6, 6, 12, 3);
  }
}

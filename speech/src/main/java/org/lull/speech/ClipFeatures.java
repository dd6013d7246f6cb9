// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.Set;
import org.lull.train.Example;

/** The result of making features of one clip. */
sealed interface ClipFeatures {
  /**
   * @param rate of the recording, before it was resampled
   * @param flaws of the recording
   */
  record Usable(Example example, int rate, Set<Flaw> flaws) implements ClipFeatures {}

  /** @param reason begins with the clip's id or file */
  record Bad(String reason) implements ClipFeatures {}
}

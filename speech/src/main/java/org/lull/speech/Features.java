// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.List;
import org.lull.data.Split;
import org.lull.train.Example;

/**
 * The log-mel frames of a corpus's usable clips.
 *
 * @param channels filters of a frame
 * @param warnings what was found while they were computed, a sentence each; kept with them, so that a cache hides nothing
 * @param leftOut the unusable clips, a sentence each: which and why
 */
record Features(int channels, List<Example> train, List<Example> validation, List<Example> test, List<String> warnings,
    List<String> leftOut) {
  List<Example> of(Split split) {
    return switch (split) {
      case TRAIN -> train;
      case VALIDATION -> validation;
      case TEST -> test;
    };
  }
}

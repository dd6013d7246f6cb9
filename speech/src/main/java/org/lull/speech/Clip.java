// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import org.lull.data.Split;
import org.lull.input.InvalidInputException;

/**
 * One labelled recording of a corpus, not loaded yet.
 *
 * @param id unique in the corpus, and the same in every run on every machine: the path relative to the corpus, or the place of a clip in a
 *     synthetic corpus
 * @param label class name
 * @param speaker name of the speaker, or "" if it is not known
 */
public record Clip(String id, String label, String speaker, Split split, Source source) {

  /** Reads or synthesises the sound; safe to call from any thread. */
  @FunctionalInterface
  public interface Source {
    /** @throws org.lull.input.InvalidInputException if the recording is unusable, with the reason */
    Audio load();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.lull.data.Purpose;
import org.lull.train.Progress;

/**
 * A layout of a corpus in a folder. {@link Corpora} has the list of them.
 *
 * @param description for messages: the name, and the files that it is recognised by
 * @param matches whether a folder has this layout
 * @param reader reads a folder that matches
 */
record Layout(String description, Predicate<Path> matches, Reader reader) {
  /** Reads the corpus in a folder; the parameters are those of {@link Corpora#open(Path, Purpose, int, Progress)}. */
  interface Reader {
    Corpus read(Path dir, Purpose purpose, int threads, Progress progress);
  }

  /** A layout of WAV files. {@code list} says what each file is. */
  static Layout ofSound(String description, Predicate<Path> matches, BiFunction<Path, Purpose, WavListing> list) {
    return new Layout(description, matches,
        (dir, purpose, threads, progress) -> list.apply(dir, purpose).corpus(purpose, threads, progress));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lull.input.InvalidInputException;

/**
 * The WAV files in a folder and below it, whose labels nobody knows: sound to be recognised, not a corpus to train on.
 *
 * @param files sorted by their path in the folder
 * @param warnings what was left out, a sentence each
 */
public record Recordings(List<Path> files, List<String> warnings) {
  /**
   * Lists a folder. No file is read yet.
   *
   * @throws InvalidInputException if there is no WAV file, or the folder cannot be listed
   */
  public static Recordings in(Path dir) {
    Map<String, Path> wavs = new TreeMap<>(WavFile.below(dir));
    StraySound stray = StraySound.in(dir, new HashSet<>(wavs.keySet()));
    if (wavs.isEmpty()) {
      throw new InvalidInputException(stray.insteadOfWav(dir, "give WAV files, or a folder that has some"));
    }
    return new Recordings(List.copyOf(wavs.values()), stray.warnings().stream().map(warning -> dir + ": " + warning).toList());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.lull.io.Folder;

/**
 * Sound files in a folder, or in folders below it, that are not read: WAV files in places where the layout has none, and other formats.
 *
 * @param wavs ids of the WAV files, sorted
 * @param others ids of the other files, sorted
 */
record StraySound(List<String> wavs, List<String> others) {
  private static final Set<String> OTHER_SUFFIXES = Set.of("flac", "mp3", "opus", "ogg", "oga", "m4a", "mp4", "aac", "wma", "aif", "aiff",
      "aifc", "au", "snd", "sph", "amr", "webm", "caf", "w64", "rf64", "wv", "ape", "3gp");

  /** Where Arabic Speech Commands has noise to mix in; the folder of Google's is passed over already, as its name begins with _. */
  private static final String NOISE = "background_noise/";

  /**
   * Searches a folder and all folders below it.
   *
   * @param read ids of the files that are read
   */
  static StraySound in(Path dir, Set<String> read) {
    List<String> wavs = new ArrayList<>();
    List<String> others = new ArrayList<>();
    Folder.walk(dir, file -> {
      String id = Folder.id(dir, file);
      if (WavFile.isNamed(id)) {
        if (!read.contains(id) && !id.startsWith(NOISE)) {
          wavs.add(id);
        }
      } else if (OTHER_SUFFIXES.contains(suffix(id))) {
        others.add(id);
      }
    });
    Collections.sort(wavs);
    Collections.sort(others);
    return new StraySound(wavs, others);
  }

  boolean isEmpty() {
    return wavs.isEmpty() && others.isEmpty();
  }

  /** A warning for each kind that was found. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (!wavs.isEmpty()) {
      warnings.add("WAV files that are not read: " + wavs.size() + ", the first " + wavs.getFirst()
          + "; this layout has no place for them, move or rename them if they belong to it");
    }
    if (!others.isEmpty()) {
      warnings.add("sound that is not read: " + countedOthers() + "; " + Wav.CONVERT);
    }
    return warnings;
  }

  /**
   * Says what a folder without WAV files contains and what to do, as the end of a sentence.
   *
   * @param advice advice if there is no sound at all
   */
  String insteadOfWav(Path dir, String advice) {
    if (!wavs.isEmpty()) {
      return "no WAV file directly in " + dir + ", but " + wavs.size() + " further down, the first " + wavs.getFirst() + "; move them up";
    }
    return "no WAV file in " + dir + (others.isEmpty() ? "; " + advice : ", but " + countedOthers() + "; " + Wav.CONVERT);
  }

  /** "3 .flac and 1 .mp3 files, the first a/1.flac". */
  String countedOthers() {
    Map<String, Long> bySuffix =
        others.stream().collect(Collectors.groupingBy(StraySound::suffix, TreeMap::new, Collectors.counting()));
    String counts = bySuffix.entrySet().stream().map(each -> each.getValue() + " ." + each.getKey()).collect(Collectors.joining(" and "));
    return counts + (others.size() == 1 ? " file, " : " files, the first ") + others.getFirst();
  }

  private static String suffix(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }
}

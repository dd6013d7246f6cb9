// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lull.data.Purpose;
import org.lull.data.Split;
import org.lull.io.Folder;

/**
 * Free Spoken Digit Dataset: {@code {digit}_{speaker}_{index}.wav} in the folder itself or in {@code recordings/}. Of every digit and
 * speaker, recordings 0-4 are for test, as its README has it, 5-9 for validation, the rest for training.
 */
final class SpokenDigits {
  private static final Pattern NAME = Pattern.compile("(\\d)_(.+)_(\\d{1,6})");

  private SpokenDigits() {}

  static boolean matches(Path dir) {
    return wavs(dir).stream().anyMatch(wav -> NAME.matcher(Folder.stem(wav)).matches());
  }

  static WavListing read(Path dir, Purpose purpose) {
    List<WavFile> files = new ArrayList<>();
    for (Path wav : wavs(dir)) {
      Matcher name = NAME.matcher(Folder.stem(wav));
      if (name.matches()) {
        files.add(new WavFile(Folder.id(dir, wav), wav, name.group(1), name.group(2), split(Integer.parseInt(name.group(3)))));
      }
    }
    long digits = files.stream().map(WavFile::label).distinct().count();
    long speakers = files.stream().map(WavFile::speaker).distinct().count();
    String name = "Free Spoken Digit Dataset layout, " + digits + " digits, " + speakers + " speakers, each in every split";
    return new WavListing(dir, name, files, List.of());
  }

  private static List<Path> wavs(Path dir) {
    Path recordings = dir.resolve("recordings");
    return WavFile.in(Files.isDirectory(recordings) ? recordings : dir);
  }

  private static Split split(int index) {
    return index < 5 ? Split.TEST : index < 10 ? Split.VALIDATION : Split.TRAIN;
  }
}

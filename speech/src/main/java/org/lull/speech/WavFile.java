// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lull.data.Split;
import org.lull.io.Folder;
import org.lull.io.Sha256;

/** A recording as a layout describes it; the fields are those of {@link Clip}. */
record WavFile(String id, Path path, String label, String speaker, Split split) {

  static final String UNREADABLE = "unreadable";

  /** The clip; its sound is read each time it is loaded. */
  Clip clip() {
    return new Clip(id, label, speaker, split, () -> Wav.read(path));
  }

  /** Whether a file of this name is a WAV file. */
  static boolean isNamed(String name) {
    String small = name.toLowerCase(Locale.ROOT);
    return small.endsWith(".wav") || small.endsWith(".wave");
  }

  /** The WAV files in a folder, sorted by name. */
  static List<Path> in(Path dir) {
    return Folder.files(dir, WavFile::isNamed);
  }

  /** The WAV files in a folder and below it, by their ids. */
  static Map<String, Path> below(Path dir) {
    Map<String, Path> wavs = new HashMap<>();
    Folder.walk(dir, file -> {
      if (isNamed(Folder.name(file))) {
        wavs.put(Folder.id(dir, file), file);
      }
    });
    return wavs;
  }

  /** SHA-256 of the bytes of the file, or "unreadable". */
  String content() {
    try {
      return Sha256.of(path);
    } catch (IOException e) {
      return UNREADABLE; // reading it as sound fails too, and says why
    }
  }

  /**
   * Everything about the file that training depends on: its bytes, and the label, speaker and split.
   *
   * @param content from {@link #content}
   */
  String provenance(String content) {
    return String.join("\t", id, label, speaker, split.name(), content);
  }
}

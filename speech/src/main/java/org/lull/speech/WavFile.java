package org.lull.speech;

import java.io.IOException;
import java.nio.file.Path;

/** A recording as a layout describes it; the fields are those of {@link Clip}. */
record WavFile(String id, Path path, String label, String speaker, Split split) {

  static final String UNREADABLE = "unreadable";

  /** Its sound is read each time it is asked for. */
  Clip clip() {
    return new Clip(id, label, speaker, split, () -> Wav.read(path));
  }

  /** SHA-256 of its bytes, or "unreadable". */
  String content() {
    try {
      return Sha256.of(path);
    } catch (IOException e) {
      return UNREADABLE; // reading it as sound fails too, and says why
    }
  }

  /**
   * Everything that training depends on: not the bytes alone, also what the layout says of them.
   *
   * @param content from {@link #content}
   */
  String provenance(String content) {
    return String.join("\t", id, label, speaker, split.name(), content);
  }
}

package org.lull.speech;

import java.io.IOException;
import java.nio.file.Path;

/** A recording as a layout describes it; the fields are those of {@link Clip}. */
record WavFile(String id, Path path, String label, String speaker, Split split) {

  /** Its sound is read each time it is asked for. */
  Clip clip() {
    return new Clip(id, label, speaker, split, () -> Wav.read(path));
  }

  /** Everything that training depends on: not the bytes alone, also what the layout says of them. */
  String provenance() {
    String content;
    try {
      content = Sha256.of(path);
    } catch (IOException e) {
      content = "unreadable"; // reading it as sound fails too, and says why
    }
    return String.join("\t", id, label, speaker, split.name(), content);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.HexFormat;
import org.lull.input.FileKind;
import org.lull.input.FileKind.Content;

/** Says what a file is that is not a WAV file. */
final class FileSignature {
  private static final int SHOWN_BYTES = 24;

  private FileSignature() {}

  /** What a file that is not a WAV file looks like and what to do with it, as the end of a sentence. */
  static String describe(byte[] file) {
    if (file.length == 0) {
      return "an empty file; copy or download it again";
    }
    return FileKind.of(file).map(kind -> "it looks like " + kind.name() + "; "
        + (kind.content() == Content.MODEL ? "give a WAV file" : kind.advice())).orElseGet(() -> unknown(file));
  }

  private static String unknown(byte[] file) {
    byte[] head = Arrays.copyOf(file, Math.min(file.length, SHOWN_BYTES));
    String text = new String(head, ISO_8859_1);
    return text.matches("[\\t\\r\\n -~]+")
        ? "it looks like a text file that begins \"" + text.lines().findFirst().orElse("").strip() + "\"; fetch the sound it stands for"
        : "it begins with the bytes " + HexFormat.ofDelimiter(" ").formatHex(head) + ", expected RIFF and WAVE; " + Wav.CONVERT;
  }
}

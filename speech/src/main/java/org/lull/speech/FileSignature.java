package org.lull.speech;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The first bytes by which a kind of file is known, to tell a user what a file is that is not a WAV file.
 *
 * @param offset where they stand
 * @param bytes as ISO 8859-1
 * @param meaning what such a file is
 * @param advice what to do with it
 */
record FileSignature(int offset, String bytes, String meaning, String advice) {
  private static final String FETCH = "fetch the sound it stands for";
  private static final String UNPACK = "unpack it first";

  /** More specific ones first. */
  private static final List<FileSignature> KNOWN = List.of(
      new FileSignature(0, "ID3", "an MP3 file (ID3 tag)", Wav.CONVERT),
      new FileSignature(0, "\u00FF\u00FB", "an MP3 file", Wav.CONVERT),
      new FileSignature(0, "\u00FF\u00FA", "an MP3 file", Wav.CONVERT),
      new FileSignature(0, "\u00FF\u00F3", "an MP3 file", Wav.CONVERT),
      new FileSignature(0, "\u00FF\u00F2", "an MP3 file", Wav.CONVERT),
      new FileSignature(0, "\u00FF\u00F1", "an AAC file", Wav.CONVERT),
      new FileSignature(0, "\u00FF\u00F9", "an AAC file", Wav.CONVERT),
      new FileSignature(0, "fLaC", "a FLAC file", Wav.CONVERT),
      new FileSignature(0, "OggS", "an Ogg file (Vorbis or Opus)", Wav.CONVERT),
      new FileSignature(4, "ftyp", "an MP4 file", Wav.CONVERT),
      new FileSignature(0, "\u001AE\u00DF\u00A3", "a WebM or Matroska file", Wav.CONVERT),
      new FileSignature(0, "FORM", "an AIFF file", Wav.CONVERT),
      new FileSignature(0, ".snd", "a Sun/NeXT .au file", Wav.CONVERT),
      new FileSignature(0, "caff", "a Core Audio file", Wav.CONVERT),
      new FileSignature(0, "#!AMR", "an AMR file", Wav.CONVERT),
      new FileSignature(0, "NIST_1A", "a NIST SPHERE file", Wav.CONVERT),
      new FileSignature(0, "RIFX", "a big-endian RIFX file", Wav.CONVERT),
      new FileSignature(0, "riff.\u0091\u00CF\u0011", "a Sony Wave64 file", Wav.CONVERT),
      new FileSignature(0, "\u0000\u0005\u0016\u0007", "what macOS keeps about a file (AppleDouble), not the file", "remove it"),
      new FileSignature(0, "RF64", "an RF64 file, for sound over 4 GB", Wav.CONVERT),
      new FileSignature(8, "AVI ", "an AVI file", Wav.CONVERT),
      new FileSignature(0, "RIFF", "a RIFF file that does not say WAVE", "copy or download it again"),
      new FileSignature(0, "version https://git-lfs", "a Git LFS pointer", "run git lfs pull"),
      new FileSignature(0, "<!DOCTYPE", "a web page", FETCH),
      new FileSignature(0, "<html", "a web page", FETCH),
      new FileSignature(0, "PK\u0003\u0004", "a ZIP archive", UNPACK),
      new FileSignature(0, "\u001F\u008B", "a gzip archive", UNPACK));

  private static final int SHOWN_BYTES = 24;

  /** What a file that is not a WAV file looks like and what to do with it, as the end of a sentence. */
  static String describe(byte[] file) {
    if (file.length == 0) {
      return "an empty file; copy or download it again";
    }
    byte[] head = Arrays.copyOf(file, Math.min(file.length, SHOWN_BYTES));
    String text = new String(head, ISO_8859_1);
    return KNOWN.stream()
        .filter(known -> text.startsWith(known.bytes, known.offset))
        .findFirst()
        .map(known -> "it looks like " + known.meaning + "; " + known.advice)
        .orElseGet(() -> text.matches("[\\t\\r\\n -~]+")
            ? "it looks like a text file that begins \"" + text.lines().findFirst().orElse("").strip() + "\"; " + FETCH
            : "it begins with the bytes " + HexFormat.ofDelimiter(" ").formatHex(head) + ", expected RIFF and WAVE; " + Wav.CONVERT);
  }
}

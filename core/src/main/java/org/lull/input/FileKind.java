// SPDX-License-Identifier: Apache-2.0
package org.lull.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The kind of a file, recognised by its first bytes. It is for messages about files that are not what was expected. All such byte patterns
 * are in this class.
 *
 * @param name as in "it looks like NAME"
 * @param content what such a file contains
 * @param advice how to convert it to something that Lull reads
 */
public record FileKind(String name, Content content, String advice) {
  /** What a kind of file contains. */
  public enum Content {
    SOUND,
    /** Weights of a network, or arrays that may be weights. */
    MODEL,
    OTHER
  }

  /** Number of bytes at the start of a file that are examined. */
  public static final int HEAD = 512;

  /** How to make a WAV file of other sound. */
  public static final String CONVERT_SOUND = "convert it first, for instance: ffmpeg -i INPUT -c:a pcm_s16le OUTPUT.wav";

  /** In advice, stands for the file. */
  private static final String INPUT = "INPUT";

  private static final String IMPORT = "make a model of Lull of it: lull import " + INPUT + " --out RUN";
  private static final String SAVE_TENSORS =
      "load it with its own library, save its tensors as .safetensors with PyTorch's names, and give that to lull import";
  private static final String FETCH = "fetch what it stands for";
  private static final String UNPACK = "unpack it first";

  private static final FileKind WAV = new FileKind("a WAV file", Content.SOUND, "use it as it is");
  /** A checkpoint of torch.save. */
  public static final FileKind PYTORCH = model("a PyTorch file (.pt, a ZIP archive with a pickle)", IMPORT);
  /** Keras's own format. */
  public static final FileKind KERAS = model("a Keras file (.keras, a ZIP archive)", IMPORT);
  /** The older format of Keras. */
  public static final FileKind HDF5 = model("an HDF5 file, as Keras writes them (.h5)", IMPORT);
  private static final FileKind ARRAYS = model("NumPy arrays (.npz, a ZIP archive)", SAVE_TENSORS);
  private static final FileKind ZIP = other("a ZIP archive", UNPACK);
  public static final FileKind SAFETENSORS = model("a safetensors file", "give it as a model");
  public static final FileKind ONNX = model("an ONNX model", IMPORT);
  private static final FileKind SAVED_MODEL = model("a TensorFlow SavedModel", SAVE_TENSORS);

  private record Signature(int offset, String bytes, FileKind kind) {}

  /** More specific ones first; bytes as ISO 8859-1. */
  private static final List<Signature> SIGNATURES = List.of(
      new Signature(0, "ID3", sound("an MP3 file (ID3 tag)")),
      new Signature(0, "\u00FF\u00FB", sound("an MP3 file")),
      new Signature(0, "\u00FF\u00FA", sound("an MP3 file")),
      new Signature(0, "\u00FF\u00F3", sound("an MP3 file")),
      new Signature(0, "\u00FF\u00F2", sound("an MP3 file")),
      new Signature(0, "\u00FF\u00F1", sound("an AAC file")),
      new Signature(0, "\u00FF\u00F9", sound("an AAC file")),
      new Signature(0, "fLaC", sound("a FLAC file")),
      new Signature(0, "OggS", sound("an Ogg file (Vorbis or Opus)")),
      new Signature(4, "ftyp", sound("an MP4 file")),
      new Signature(0, "\u001AE\u00DF\u00A3", sound("a WebM or Matroska file")),
      new Signature(0, "FORM", sound("an AIFF file")),
      new Signature(0, ".snd", sound("a Sun/NeXT .au file")),
      new Signature(0, "caff", sound("a Core Audio file")),
      new Signature(0, "#!AMR", sound("an AMR file")),
      new Signature(0, "NIST_1A", sound("a NIST SPHERE file")),
      new Signature(0, "RIFX", sound("a big-endian RIFX file")),
      new Signature(0, "riff.\u0091\u00CF\u0011", sound("a Sony Wave64 file")),
      new Signature(0, "RF64", sound("an RF64 file, for sound over 4 GB")),
      new Signature(8, "AVI ", sound("an AVI file")),
      new Signature(0, "RIFF", other("a RIFF file that does not say WAVE", "copy or download it again")),
      new Signature(0, "\u0089HDF\r\n\u001A\n", HDF5),
      new Signature(0, "\u0080\u0002\u008A\nl\u00FC\u009CF\u00F9 j\u00A8P\u0019.",
          model("a PyTorch file of before 1.6 (a pickle)", "load it in PyTorch and save its state_dict() again")),
      new Signature(0, "\u0080\u0002", pickle()),
      new Signature(0, "\u0080\u0003", pickle()),
      new Signature(0, "\u0080\u0004", pickle()),
      new Signature(0, "\u0080\u0005", pickle()),
      new Signature(0, "\u0093NUMPY", model("a NumPy array (.npy)", SAVE_TENSORS)),
      new Signature(0, "GGUF", model("a GGUF file (llama.cpp)", SAVE_TENSORS)),
      new Signature(4, "TFL3", model("a TensorFlow Lite model (.tflite)", SAVE_TENSORS)),
      new Signature(0, "lull-log-1\n", other("a log of records of lull", "give the model.safetensors it belongs to")),
      new Signature(0, "\u0000\u0005\u0016\u0007", other("what macOS keeps about a file (AppleDouble), not the file", "remove it")),
      new Signature(0, "version https://git-lfs", other("a Git LFS pointer", "run git lfs pull")),
      new Signature(0, "<!DOCTYPE", other("a web page", FETCH)),
      new Signature(0, "<!doctype", other("a web page", FETCH)),
      new Signature(0, "<html", other("a web page", FETCH)),
      new Signature(257, "ustar", other("a tar archive", UNPACK)),
      new Signature(0, "\u001F\u008B", other("a gzip archive", UNPACK)));

  private static FileKind sound(String name) {
    return new FileKind(name, Content.SOUND, CONVERT_SOUND);
  }

  private static FileKind model(String name, String advice) {
    return new FileKind(name, Content.MODEL, advice);
  }

  private static FileKind other(String name, String advice) {
    return new FileKind(name, Content.OTHER, advice);
  }

  private static FileKind pickle() {
    return model("a Python pickle", SAVE_TENSORS);
  }

  /** The advice, with the name of the file in it. */
  public String adviceFor(Object file) {
    return advice.replace(INPUT, file.toString());
  }

  /**
   * The kind of a file with these first bytes.
   *
   * @param file the first {@link #HEAD} bytes, or all bytes of a shorter file; further bytes are ignored
   */
  public static Optional<FileKind> of(byte[] file) {
    byte[] head = Arrays.copyOf(file, Math.min(file.length, HEAD));
    String text = new String(head, ISO_8859_1);
    if (text.startsWith("PK\u0003\u0004")) {
      return Optional.of(zip(head, text));
    }
    if (text.startsWith("RIFF") && text.startsWith("WAVE", Long.BYTES)) {
      return Optional.of(WAV);
    }
    if (text.startsWith("{", Long.BYTES) && text.startsWith("\0\0\0\0", Integer.BYTES)) { // behind the length of a header
      return Optional.of(SAFETENSORS);
    }
    Optional<FileKind> known =
        SIGNATURES.stream().filter(each -> text.startsWith(each.bytes, each.offset)).map(Signature::kind).findFirst();
    return known.isPresent() ? known : protocolBuffer(head);
  }

  /** Archives differ in the name of their first file. */
  private static FileKind zip(byte[] head, String text) {
    int nameAt = 30;
    int length = head.length < nameAt ? 0 : ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getShort(26) & 0xFFFF;
    String first = text.substring(Math.min(nameAt, text.length()), Math.min(nameAt + length, text.length()));
    if (first.matches(".*/(data\\.pkl|constants\\.pkl|version|byteorder|\\.format_version|data/.*|code/.*)")) {
      return PYTORCH;
    }
    if (first.endsWith(".npy")) {
      return ARRAYS;
    }
    return first.matches("metadata\\.json|config\\.json|model\\.weights\\.h5") ? KERAS : ZIP;
  }

  /** These have no signature, but their first field is a small version number, and a string, a graph or a list of such comes next. */
  private static Optional<FileKind> protocolBuffer(byte[] head) {
    boolean begins = head.length >= 4 && head[0] == 0x08 && head[1] >= 1 && head[1] < 32;
    if (!begins || !List.of(0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42).contains((int) head[2])) {
      return Optional.empty();
    }
    return Optional.of(head[1] == 1 ? SAVED_MODEL : ONNX);
  }
}

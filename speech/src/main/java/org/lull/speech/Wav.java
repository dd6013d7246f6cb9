// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;
import org.lull.input.FileKind;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/**
 * Reads and writes sound files in the RIFF/WAVE format: a header, then chunks of {@code id, size, content}, all little endian. It reads PCM
 * of 8 to 32 bits and IEEE float of 32 and 64 bits, at any sample rate. The channels are averaged to one. It writes 16-bit mono PCM. Wrong
 * headers are accepted if their meaning is certain, and the {@link Flaw} is recorded in the {@link Audio}.
 *
 * <p>Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", 1991, and the WAVEFORMATEXTENSIBLE pages.
 */
public final class Wav {
  /** Size of the longest file that is read, over two hours at 16 kHz and 16 bits. A clip is held in memory as a whole. */
  private static final int MAX_BYTES = 1 << 28;

  private static final int CHUNK_HEADER_BYTES = 8;
  private static final int WRITTEN_HEADER_BYTES = 44;

  static final String CONVERT = FileKind.CONVERT_SOUND;

  private Wav() {}

  /**
   * Reads a file.
   *
   * @throws InvalidInputException if there is no such file, or it is not sound this class reads; the message names file and reason
   */
  public static Audio read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file + (Files.exists(file) ? ": not a file" : ": no such file") + "; expected a WAV file");
    }
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw new InvalidInputException(
            "%s: %d MiB, expected at most %d; cut it into clips first".formatted(file, size >> 20, MAX_BYTES >> 20));
      }
      return read(Files.readAllBytes(file), file.toString());
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + AtomicFile.reason(e), e);
    }
  }

  /**
   * Reads the content of a file.
   *
   * @param name name for messages
   * @throws InvalidInputException if it is not sound this class reads; the message begins with the name
   */
  public static Audio read(byte[] bytes, String name) {
    return new WavReader(bytes, name).read();
  }

  /**
   * Writes 16-bit mono PCM. The file appears complete or not at all.
   *
   * @param audio samples beyond -1..1 are clipped
   * @throws InvalidInputException if the file cannot be written
   */
  public static void write(Path file, Audio audio) {
    float[] samples = audio.samples();
    if (samples.length == 0 || samples.length > (MAX_BYTES - WRITTEN_HEADER_BYTES) / Short.BYTES) {
      throw new IllegalArgumentException(file + ": " + samples.length + " samples cannot be read back");
    }
    write(file, audio.rate(), samples.length, _ -> samples);
  }

  /**
   * Writes 16-bit mono PCM of any length up to the 4 GiB of the format, piece by piece. The file appears complete or not at all.
   *
   * @param samples how many there are in all
   * @param pieces gives piece 0, 1, ... until there are so many; what is more of the last is left out. Samples beyond -1..1 are clipped
   * @throws InvalidInputException if the file cannot be written
   */
  public static void write(Path file, int rate, long samples, IntFunction<float[]> pieces) {
    long dataBytes = samples * Short.BYTES;
    if (samples < 1 || dataBytes + WRITTEN_HEADER_BYTES >= 1L << 32) {
      throw new InvalidInputException(file + ": " + samples + " samples, expected 1 to 2147483600, as many as a WAV file can hold");
    }
    AtomicFile.write(file, out -> {
      out.write(header(rate, dataBytes));
      long left = samples;
      for (int number = 0; left > 0; number++) {
        float[] piece = pieces.apply(number);
        int count = (int) Math.min(left, piece.length);
        out.write(encoded(file, piece, count, samples - left));
        left -= count;
      }
    });
  }

  private static byte[] header(int rate, long dataBytes) {
    ByteBuffer bytes = ByteBuffer.allocate(WRITTEN_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("RIFF".getBytes(ISO_8859_1)).putInt((int) (dataBytes + WRITTEN_HEADER_BYTES - CHUNK_HEADER_BYTES));
    bytes.put("WAVE".getBytes(ISO_8859_1)).put("fmt ".getBytes(ISO_8859_1)).putInt(WavFormat.MIN_BYTES);
    bytes.putShort((short) WavFormat.PCM).putShort((short) 1).putInt(rate);
    bytes.putInt(rate * Short.BYTES).putShort((short) Short.BYTES).putShort((short) Short.SIZE);
    return bytes.put("data".getBytes(ISO_8859_1)).putInt((int) dataBytes).array();
  }

  private static byte[] encoded(Path file, float[] samples, int count, long first) {
    ByteBuffer bytes = ByteBuffer.allocate(count * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(samples[i])) {
        throw new IllegalArgumentException(file + ": sample " + (first + i) + " is " + samples[i]);
      }
      bytes.putShort((short) Math.clamp(Math.round(samples[i] * 32768.0), Short.MIN_VALUE, Short.MAX_VALUE));
    }
    return bytes.array();
  }
}

package org.lull.speech;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/**
 * Sound files in the RIFF/WAVE format: a header, then chunks of {@code id, size, content}, all little endian. Read are PCM of 8, 16, 24 and
 * 32 bits and IEEE float of 32 and 64, at any sample rate, any number of channels mixed down to their mean; written is 16-bit mono PCM.
 *
 * <p>Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", 1991, and the WAVEFORMATEXTENSIBLE pages.
 */
public final class Wav {
  /** Longest file that is read. A clip is held in memory whole: this is over two hours of it at 16 kHz and 16 bits. */
  private static final int MAX_BYTES = 1 << 28;

  /** From here on a chunk size is what a writer put there that could not seek back to fill it in: 0xFFFFFFFF, 0x7FFFF000 and the like. */
  private static final long PLACEHOLDER_SIZE = 0x7FFF_F000L;

  private static final int RIFF_HEADER_BYTES = 12;
  private static final int CHUNK_HEADER_BYTES = 8;
  private static final int WRITTEN_HEADER_BYTES = 44;

  static final String CONVERT = "convert it first, for instance: ffmpeg -i INPUT -c:a pcm_s16le OUTPUT.wav";

  private Wav() {}

  /**
   * Reads a file.
   *
   * @throws InvalidInputException where there is no such file, or it is not sound this class reads; the message names file and reason
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
   * @param name what messages call it
   * @throws InvalidInputException where it is not sound this class reads; the message begins with the name
   */
  public static Audio read(byte[] bytes, String name) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < RIFF_HEADER_BYTES || !id(bytes, 0).equals("RIFF") || !id(bytes, 8).equals("WAVE")) {
      throw new InvalidInputException(name + ": not a WAV file: " + FileSignature.describe(bytes));
    }
    long riffSize = Integer.toUnsignedLong(file.getInt(4));
    file.position(RIFF_HEADER_BYTES);
    WavFormat format = null;
    while (file.remaining() >= CHUNK_HEADER_BYTES) {
      String id = id(bytes, file.position());
      long size = Integer.toUnsignedLong(file.getInt(file.position() + 4));
      file.position(file.position() + CHUNK_HEADER_BYTES);
      if (id.equals("data")) {
        if (format == null) {
          throw new InvalidInputException(name + ": no fmt chunk before the data, so its rate is unknown; write the file again");
        }
        return new Audio(format.decode(data(file, size, riffSize, format, name), name), format.rate());
      }
      ByteBuffer chunk = chunk(file, id, size, name);
      if (id.equals("fmt ")) {
        format = WavFormat.parse(chunk, name);
      }
      long next = file.position() + size + (size & 1); // chunks begin at even offsets
      file.position((int) Math.min(next, file.limit()));
    }
    throw new InvalidInputException("%s: no %s in its %d bytes; the file was probably cut short, copy or download it again"
        .formatted(name, format == null ? "fmt and no data chunk" : "data chunk", bytes.length));
  }

  /**
   * Writes 16-bit mono PCM. The file appears complete or not at all.
   *
   * @param audio samples beyond -1..1 are clipped
   * @throws InvalidInputException where the file cannot be written
   */
  public static void write(Path file, Audio audio) {
    float[] samples = audio.samples();
    if (samples.length == 0 || samples.length > (MAX_BYTES - WRITTEN_HEADER_BYTES) / Short.BYTES) {
      throw new IllegalArgumentException(file + ": " + samples.length + " samples cannot be read back");
    }
    ByteBuffer bytes = ByteBuffer.allocate(WRITTEN_HEADER_BYTES + samples.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("RIFF".getBytes(ISO_8859_1)).putInt(bytes.capacity() - CHUNK_HEADER_BYTES).put("WAVE".getBytes(ISO_8859_1));
    bytes.put("fmt ".getBytes(ISO_8859_1)).putInt(WavFormat.MIN_BYTES);
    bytes.putShort((short) WavFormat.PCM).putShort((short) 1).putInt(audio.rate());
    bytes.putInt(audio.rate() * Short.BYTES).putShort((short) Short.BYTES).putShort((short) Short.SIZE);
    bytes.put("data".getBytes(ISO_8859_1)).putInt(samples.length * Short.BYTES);
    for (int i = 0; i < samples.length; i++) {
      if (!Float.isFinite(samples[i])) {
        throw new IllegalArgumentException(file + ": sample " + i + " is " + samples[i]);
      }
      bytes.putShort((short) Math.clamp(Math.round(samples[i] * 32768.0), Short.MIN_VALUE, Short.MAX_VALUE));
    }
    AtomicFile.write(file, out -> out.write(bytes.array()));
  }

  /** The samples that follow the header of the data chunk, at which the file stands. */
  private static ByteBuffer data(ByteBuffer file, long size, long riffSize, WavFormat format, String name) {
    // a size of 0 is a placeholder too unless the outer size counts what follows it
    long riffEnd = CHUNK_HEADER_BYTES + riffSize;
    boolean streamed = size >= PLACEHOLDER_SIZE || (size == 0 && (riffSize >= PLACEHOLDER_SIZE || riffEnd <= file.position()));
    if (streamed) {
      size = file.remaining() - file.remaining() % format.frameBytes(); // such a writer may have been stopped anywhere
    }
    if (size == 0) {
      throw new InvalidInputException(name + ": zero-length: the data chunk holds no samples; remove the file or record it again");
    }
    if (size <= file.remaining() && size % format.frameBytes() != 0) {
      throw new InvalidInputException("%s: damaged: %d bytes of data are no whole number of %d-byte sample frames; write the file again"
          .formatted(name, size, format.frameBytes()));
    }
    return chunk(file, "data", size, name);
  }

  private static ByteBuffer chunk(ByteBuffer file, String id, long size, String name) {
    if (size > file.remaining()) {
      throw new InvalidInputException("%s: truncated: the %s chunk says %d bytes, %d are there (%d missing); copy or download it again"
          .formatted(name, printable(id), size, file.remaining(), size - file.remaining()));
    }
    return file.slice(file.position(), (int) size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String id(byte[] bytes, int offset) {
    return new String(bytes, offset, 4, ISO_8859_1);
  }

  private static String printable(String id) {
    return id.strip().replaceAll("[^ -~]", "?");
  }
}

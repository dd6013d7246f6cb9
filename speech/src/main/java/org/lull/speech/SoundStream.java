// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/**
 * Sound of any length that is read as it comes: a WAV file, or raw PCM. It is never held as a whole. Channels are averaged. Reading
 * allocates nothing. Only one thread may use it.
 */
public final class SoundStream implements AutoCloseable {
  /** How raw samples are stored: little endian, one channel. */
  public enum Encoding {
    /** 16-bit integers, as arecord calls S16_LE. */
    S16,
    /** 32-bit floats, as arecord calls FLOAT_LE. */
    F32;

    /** @throws InvalidInputException if there is none of that name */
    public static Encoding named(String name) {
      for (Encoding encoding : values()) {
        if (encoding.toString().equals(name)) {
          return encoding;
        }
      }
      throw new InvalidInputException("format \"" + name + "\" is unknown; choose s16 or f32");
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final long TO_THE_END = Long.MAX_VALUE;
  /** Sizes from here on are placeholders of writers that cannot go back and fill them in. */
  private static final long PLACEHOLDER = 0x7FFF_F000L;
  private static final int CHUNK_HEADER_BYTES = 8;
  private static final int LARGEST_FORMAT = 1 << 16;
  private static final int BUFFER = 1 << 14;

  private final InputStream in;
  private final String name;
  private final WavFormat format;
  private final long announced; // bytes of the data, or TO_THE_END
  private final byte[] bytes;
  private final ByteBuffer buffer;
  private final Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
  private int filled; // bytes that are read but not decoded
  private long read; // bytes of the data
  private long samples;
  private boolean ended;

  private SoundStream(InputStream in, String name, WavFormat format, long announced) {
    this.in = in;
    this.name = name;
    this.format = format;
    this.announced = announced;
    bytes = new byte[BUFFER - BUFFER % format.frameBytes()];
    buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Raw samples of one channel.
   *
   * @param rate samples a second
   */
  public static SoundStream pcm(InputStream in, String name, int rate, Encoding encoding) {
    if (rate < 1000 || rate > 1_000_000) {
      throw new InvalidInputException("rate: " + rate + ", expected 1000 to 1000000 samples a second");
    }
    WavFormat format = encoding == Encoding.S16 ? new WavFormat(false, 1, rate, 16) : new WavFormat(true, 1, rate, 32);
    return new SoundStream(in, name, format, TO_THE_END);
  }

  /**
   * A WAV file; its header is read now. A data size of 0, or one that is a placeholder, means that the sound goes on to the end.
   *
   * @throws InvalidInputException if it is no WAV file, or of a kind that is not read
   */
  public static SoundStream wav(InputStream in, String name) {
    try {
      byte[] header = in.readNBytes(12);
      String riff = header.length < 12 ? "" : new String(header, 0, 4, ISO_8859_1);
      if (!riff.equals("RIFF") && !riff.equals("RF64") || !new String(header, 8, 4, ISO_8859_1).equals("WAVE")) {
        throw new InvalidInputException(name + ": not a WAV file, which begins with RIFF; of raw PCM give --rate (and --format), or "
            + Wav.CONVERT);
      }
      return chunks(in, name);
    } catch (IOException e) {
      throw new InvalidInputException(name + ": cannot be read: " + AtomicFile.reason(e), e);
    }
  }

  private static SoundStream chunks(InputStream in, String name) throws IOException {
    WavFormat format = null;
    while (true) {
      byte[] header = in.readNBytes(CHUNK_HEADER_BYTES);
      if (header.length < CHUNK_HEADER_BYTES) {
        throw new InvalidInputException(name + ": ends before its " + (format == null ? "fmt" : "data") + " chunk; write the file again");
      }
      String id = new String(header, 0, 4, ISO_8859_1);
      long size = Integer.toUnsignedLong(ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(4));
      if (id.equals("data")) {
        if (format == null) {
          throw new InvalidInputException(name + ": no fmt chunk before the data, so its rate is unknown; write the file again");
        }
        return new SoundStream(in, name, format, size == 0 || size >= PLACEHOLDER ? TO_THE_END : size);
      }
      if (id.equals("fmt ") && size <= LARGEST_FORMAT) {
        byte[] content = in.readNBytes((int) size);
        format = WavFormat.parse(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN), name);
        in.skipNBytes(size & 1);
      } else {
        in.skipNBytes(size + (size & 1));
      }
    }
  }

  /** Samples a second. */
  public int rate() {
    return format.rate();
  }

  /**
   * Reads what there is, and waits until there is something.
   *
   * @param into full scale is -1..1
   * @return how many samples; -1 at the end
   * @throws InvalidInputException if a sample is not a finite number, or reading fails
   */
  public int read(float[] into) {
    int frame = format.frameBytes();
    while (filled < frame && !ended) {
      fill(Math.min(bytes.length, into.length * frame));
    }
    int count = Math.min(into.length, filled / frame);
    if (count == 0) {
      if (filled > 0) {
        flaws.add(Flaw.PARTIAL_FRAME);
        filled = 0;
      }
      return -1;
    }
    buffer.clear().limit(count * frame);
    format.decode(buffer, into, count, samples, name, flaws);
    samples += count;
    filled -= count * frame;
    System.arraycopy(bytes, count * frame, bytes, 0, filled);
    return count;
  }

  private void fill(int most) {
    long left = announced - read;
    int wanted = (int) Math.min(left, most - filled);
    if (wanted <= 0) {
      ended = true;
      return;
    }
    try {
      int n = in.read(bytes, filled, wanted);
      if (n < 0) {
        ended = true;
        return;
      }
      filled += n;
      read += n;
    } catch (IOException e) {
      throw new InvalidInputException(name + ": cannot be read: " + AtomicFile.reason(e), e);
    }
  }

  /** Samples read so far. */
  public long samples() {
    return samples;
  }

  /** Bytes that the header announces and that did not come; 0 where the header does not say, or before the end. */
  public long missing() {
    return ended && announced != TO_THE_END ? announced - read : 0;
  }

  /** What was wrong with it so far. */
  public Set<Flaw> flaws() {
    return Set.copyOf(flaws);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new InvalidInputException(name + ": cannot be closed: " + AtomicFile.reason(e), e);
    }
  }
}

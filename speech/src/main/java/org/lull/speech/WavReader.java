// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.lull.input.InvalidInputException;

/** Reads the chunks of one WAV file up to its data. The sizes of chunks are checked against the length of the file. */
final class WavReader {
  /** Chunk sizes from here on are placeholders of writers that could not seek back to fill in the size: 0xFFFFFFFF, 0x7FFFF000. */
  private static final long PLACEHOLDER_SIZE = 0x7FFF_F000L;

  private static final int RIFF_HEADER_BYTES = 12;
  private static final int CHUNK_HEADER_BYTES = 8;

  /** A RIFF size may be this much too large, because some writers count its header too. */
  private static final int HEADER_SLACK = CHUNK_HEADER_BYTES;

  /** Chunks that are found even if the chunk before them has an odd size and was not padded. */
  private static final List<String> COMMON = List.of("fmt ", "data", "LIST", "fact");

  private static final String WRITE_AGAIN = "write the file again or " + Wav.CONVERT;
  private static final String COPY_AGAIN = "copy or download it again";

  private final byte[] bytes;
  private final String name;
  private final ByteBuffer file;
  private final Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);

  /** End of the file according to the RIFF size. */
  private long riffEnd;

  WavReader(byte[] bytes, String name) {
    this.bytes = bytes;
    this.name = name;
    this.file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  Audio read() {
    if (bytes.length < RIFF_HEADER_BYTES || !id(0).equals("RIFF") || !id(8).equals("WAVE")) {
      throw new InvalidInputException(name + ": not a WAV file: " + FileSignature.describe(bytes));
    }
    riffEnd = CHUNK_HEADER_BYTES + size(4);
    WavFormat format = null;
    String before = "RIFF";
    long at = RIFF_HEADER_BYTES;
    while (at + CHUNK_HEADER_BYTES <= bytes.length) {
      String id = id((int) at);
      if (!isId(id)) {
        throw noChunk((int) at, before);
      }
      int content = (int) at + CHUNK_HEADER_BYTES;
      long size = size(content - 4);
      if (id.equals("data")) {
        if (format == null) {
          throw new InvalidInputException(name + ": no fmt chunk before the data, so its rate is unknown; write the file again");
        }
        float[] samples = format.decode(data(content, size, format), name, flaws);
        return new Audio(samples, format.rate(), flaws);
      }
      if (size > bytes.length - content) {
        throw tooLong(id, size, content);
      }
      if (id.equals("fmt ")) {
        format = WavFormat.parse(slice(content, size), name);
      }
      before = id;
      at = next(content + size, size);
    }
    String missing = format == null ? "fmt and no data chunk" : "data chunk";
    throw new InvalidInputException("%s: no %s in its %d bytes; %s".formatted(name, missing, bytes.length,
        wasCut() ? "the file was probably cut short, " + COPY_AGAIN : WRITE_AGAIN));
  }

  /** The whole sample frames of the data chunk. */
  private ByteBuffer data(int content, long size, WavFormat format) {
    long there = bytes.length - content;
    long length;
    if (isPlaceholder(size, content)) {
      length = there - there % format.frameBytes(); // such a writer may have been stopped anywhere
    } else if (contradicts(size, content)) {
      flaws.add(Flaw.WRONG_SIZE);
      length = there - there % format.frameBytes();
    } else if (size > there) {
      throw tooLong("data", size, content);
    } else {
      length = size - size % format.frameBytes();
      if (length < size) {
        flaws.add(Flaw.PARTIAL_FRAME);
      }
      if (isFollowedBySound(next(content + size, size))) {
        flaws.add(Flaw.MORE_SOUND);
      } else if (!isChunkOrNothing(next(content + size, size))) {
        flaws.add(Flaw.UNREAD_REST);
      }
    }
    if (length == 0) {
      throw new InvalidInputException(name + ": zero-length: the data chunk holds no whole sample; remove the file or record it again");
    }
    return slice(content, length);
  }

  /** A size of 0 is a placeholder too, unless the RIFF size includes the bytes after it. */
  private boolean isPlaceholder(long size, int content) {
    return size >= PLACEHOLDER_SIZE
        || size == 0 && (riffEnd >= CHUNK_HEADER_BYTES + PLACEHOLDER_SIZE || riffEnd <= content);
  }

  /**
   * Whether the size of the data is wrong but the RIFF size is right, so that nothing was cut off. The data would end after the end of the
   * RIFF chunk; or its size is 0, and the bytes that follow are no chunk.
   */
  private boolean contradicts(long size, int content) {
    boolean whole = riffEnd > content && riffEnd <= (long) bytes.length + HEADER_SLACK;
    boolean beyond = content + size > bytes.length && content + size > riffEnd + 1; // a byte of padding may not be counted
    return whole && (beyond || size == 0 && !isChunkOrNothing(content));
  }

  /** Whether one of the chunks from this place on is sound, or the beginning of another file. */
  private boolean isFollowedBySound(long from) {
    long at = from;
    while (at + CHUNK_HEADER_BYTES <= bytes.length && isId(id((int) at))) {
      if (id((int) at).equals("data") || id((int) at).equals("RIFF")) {
        return true;
      }
      long size = size((int) at + 4);
      at = next(at + CHUNK_HEADER_BYTES + size, size);
    }
    return false;
  }

  /** Whether the bytes at this place may follow a chunk: another chunk, the end of the RIFF chunk, or zeros that fill up a block. */
  private boolean isChunkOrNothing(long at) {
    if (at + CHUNK_HEADER_BYTES > Math.min(bytes.length, riffEnd) || isId(id((int) at))) {
      return true;
    }
    for (int i = (int) at; i < bytes.length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Position of the next chunk: at an even offset, unless the writer forgot the padding. */
  private long next(long end, long size) {
    boolean unpadded = (size & 1) == 1 && end + 4 <= bytes.length && COMMON.contains(id((int) end));
    return end + (unpadded ? 0 : size & 1);
  }

  /** Whether the file is shorter than its RIFF size. */
  private boolean wasCut() {
    return riffEnd > bytes.length;
  }

  private InvalidInputException tooLong(String id, long size, int content) {
    long there = bytes.length - content;
    return new InvalidInputException("%s: %s: the %s chunk says %d bytes, %d are there (%d missing); %s".formatted(
        name, wasCut() ? "truncated" : "damaged or truncated", id.strip(), size, there, size - there, COPY_AGAIN));
  }

  private InvalidInputException noChunk(int at, String before) {
    byte[] found = new byte[Math.min(CHUNK_HEADER_BYTES, bytes.length - at)];
    file.get(at, found);
    return new InvalidInputException(
        "%s: damaged: no chunk begins at byte %d, where the size of the %s chunk leads to, but the bytes %s; %s".formatted(
            name, at, before.strip(), HexFormat.ofDelimiter(" ").formatHex(found), WRITE_AGAIN));
  }

  private ByteBuffer slice(int from, long length) {
    return file.slice(from, (int) length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private long size(int at) {
    return Integer.toUnsignedLong(file.getInt(at));
  }

  private String id(int at) {
    return new String(bytes, at, 4, ISO_8859_1);
  }

  /** Whether this may be the name of a chunk: four printable characters. */
  private static boolean isId(String id) {
    return id.chars().allMatch(c -> c >= ' ' && c <= '~');
  }
}

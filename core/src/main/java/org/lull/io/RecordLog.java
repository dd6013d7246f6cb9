// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.lull.input.InvalidInputException;

/**
 * An append-only file of records. When {@link #append} returns, the record is on the disk, even if the process or the power fails. Every
 * record has checksums. Only one thread may use it at a time.
 *
 * <pre>
 *   {@value #MAGIC}              once
 *   length, CRC-32C of it        4 bytes each, big endian
 *   content                      length bytes
 *   CRC-32C of it                4 bytes
 *   end mark                     a newline
 * </pre>
 *
 * A write that was cut off leaves a last record without its end mark: it has fewer bytes, or zeros where the disk had reserved space. Only
 * such a record is dropped when the file is opened; it was never acknowledged. Anything else that does not match is damage, and is refused.
 */
public final class RecordLog implements AutoCloseable {
  private static final String MAGIC = "lull-log-1\n";
  private static final int BEGIN = MAGIC.length();
  private static final int HEADER = 2 * Integer.BYTES;
  private static final int TRAILER = Integer.BYTES + 1;
  /** Not 0, nor one bit from it: what a disk gives for bytes that were never written is not taken for it. */
  private static final byte END_MARK = '\n';
  /** Longest content of a record, bytes. */
  public static final int LONGEST = 1 << 28;

  private final Path file;
  private FileChannel channel;
  private long end;
  private IOException broken;
  private boolean closed;

  private RecordLog(Path file, FileChannel channel, long end) {
    this.file = file;
    this.channel = channel;
    this.end = end;
  }

  /**
   * Creates the file with these records, atomically. An existing file is replaced; if this fails, it is unchanged.
   *
   * @throws InvalidInputException if it cannot be written
   */
  public static RecordLog create(Path file, Iterable<byte[]> records) {
    write(file, records);
    return open(file, _ -> {}, _ -> {});
  }

  private static void write(Path file, Iterable<byte[]> records) {
    AtomicFile.write(file, out -> {
      out.write(MAGIC.getBytes(StandardCharsets.US_ASCII));
      for (byte[] record : records) {
        out.write(framed(record).array());
      }
    });
  }

  private static ByteBuffer framed(byte[] content) {
    if (content.length > LONGEST) {
      throw new IllegalArgumentException("a record of " + content.length + " bytes, expected at most " + LONGEST);
    }
    ByteBuffer frame = ByteBuffer.allocate(HEADER + content.length + TRAILER);
    frame.putInt(content.length).putInt(checksum(frame.array(), 0, Integer.BYTES));
    frame.put(content).putInt(checksum(content, 0, content.length)).put(END_MARK);
    return frame.flip();
  }

  private static int checksum(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  /**
   * Opens the file.
   *
   * @param reader receives the records in order
   * @param warnings receives a sentence if a record was cut off and dropped
   * @throws InvalidInputException if the file is missing, not such a file, or damaged
   */
  public static RecordLog open(Path file, Consumer<byte[]> reader, Consumer<String> warnings) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      long end = read(file, channel, reader);
      long surplus = channel.size() - end;
      if (surplus > 0) {
        channel.truncate(end);
        channel.force(true);
        warnings.accept(file + ": the last " + surplus + " bytes are a record that was cut off as it was written, and were dropped");
      }
      return new RecordLog(file, channel, end);
    } catch (IOException e) {
      close(channel);
      throw new InvalidInputException(file + " cannot be read: " + AtomicFile.reason(e), e);
    } catch (RuntimeException e) {
      close(channel);
      throw e;
    }
  }

  /**
   * Reads the file without changing it.
   *
   * @param reader receives the records in order
   * @return number of bytes at the end that belong to a record that was cut off
   * @throws InvalidInputException if the file is missing, not such a file, or damaged
   */
  public static long read(Path file, Consumer<byte[]> reader) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.size() - read(file, channel, reader);
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read: " + AtomicFile.reason(e), e);
    }
  }

  /** Where the last whole record ends. */
  private static long read(Path file, FileChannel channel, Consumer<byte[]> reader) throws IOException {
    if (!MAGIC.equals(new String(bytes(channel, 0, BEGIN), StandardCharsets.US_ASCII))) {
      throw new InvalidInputException(file + ": does not begin with \"" + MAGIC.strip() + "\", so it is no log of records, or damaged");
    }
    long at = BEGIN;
    while (channel.size() - at >= HEADER) {
      byte[] header = bytes(channel, at, HEADER);
      int length = ByteBuffer.wrap(header).getInt();
      if (checksum(header, 0, Integer.BYTES) != ByteBuffer.wrap(header).getInt(Integer.BYTES)) {
        if (isZero(channel, at + HEADER)) {
          return at;
        }
        throw damaged(file, at, channel.size());
      }
      if (length < 0 || length > LONGEST) {
        throw damaged(file, at, channel.size());
      }
      ByteBuffer rest = ByteBuffer.wrap(bytes(channel, at + HEADER, length + TRAILER));
      long next = at + HEADER + length + TRAILER;
      if (rest.limit() < length + TRAILER || rest.get(length + Integer.BYTES) == 0 && isZero(channel, next)) {
        return at;
      }
      if (checksum(rest.array(), 0, length) != rest.getInt(length) || rest.get(length + Integer.BYTES) != END_MARK) {
        throw damaged(file, at, channel.size());
      }
      byte[] content = new byte[length];
      rest.get(content);
      reader.accept(content);
      at = next;
    }
    return at;
  }

  /** So many bytes, or as many as there are. */
  private static byte[] bytes(FileChannel channel, long at, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.max(0, Math.min(count, channel.size() - at)));
    while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) >= 0) {
      // a read may give less than was asked for
    }
    return buffer.array();
  }

  private static boolean isZero(FileChannel channel, long from) throws IOException {
    for (long at = from; at < channel.size(); at += 1 << 16) {
      if (!isZero(bytes(channel, at, 1 << 16))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static InvalidInputException damaged(Path file, long at, long size) {
    return new InvalidInputException(file + ": the record at byte " + at + " of " + size
        + " is damaged; put back a copy of the file, or cut it off there (truncate -s " + at + ") to go on with what comes before");
  }

  /**
   * Appends a record. If this fails, the file is unchanged. An interrupt of the thread does not stop it.
   *
   * @throws InvalidInputException if it cannot be written
   */
  public void append(byte[] content) {
    requireOpen();
    if (broken != null) {
      throw unwritable(broken);
    }
    try {
      Uninterrupted.run(() -> write(framed(content)));
    } catch (IOException e) {
      takeBack(e);
      throw unwritable(e);
    }
  }

  /** The file may be another's after it was closed. */
  private void requireOpen() {
    if (closed) {
      throw new InvalidInputException("cannot write " + file + ": it was closed; open it again", new ClosedChannelException());
    }
  }

  private Void write(ByteBuffer frame) throws IOException {
    if (!channel.isOpen() && !closed) { // by an interrupt
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
    while (frame.hasRemaining()) {
      channel.write(frame, end + frame.position());
    }
    channel.force(false);
    end += frame.limit();
    return null;
  }

  /** Whether the rest of a record is on the disk is not known: it must go before another is written. */
  private void takeBack(IOException e) {
    boolean interrupted = Thread.interrupted(); // which has closed the channel, and would again
    try {
      if (!channel.isOpen() && !closed) {
        channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      }
      channel.truncate(end);
      channel.force(true);
    } catch (IOException worse) {
      e.addSuppressed(worse);
      broken = e;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private InvalidInputException unwritable(IOException e) {
    return new InvalidInputException("cannot write " + file + ": " + AtomicFile.reason(e) + "; make room, then try again"
        + (broken == null ? "" : " after a restart"), e);
  }

  /**
   * Replaces all records, atomically. If this fails, the file is unchanged.
   *
   * @throws InvalidInputException if it cannot be written
   */
  public void replace(Iterable<byte[]> records) {
    requireOpen();
    write(file, records);
    close(channel);
    try {
      end = Uninterrupted.run(() -> {
        channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return channel.size();
      });
      broken = null;
    } catch (IOException e) {
      broken = e;
      throw unwritable(e);
    }
  }

  /** Size of the file in bytes. */
  public long size() {
    return end;
  }

  @Override
  public void close() {
    closed = true;
    close(channel);
  }

  private static void close(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // everything appended is on the disk already
    }
  }
}

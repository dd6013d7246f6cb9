// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.zip.CRC32C;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/**
 * A file of events as TensorBoard reads it: a record for each step, appended whole. A record is a length, its checksum, the bytes and their
 * checksum (the framing of TFRecord); the bytes are an {@code Event} message of TensorFlow's event.proto in the encoding of Protocol
 * Buffers, of which only the few fields are written that scalars need.
 */
public final class EventFile {
  /** Fields of Event. */
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  /** Field of Summary. */
  private static final int VALUE = 1;
  /** Fields of Summary.Value. */
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;

  private static final String VERSION = "brain.Event:2";
  private static final int MASK_DELTA = 0xa282ead8;

  private final Path file;

  private EventFile(Path file) {
    this.file = file;
  }

  /**
   * Makes a file in a folder, which is made too. TensorBoard shows each folder as a run.
   *
   * @throws InvalidInputException if it cannot be written
   */
  public static EventFile create(Path folder) {
    Instant now = Instant.now();
    EventFile events = new EventFile(folder.resolve("events.out.tfevents." + now.getEpochSecond() + ".lull"));
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw events.notWritten(e);
    }
    Message event = new Message();
    event.fixed64(WALL_TIME, seconds(now));
    event.bytes(FILE_VERSION, VERSION.getBytes(StandardCharsets.UTF_8));
    events.append(event);
    return events;
  }

  public Path path() {
    return file;
  }

  /**
   * Adds the figures of a step.
   *
   * @param figures by their tags; a part before a slash is a group of charts
   * @throws InvalidInputException if they cannot be written
   */
  public void add(long step, Map<String, Double> figures) {
    Message summary = new Message();
    figures.forEach((tag, figure) -> {
      Message value = new Message();
      value.bytes(TAG, tag.getBytes(StandardCharsets.UTF_8));
      value.fixed32(SIMPLE_VALUE, figure.floatValue());
      summary.bytes(VALUE, value.toByteArray());
    });
    Message event = new Message();
    event.fixed64(WALL_TIME, seconds(Instant.now()));
    event.varint(STEP, step);
    event.bytes(SUMMARY, summary.toByteArray());
    append(event);
  }

  private static double seconds(Instant time) {
    return time.toEpochMilli() / 1e3;
  }

  private void append(Message event) {
    byte[] data = event.toByteArray();
    ByteBuffer record = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(maskedChecksum(record.array(), 0, Long.BYTES));
    record.put(data);
    record.putInt(maskedChecksum(data, 0, data.length)).flip();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (record.hasRemaining()) {
        channel.write(record);
      }
    } catch (IOException e) {
      throw notWritten(e);
    }
  }

  /** CRC-32C, rotated and moved, so that the checksum of data that holds checksums is not weak. */
  private static int maskedChecksum(byte[] bytes, int from, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, length);
    return Integer.rotateRight((int) checksum.getValue(), 15) + MASK_DELTA;
  }

  private InvalidInputException notWritten(IOException e) {
    return new InvalidInputException("cannot write " + file + ": " + AtomicFile.reason(e) + "; make room, or leave --tensorboard out", e);
  }

  /** A message of Protocol Buffers: each field is its number and the kind of its encoding, then the value. */
  private static final class Message {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void varint(int field, long value) {
      raw(field << 3 | VARINT);
      raw(value);
    }

    void fixed64(int field, double value) {
      raw(field << 3 | FIXED64);
      out.writeBytes(ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
    }

    void fixed32(int field, float value) {
      raw(field << 3 | FIXED32);
      out.writeBytes(ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
    }

    void bytes(int field, byte[] value) {
      raw(field << 3 | LENGTH);
      raw(value.length);
      out.writeBytes(value);
    }

    /** Seven bits a byte, the lowest first; the high bit says that more follow. */
    private void raw(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        out.write((int) (rest & 0x7F | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    byte[] toByteArray() {
      return out.toByteArray();
    }
  }
}

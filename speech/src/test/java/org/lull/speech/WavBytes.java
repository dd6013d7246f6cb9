// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/** Makes the bytes of WAV files, right or wrong, from their parts. */
final class WavBytes {
  static final int PCM = 1;
  static final int FLOAT = 3;
  static final int EXTENSIBLE = 0xFFFE;
  static final String GUID_TAIL = "000000001000800000aa00389b71";

  private WavBytes() {}

  /** A RIFF file whose outer size is right. */
  static byte[] wav(byte[]... chunks) {
    return riff(4 + concat(chunks).length, chunks);
  }

  static byte[] riff(int size, byte[]... chunks) {
    return concat(header("RIFF", size), ascii("WAVE"), concat(chunks));
  }

  static byte[] chunk(String id, byte[] content) {
    return concat(header(id, content.length), content, new byte[content.length % 2]);
  }

  static byte[] header(String id, int size) {
    return concat(ascii(id), ints(size));
  }

  static byte[] fmt16() {
    return fmt(PCM, 1, 16_000, 16);
  }

  static byte[] fmt(int tag, int channels, int rate, int bits) {
    int frameBytes = channels * bits / 8;
    return concat(shorts(tag, channels), ints(rate, rate * frameBytes), shorts(frameBytes, bits));
  }

  static byte[] extensible(int tag, int channels, int rate, int bits, String guidTail) {
    return concat(fmt(EXTENSIBLE, channels, rate, bits), shorts(22, bits), ints(0), shorts(tag), HexFormat.of().parseHex(guidTail));
  }

  static byte[] blockAlign(byte[] fmt, int value) {
    ByteBuffer.wrap(fmt).order(ByteOrder.LITTLE_ENDIAN).putShort(12, (short) value);
    return fmt;
  }

  /** Of an extensible format. */
  static byte[] validBits(byte[] fmt, int value) {
    ByteBuffer.wrap(fmt).order(ByteOrder.LITTLE_ENDIAN).putShort(18, (short) value);
    return fmt;
  }

  static byte[] shorts(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(values).forEach(value -> bytes.putShort((short) value));
    return bytes.array();
  }

  static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(values).forEach(bytes::putInt);
    return bytes.array();
  }

  static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  static byte[] doubles(double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asDoubleBuffer().put(values);
    return bytes.array();
  }

  static byte[] ascii(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }
}

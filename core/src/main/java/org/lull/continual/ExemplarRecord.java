// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.lull.input.InvalidInputException;

/**
 * An exemplar as the bytes of a record: label, timesteps and length of the id, 4 bytes each, big endian; the id, UTF-8; a byte for each
 * value.
 */
final class ExemplarRecord {
  private static final int HEADER = 3 * Integer.BYTES;

  private ExemplarRecord() {}

  static byte[] of(Exemplar exemplar) {
    byte[] id = exemplar.id().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(HEADER + id.length + exemplar.raw().length).putInt(exemplar.label()).putInt(exemplar.steps())
        .putInt(id.length).put(id).put(exemplar.raw()).array();
  }

  /**
   * Reads a record. Nothing in it is trusted: an array is only allocated if the record is long enough.
   *
   * @param file file of the record, for messages
   * @param classes number of classes; the label must be one of them
   * @param channels number of channels that the exemplar must have
   * @throws InvalidInputException if the bytes are not such an exemplar
   */
  static Exemplar read(ByteBuffer record, Path file, int classes, int channels) {
    int length = record.remaining();
    if (length < HEADER) {
      throw refused(file, "a record of " + length + " bytes is no exemplar");
    }
    int label = record.getInt();
    int steps = record.getInt();
    int idLength = record.getInt();
    if (idLength < 0 || idLength > record.remaining()) {
      throw refused(file, "an exemplar's id has " + idLength + " bytes, in a record of " + length);
    }
    byte[] id = new byte[idLength];
    record.get(id);
    if (label < 0 || label >= classes) {
      throw refused(file, "an exemplar of class " + label + ", expected 0 to " + (classes - 1));
    }
    if (steps < 1 || (long) steps * channels != record.remaining()) {
      throw refused(file, "an exemplar of " + record.remaining() + " values is no " + steps + " timesteps of " + channels + " channels");
    }
    byte[] values = new byte[record.remaining()];
    record.get(values);
    return new Exemplar(new String(id, StandardCharsets.UTF_8), label, steps, values);
  }

  private static InvalidInputException refused(Path file, String what) {
    return new InvalidInputException(file + ": " + what + "; it is damaged, or of another model");
  }
}

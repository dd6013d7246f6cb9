// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.lull.input.InvalidInputException;

/**
 * Reads and writes named float arrays in one file, in the safetensors format of Hugging Face. A file begins with the length of the header
 * in 8 bytes, little-endian. The header follows: a JSON object with the element type, shape and position of each tensor, and with
 * {@code __metadata__}, a map of strings. Then the numbers follow.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class Safetensors {
  /** What the names of such files end with. */
  public static final String SUFFIX = ".safetensors";

  static final String METADATA = "__metadata__";

  /** The limit of the reference implementation, in bytes. */
  static final int MAX_HEADER = 100_000_000;

  private static final int CHUNK = 1 << 16; // bytes

  private Safetensors() {}

  /**
   * A named array. The arrays are often large, so they are not copied.
   *
   * @param shape sizes of the dimensions, outermost first; empty for a single number
   * @param data row by row; the length is the product of {@code shape}
   */
  public record Tensor(String name, int[] shape, float[] data) {
    public Tensor {
      if (name.equals(METADATA)) {
        throw new IllegalArgumentException("no tensor can be called " + METADATA + ": the format keeps that name for the metadata");
      }
      if (elements(shape) != data.length) {
        throw new IllegalArgumentException(
            "tensor \"" + name + "\": " + data.length + " values do not fill the shape " + Arrays.toString(shape));
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Tensor tensor && name.equals(tensor.name) && Arrays.equals(shape, tensor.shape)
          && Arrays.equals(data, tensor.data);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * name.hashCode() + Arrays.hashCode(shape)) + Arrays.hashCode(data);
    }
  }

  /**
   * The contents of a file.
   *
   * @param file the file that was read, for messages
   * @param tensors by name, in the order of their data in the file
   * @param metadata by key, in the order of the header
   */
  public record Contents(Path file, SequencedMap<String, Tensor> tensors, SequencedMap<String, String> metadata) {
    /**
     * The tensor with this name and shape.
     *
     * @throws InvalidInputException if there is none, or it has another shape
     */
    public Tensor tensor(String name, int... shape) {
      Tensor tensor = tensors.get(name);
      if (tensor == null) {
        throw new InvalidInputException(
            "%s: there is no tensor \"%s\" among its %d; was it saved by a model of another kind?".formatted(file, name, tensors.size()));
      }
      if (!Arrays.equals(tensor.shape, shape)) {
        throw new InvalidInputException(
            "%s: tensor \"%s\" has the shape %s, expected %s; was it saved by a model of another size?"
                .formatted(file, name, Arrays.toString(tensor.shape), Arrays.toString(shape)));
      }
      return tensor;
    }
  }

  /**
   * Reads a whole file. F64, F16 and BF16 are converted to float; an F64 beyond the range of float becomes infinite. Nothing in the file is
   * trusted: every length is checked against the size of the file before memory is asked for.
   *
   * @throws InvalidInputException if the file cannot be read or breaks the format; the message has the offending value
   */
  public static Contents read(Path file) {
    return SafetensorsReader.read(file);
  }

  /**
   * Creates or replaces a file of F32 tensors, atomically. The same arguments give the same bytes: tensors in the order given, metadata
   * sorted by key, and the header padded with spaces so that the numbers begin at a multiple of 8.
   *
   * @throws InvalidInputException if the file cannot be written
   */
  public static void write(Path file, List<Tensor> tensors, Map<String, String> metadata) {
    AtomicFile.write(file, out -> write(out, tensors, metadata));
  }

  /** Writes the bytes of such a file. */
  static void write(OutputStream out, List<Tensor> tensors, Map<String, String> metadata) throws IOException {
    byte[] header = header(tensors, metadata);
    int padding = -header.length & 7;
    if (header.length + padding > MAX_HEADER) {
      throw new IllegalArgumentException("the header would take " + header.length + " bytes, the format allows " + MAX_HEADER);
    }
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    out.write(buffer.array(), 0, buffer.putLong(header.length + padding).position());
    out.write(header);
    out.write(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
    for (Tensor tensor : tensors) {
      writeFloats(out, tensor.data, buffer);
    }
  }

  /** The number of elements of a shape. */
  static long elements(int[] shape) {
    long elements = 1;
    for (int size : shape) {
      if (size < 0) {
        throw new ArithmeticException("a negative size, " + size);
      }
      elements = Math.multiplyExact(elements, size);
    }
    return elements;
  }

  private static byte[] header(List<Tensor> tensors, Map<String, String> metadata) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      Set<String> names = new HashSet<>();
      long end = 0;
      for (Tensor tensor : tensors) {
        if (!names.add(tensor.name)) {
          throw new IllegalArgumentException("two tensors are called \"" + tensor.name + "\"");
        }
        long begin = end;
        end = begin + (long) tensor.data.length * Float.BYTES;
        json.writeObjectFieldStart(tensor.name);
        json.writeStringField("dtype", "F32");
        json.writeFieldName("shape");
        json.writeArray(tensor.shape, 0, tensor.shape.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {begin, end}, 0, 2);
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string refused what was written to it", e);
    }
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text.getBuffer()));
      return Arrays.copyOf(bytes.array(), bytes.limit());
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a tensor's name or the metadata holds half a character (an unpaired surrogate)", e);
    }
  }

  private static void writeFloats(OutputStream out, float[] values, ByteBuffer buffer) throws IOException {
    int perChunk = buffer.capacity() / Float.BYTES;
    for (int from = 0; from < values.length; from += perChunk) {
      int count = Math.min(perChunk, values.length - from);
      buffer.clear();
      buffer.asFloatBuffer().put(values, from, count);
      out.write(buffer.array(), 0, count * Float.BYTES);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.lull.input.FileKind;
import org.lull.input.InvalidInputException;

/** Reads one safetensors file: the header, checked entry by entry, then the layout they add up to, then the numbers. */
final class SafetensorsReader {
  private static final int CHUNK = 1 << 16; // bytes, a multiple of every element's size

  private static final ObjectMapper JSON =
      JsonMapper.builder(
          JsonFactory.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(8).maxStringLength(Safetensors.MAX_HEADER).build())
              .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final FileChannel channel;
  private final long size; // of the file, bytes

  private SafetensorsReader(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    this.size = channel.size();
  }

  /** How an element is stored; the names are the format's. */
  private enum ElementType {
    F64(Double.BYTES),
    F32(Float.BYTES),
    F16(Short.BYTES),
    BF16(Short.BYTES);

    final int bytes;

    ElementType(int bytes) {
      this.bytes = bytes;
    }

    float next(ByteBuffer buffer) {
      return switch (this) {
        case F64 -> (float) buffer.getDouble();
        case F32 -> buffer.getFloat();
        case F16 -> Float.float16ToFloat(buffer.getShort());
        case BF16 -> Float.intBitsToFloat(buffer.getShort() << 16);
      };
    }
  }

  /**
   * A tensor as the header describes it.
   *
   * @param begin where its bytes begin, counted from the end of the header
   * @param end where they end, exclusive
   */
  private record Entry(String name, ElementType type, int[] shape, long begin, long end) {}

  static Safetensors.Contents read(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) { // a pipe would block, a folder would give an obscure reason
      throw new InvalidInputException("cannot read " + file + ": it is not an ordinary file; give a .safetensors file");
    }
    try {
      return Uninterrupted.run(() -> {
        try (FileChannel channel = FileChannel.open(file)) {
          return new SafetensorsReader(file, channel).read();
        }
      });
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + file + ": " + AtomicFile.reason(e) + "; check the path and its permissions", e);
    }
  }

  private Safetensors.Contents read() throws IOException {
    int headerLength = headerLength();
    long dataStart = Long.BYTES + (long) headerLength;
    JsonNode header = header(headerLength);
    SequencedMap<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : header.properties()) {
      if (property.getKey().equals(Safetensors.METADATA)) {
        readMetadata(property.getValue(), metadata);
      } else {
        entries.add(entry(property.getKey(), property.getValue()));
      }
    }
    // stable, so that empty tensors, which share their place, keep the header's order
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    checkLayout(entries, size - dataStart);
    SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    for (Entry entry : entries) {
      tensors.put(entry.name, new Safetensors.Tensor(entry.name, entry.shape, values(entry, dataStart)));
    }
    return new Safetensors.Contents(file, tensors, metadata);
  }

  private int headerLength() throws IOException {
    if (size < Long.BYTES) {
      throw bad("it has " + size + " bytes, expected 8 for the length of the header");
    }
    ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    fill(buffer, 0);
    long length = buffer.getLong(0);
    requireNoOtherKind();
    if (length < 2 || length > Safetensors.MAX_HEADER) { // a length beyond 2^63 reads as a negative one
      throw bad("the length of its header is " + Long.toUnsignedString(length) + ", expected 2 to " + Safetensors.MAX_HEADER);
    }
    if (length > size - Long.BYTES) {
      throw bad("its header of " + length + " bytes is cut short: the file has " + size);
    }
    return (int) length;
  }

  /** A file of another format is named as what it is. What could be this one is left to the checks that follow. */
  private void requireNoOtherKind() throws IOException {
    ByteBuffer head = ByteBuffer.allocate((int) Math.min(FileKind.HEAD, size));
    fill(head, 0);
    if (size > Long.BYTES && head.get(Long.BYTES) == '{') {
      return;
    }
    Optional<FileKind> kind = FileKind.of(head.array());
    if (kind.isPresent()) {
      throw new InvalidInputException(file + " is not a safetensors file: it looks like " + kind.get().name() + "; "
          + (kind.get().content() == FileKind.Content.SOUND ? "give a model file" : kind.get().adviceFor(file)));
    }
  }

  private JsonNode header(int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    fill(bytes, Long.BYTES);
    if (bytes.get(0) != '{') {
      throw bad("its header begins with byte 0x%02x, expected {".formatted(bytes.get(0)));
    }
    try {
      return JSON.readTree(StandardCharsets.UTF_8.newDecoder().decode(bytes.rewind()).toString());
    } catch (CharacterCodingException e) {
      throw bad("its header is not UTF-8");
    } catch (JsonProcessingException e) {
      long place = e.getLocation() == null ? 0 : e.getLocation().getCharOffset();
      throw bad("its header is not valid JSON near character " + place + ": " + shown(e.getOriginalMessage(), 120));
    }
  }

  private void readMetadata(JsonNode node, Map<String, String> metadata) {
    if (!node.isObject()) {
      throw bad(Safetensors.METADATA + " is " + shown(node) + ", expected an object of strings");
    }
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      if (!property.getValue().isTextual()) {
        throw bad("metadata \"" + shown(property.getKey(), 60) + "\" is " + shown(property.getValue()) + ", expected a string");
      }
      metadata.put(property.getKey(), property.getValue().textValue());
    }
  }

  private Entry entry(String name, JsonNode node) {
    String tensor = "tensor \"" + shown(name, 60) + "\"";
    if (!node.isObject()) {
      throw bad(tensor + " is " + shown(node) + ", expected an object with dtype, shape and data_offsets");
    }
    for (String key : List.of("dtype", "shape", "data_offsets")) {
      if (!node.has(key)) {
        throw bad(tensor + " has no " + key);
      }
    }
    ElementType type = elementType(tensor, node.get("dtype"));
    int[] shape = shape(tensor, node.get("shape"));
    JsonNode offsets = node.get("data_offsets");
    if (!offsets.isArray() || offsets.size() != 2 || !isNatural(offsets.get(0)) || !isNatural(offsets.get(1))
        || offsets.get(0).longValue() > offsets.get(1).longValue()) {
      throw bad(tensor + " has data_offsets " + shown(offsets) + ", expected [begin, end] with 0 <= begin <= end");
    }
    Entry entry = new Entry(name, type, shape, offsets.get(0).longValue(), offsets.get(1).longValue());
    long bytes;
    try {
      bytes = Math.multiplyExact(Safetensors.elements(shape), type.bytes);
    } catch (ArithmeticException e) {
      throw bad(tensor + " has the shape " + shown(node.get("shape")) + ", more than any file can hold");
    }
    if (bytes != entry.end - entry.begin) {
      throw bad("%s has data_offsets %s, which hold %d bytes, but %s of shape %s takes %d"
          .formatted(tensor, shown(offsets), entry.end - entry.begin, type, shown(node.get("shape")), bytes));
    }
    return entry;
  }

  private ElementType elementType(String tensor, JsonNode node) {
    for (ElementType type : ElementType.values()) {
      if (node.isTextual() && node.textValue().equals(type.name())) {
        return type;
      }
    }
    throw bad(tensor + " has dtype " + shown(node) + ", expected F32, F64, F16 or BF16");
  }

  private int[] shape(String tensor, JsonNode node) {
    boolean valid = node.isArray();
    int[] shape = new int[node.size()];
    for (int i = 0; i < shape.length && valid; i++) {
      valid = isNatural(node.get(i)) && node.get(i).canConvertToInt();
      shape[i] = node.get(i).intValue();
    }
    if (!valid) {
      throw bad(tensor + " has the shape " + shown(node) + ", expected a list of whole numbers from 0 to " + Integer.MAX_VALUE);
    }
    return shape;
  }

  private static boolean isNatural(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0;
  }

  /** The tensors, sorted by place, must fill the data exactly. */
  private void checkLayout(List<Entry> entries, long dataSize) {
    long end = 0;
    for (Entry entry : entries) {
      String tensor = "tensor \"" + shown(entry.name, 60) + "\"";
      if (entry.begin < end) {
        throw bad(tensor + " begins at byte " + entry.begin + " of the data, inside the tensor before it, which ends at " + end);
      }
      if (entry.begin > end) {
        throw bad(tensor + " begins at byte " + entry.begin + " of the data, leaving a hole: expected " + end);
      }
      if (entry.end > dataSize) {
        throw bad(tensor + " ends at byte " + entry.end + " of the data, but the file has only " + dataSize + " bytes of it");
      }
      if ((entry.end - entry.begin) / entry.type.bytes > Integer.MAX_VALUE - 8) { // the longest array of the JVM
        throw bad(tensor + " has " + (entry.end - entry.begin) / entry.type.bytes + " elements, more than this program can hold in one");
      }
      end = entry.end;
    }
    if (end != dataSize) {
      throw bad((dataSize - end) + " bytes follow the last tensor, expected none");
    }
  }

  private float[] values(Entry entry, long dataStart) throws IOException {
    float[] values = new float[(int) ((entry.end - entry.begin) / entry.type.bytes)];
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    int i = 0;
    for (long at = entry.begin; at < entry.end; at += chunk.limit()) {
      fill(chunk.clear().limit((int) Math.min(CHUNK, entry.end - at)), dataStart + at);
      chunk.flip();
      while (chunk.hasRemaining()) {
        values[i++] = entry.type.next(chunk);
      }
    }
    return values;
  }

  /** Fills the buffer up to its limit from the given place in the file. */
  private void fill(ByteBuffer buffer, long place) throws IOException {
    for (long at = place; buffer.hasRemaining();) {
      int read = channel.read(buffer, at);
      if (read < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
      at += read;
    }
  }

  private InvalidInputException bad(String what) {
    return new InvalidInputException(file + " is not a usable safetensors file: " + what + "; copy it again or save it anew");
  }

  private static String shown(JsonNode node) {
    return shown(node.toString(), 60);
  }

  /** Text of a file, fit for a message: one line, not too long. */
  private static String shown(String text, int limit) {
    String line = text.length() > limit ? text.substring(0, limit) + "..." : text;
    return line.replaceAll("\\p{Cntrl}", " ");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.lull.Model;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.io.RecordLog;

/**
 * The file of an online learner, a {@link RecordLog}. It contains the state at the last rewrite of the file, and then all changes since, in
 * order. The first byte of a record is its kind.
 *
 * <pre>
 *   B   where it stood: {@link Begin} as JSON
 *   W   the weights then: the network's arena, floats
 *   E   an exemplar it had then, as {@link ExemplarRecord} has it; one record each
 *   L   an example learned: position, length of the label, label, exemplar
 *   F   a class forgotten: position, length of the label, label
 * </pre>
 *
 * <p>Checksums detect only what the disk or a transfer changed. A record may still be wrong, so its contents are checked before they are
 * used.
 */
final class OnlineLog {
  private static final String FORMAT = "lull-learner-1";
  private static final ObjectMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  private OnlineLog() {}

  /**
   * The state of a learner, without weights and exemplars.
   *
   * @param model checksum of the original model
   * @param position number of changes so far
   */
  record Begin(String format, int model, long position, OnlineSettings settings, List<KnownClass> classes, int exemplars) {
    Begin(int model, long position, OnlineSettings settings, List<KnownClass> classes, int exemplars) {
      this(FORMAT, model, position, settings, classes, exemplars);
    }
  }

  /** A change: an example learned, or a class forgotten if the exemplar is null. */
  record Change(long position, String label, Exemplar exemplar) {}

  /** The contents of a file. */
  record Contents(Begin begin, float[] weights, List<Exemplar> exemplars, List<Change> changes) {}

  static List<byte[]> snapshot(Begin begin, float[] weights, List<Exemplar> exemplars) {
    List<byte[]> records = new ArrayList<>();
    try {
      records.add(record('B', JSON.writeValueAsBytes(begin)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    ByteBuffer arena = ByteBuffer.allocate(Float.BYTES * weights.length);
    arena.asFloatBuffer().put(weights);
    records.add(record('W', arena.array()));
    exemplars.forEach(exemplar -> records.add(record('E', ExemplarRecord.of(exemplar))));
    return records;
  }

  static byte[] record(Change change) {
    byte[] label = change.label.getBytes(StandardCharsets.UTF_8);
    byte[] exemplar = change.exemplar == null ? new byte[0] : ExemplarRecord.of(change.exemplar);
    ByteBuffer content = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + label.length + exemplar.length);
    content.putLong(change.position).putInt(label.length).put(label).put(exemplar);
    return record(change.exemplar == null ? 'F' : 'L', content.array());
  }

  private static byte[] record(char kind, byte[] content) {
    return ByteBuffer.allocate(1 + content.length).put((byte) kind).put(content).array();
  }

  /**
   * Reads a file, and leaves it open for appending. A file that is refused is not changed: a record that was cut off goes only after the
   * rest was found good.
   *
   * @param model the original model
   * @throws InvalidInputException if the file is damaged or belongs to another model
   */
  static RecordLog open(Path file, Model model, Consumer<Contents> reader, Consumer<String> warnings) {
    List<byte[]> records = new ArrayList<>();
    RecordLog.read(file, records::add);
    reader.accept(contents(file, model, records));
    return RecordLog.open(file, _ -> {}, warnings);
  }

  private static Contents contents(Path file, Model model, List<byte[]> records) {
    Begin begin = begin(file, content(file, records, 0, 'B'));
    if (begin.model != ModelChecksum.of(model)) {
      throw new InvalidInputException(file + " was begun with another model, or by another version of lull; give that one with --model, or "
          + OnlineLearner.ADVICE);
    }
    checkClasses(file, model, begin.classes);
    Contents contents = new Contents(begin, weights(file, content(file, records, 1, 'W')), new ArrayList<>(), new ArrayList<>());
    if (begin.exemplars > records.size() - 2) {
      throw damaged(file, records.size() - 2 + " records follow the weights, expected " + begin.exemplars + " exemplars or more");
    }
    int channels = model.normalisation().channels();
    for (int i = 2; i < 2 + begin.exemplars; i++) {
      contents.exemplars.add(ExemplarRecord.read(content(file, records, i, 'E'), file, begin.classes.size(), channels));
    }
    for (int i = 2 + begin.exemplars; i < records.size(); i++) {
      contents.changes.add(change(file, i, records.get(i), channels));
    }
    return contents;
  }

  private static Begin begin(Path file, ByteBuffer content) {
    try {
      Begin begin = JSON.readValue(content.array(), content.position(), content.remaining(), Begin.class);
      if (!FORMAT.equals(begin.format) || begin.settings == null || begin.classes == null || begin.exemplars < 0 || begin.position < 0) {
        throw damaged(file, "it does not begin with a \"" + FORMAT + "\"");
      }
      return begin;
    } catch (IOException e) {
      throw damaged(file, "its beginning cannot be read: " + e.getMessage().lines().findFirst().orElse(""));
    }
  }

  private static void checkClasses(Path file, Model model, List<KnownClass> classes) {
    Set<String> labels = new HashSet<>();
    for (KnownClass known : classes) {
      int outputs = model.labels().size();
      if (known == null || known.label() == null || !labels.add(known.label()) || known.learned() < 0 || known.output() < -1
          || known.output() >= outputs || known.output() >= 0 && !known.label().equals(model.labels().get(known.output()))) {
        throw damaged(file, "a class that cannot be, " + known);
      }
    }
    if (classes.isEmpty()) {
      throw damaged(file, "it has no class");
    }
  }

  private static float[] weights(Path file, ByteBuffer content) {
    if (content.remaining() % Float.BYTES != 0) {
      throw damaged(file, content.remaining() + " bytes of weights, expected 4 each");
    }
    float[] weights = new float[content.remaining() / Float.BYTES];
    content.asFloatBuffer().get(weights);
    for (float weight : weights) {
      if (!Float.isFinite(weight)) {
        throw damaged(file, "a weight of " + weight);
      }
    }
    return weights;
  }

  /** What follows the first byte of a record. */
  private static ByteBuffer content(Path file, List<byte[]> records, int i, char kind) {
    if (i >= records.size() || records.get(i).length == 0 || records.get(i)[0] != kind) {
      throw damaged(file, "record " + i + " is " + (i < records.size() ? "no" : "missing, a") + " '" + kind + "'");
    }
    return ByteBuffer.wrap(records.get(i), 1, records.get(i).length - 1);
  }

  private static Change change(Path file, int i, byte[] bytes, int channels) {
    ByteBuffer record = ByteBuffer.wrap(bytes);
    char kind = bytes.length == 0 ? 0 : (char) record.get();
    if (kind != 'L' && kind != 'F') {
      throw damaged(file, "record " + i + " is of an unknown kind");
    }
    if (record.remaining() < Long.BYTES + Integer.BYTES) {
      throw damaged(file, "record " + i + " is too short");
    }
    long position = record.getLong();
    int length = record.getInt();
    if (length < 0 || length > record.remaining()) {
      throw damaged(file, "a label of " + length + " bytes in record " + i);
    }
    String label = label(file, record.slice(record.position(), length));
    record.position(record.position() + length);
    if (kind == 'F' && record.hasRemaining()) {
      throw damaged(file, record.remaining() + " bytes too many in record " + i);
    }
    // the label in the exemplar is ignored: the class number is that of the label at replay
    return new Change(position, label, kind == 'L' ? ExemplarRecord.read(record, file, Integer.MAX_VALUE, channels) : null);
  }

  private static String label(Path file, ByteBuffer bytes) {
    try {
      String label = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      Label.of(label); // what earlier versions kept may be in another form, but is one it understands
      return label;
    } catch (CharacterCodingException e) {
      throw damaged(file, "a label is not UTF-8");
    } catch (InvalidInputException e) {
      throw damaged(file, e.getMessage());
    }
  }

  static InvalidInputException damaged(Path file, String what) {
    return new InvalidInputException(file + ": " + what + "; it is damaged, or of another version of lull: put back a copy of it");
  }
}

package org.lull.continual;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.lull.Model;
import org.lull.input.InvalidInputException;
import org.lull.io.RecordLog;

/**
 * The file of an online learner, a {@link RecordLog}: where it stood when the file was last written anew, and everything learned and
 * forgotten since, in order. The first byte of a record says what it is.
 *
 * <pre>
 *   B   where it stood: {@link Begin} as JSON
 *   W   the weights then: the network's arena, floats
 *   E   an exemplar it had then, as {@link ExemplarFile} has it; one record each
 *   L   an example learned: position, length of the label, label, exemplar
 *   F   a class forgotten: position, length of the label, label
 * </pre>
 */
final class OnlineLog {
  private static final String FORMAT = "lull-learner-1";
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private OnlineLog() {}

  /**
   * Where a learner stood.
   *
   * @param model checksum of the model it began with
   * @param position how often it had learned or forgotten
   */
  record Begin(String format, int model, long position, OnlineSettings settings, List<KnownClass> classes, int exemplars) {
    Begin(int model, long position, OnlineSettings settings, List<KnownClass> classes, int exemplars) {
      this(FORMAT, model, position, settings, classes, exemplars);
    }
  }

  /** What was learned, or where the exemplar is null, forgotten. */
  record Change(long position, String label, Exemplar exemplar) {}

  /** All of a file. */
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
    exemplars.forEach(exemplar -> records.add(record('E', ExemplarFile.record(exemplar))));
    return records;
  }

  static byte[] record(Change change) {
    byte[] label = change.label.getBytes(StandardCharsets.UTF_8);
    byte[] exemplar = change.exemplar == null ? new byte[0] : ExemplarFile.record(change.exemplar);
    ByteBuffer content = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + label.length + exemplar.length);
    content.putLong(change.position).putInt(label.length).put(label).put(exemplar);
    return record(change.exemplar == null ? 'F' : 'L', content.array());
  }

  private static byte[] record(char kind, byte[] content) {
    return ByteBuffer.allocate(1 + content.length).put((byte) kind).put(content).array();
  }

  /** Reads a file, and leaves it open to be added to. */
  static RecordLog open(Path file, Consumer<Contents> reader, Consumer<String> warnings) {
    List<byte[]> records = new ArrayList<>();
    RecordLog log = RecordLog.open(file, records::add, warnings);
    try {
      reader.accept(contents(file, records));
      return log;
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  private static Contents contents(Path file, List<byte[]> records) {
    Contents contents = new Contents(begin(file, records), weights(file, records), new ArrayList<>(), new ArrayList<>());
    int changes = 2 + contents.begin.exemplars;
    for (int i = 2; i < records.size(); i++) {
      ByteBuffer record = ByteBuffer.wrap(records.get(i));
      switch (i < changes ? 'E' : record.get(0)) {
        case 'E' -> contents.exemplars.add(ExemplarFile.exemplar(content(file, records, i, 'E'), file));
        case 'L', 'F' -> contents.changes.add(change(file, record));
        default -> throw damaged(file, "record " + i + " is of an unknown kind");
      }
    }
    if (records.size() < changes) {
      throw damaged(file, contents.begin.exemplars - contents.exemplars.size() + " exemplars are missing at its end");
    }
    return contents;
  }

  private static Begin begin(Path file, List<byte[]> records) {
    try {
      Begin begin = JSON.readValue(content(file, records, 0, 'B'), Begin.class);
      if (!FORMAT.equals(begin.format) || begin.settings == null || begin.classes == null || begin.exemplars < 0) {
        throw damaged(file, "it does not begin with a \"" + FORMAT + "\"");
      }
      return begin;
    } catch (IOException e) {
      throw damaged(file, "its beginning cannot be read: " + e.getMessage().lines().findFirst().orElse(""));
    }
  }

  private static float[] weights(Path file, List<byte[]> records) {
    ByteBuffer arena = ByteBuffer.wrap(content(file, records, 1, 'W'));
    float[] weights = new float[arena.remaining() / Float.BYTES];
    arena.asFloatBuffer().get(weights);
    return weights;
  }

  private static byte[] content(Path file, List<byte[]> records, int i, char kind) {
    if (i >= records.size() || records.get(i).length == 0 || records.get(i)[0] != kind) {
      throw damaged(file, "record " + i + " is " + (i < records.size() ? "no" : "missing, a") + " '" + kind + "'");
    }
    return Arrays.copyOfRange(records.get(i), 1, records.get(i).length);
  }

  private static Change change(Path file, ByteBuffer record) {
    boolean learned = record.get() == 'L';
    if (record.remaining() < Long.BYTES + Integer.BYTES) {
      throw damaged(file, "a record is too short");
    }
    long position = record.getLong();
    int length = record.getInt();
    if (length < 0 || length > record.remaining()) {
      throw damaged(file, "a label of " + length + " bytes");
    }
    byte[] label = new byte[length];
    record.get(label);
    byte[] rest = new byte[record.remaining()];
    record.get(rest);
    return new Change(position, new String(label, StandardCharsets.UTF_8), learned ? ExemplarFile.exemplar(rest, file) : null);
  }

  static InvalidInputException damaged(Path file, String what) {
    return new InvalidInputException(file + ": " + what + "; it is damaged, or of another version of lull: put back a copy of it");
  }

  /** Tells one model from another: of its parameters, labels and features. */
  static int checksum(Model model) {
    CRC32C crc = new CRC32C();
    float[] parameters = model.network().parameters();
    for (int i = model.network().first(); i < parameters.length; i++) {
      int bits = Float.floatToRawIntBits(parameters[i]);
      crc.update(new byte[] {(byte) bits, (byte) (bits >> 8), (byte) (bits >> 16), (byte) (bits >> 24)}, 0, Integer.BYTES);
    }
    crc.update(String.join("\n", model.labels()).getBytes(StandardCharsets.UTF_8));
    crc.update(model.frontEnd().getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }
}

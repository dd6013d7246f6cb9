package org.lull.continual;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lull.input.InvalidInputException;
import org.lull.io.RecordLog;

/** Exemplars as records of a file, {@link RecordLog}, each with its checksum: label, timesteps, length of the id, id, values. */
public final class ExemplarFile {
  private ExemplarFile() {}

  /** Writes all, in place of any file there was: all of them or, if that fails, none. */
  public static void write(Path file, List<Exemplar> exemplars) {
    RecordLog.create(file, exemplars.stream().map(ExemplarFile::record).toList()).close();
  }

  /** @throws InvalidInputException where the file is missing, damaged, or holds something else */
  public static List<Exemplar> read(Path file) {
    List<byte[]> records = new ArrayList<>();
    RecordLog.open(file, records::add, _ -> {}).close();
    return records.stream().map(record -> exemplar(record, file)).toList();
  }

  /** The content of a record. */
  public static byte[] record(Exemplar exemplar) {
    byte[] id = exemplar.id().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(3 * Integer.BYTES + id.length + exemplar.values().length).putInt(exemplar.label()).putInt(exemplar.steps())
        .putInt(id.length).put(id).put(exemplar.values()).array();
  }

  /**
   * The exemplar of a record.
   *
   * @param file it is in, for messages
   */
  public static Exemplar exemplar(byte[] record, Path file) {
    ByteBuffer in = ByteBuffer.wrap(record);
    int header = 3 * Integer.BYTES;
    int label = record.length < header ? -1 : in.getInt();
    int steps = label < 0 ? 0 : in.getInt();
    int idLength = label < 0 ? -1 : in.getInt();
    int values = record.length - header - idLength;
    if (label < 0 || steps < 1 || idLength < 0 || values < steps || values % steps != 0) {
      throw new InvalidInputException(file + ": a record of " + record.length + " bytes is no exemplar; give a file of exemplars");
    }
    byte[] id = new byte[idLength];
    in.get(id);
    byte[] rest = new byte[values];
    in.get(rest);
    return new Exemplar(new String(id, StandardCharsets.UTF_8), label, steps, rest);
  }
}

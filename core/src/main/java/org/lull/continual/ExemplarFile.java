// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.lull.Model;
import org.lull.input.InvalidInputException;
import org.lull.io.RecordLog;

/**
 * Reads and writes the exemplars of a model, in a file beside the model. It is a {@link RecordLog}. The first record is JSON and says which
 * model the exemplars belong to, and how many there are. docs/formats.md describes it.
 */
public final class ExemplarFile {
  private static final String FORMAT = "lull-exemplars-1";
  private static final ObjectMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();
  private static final String ADVICE = "; put back a copy of it, or remove it and give --data, the corpus the model was trained on";

  private ExemplarFile() {}

  /**
   * The first record.
   *
   * @param model {@link ModelChecksum}
   * @param channels of every exemplar
   * @param exemplars number of exemplars
   */
  private record Begin(String format, int model, int channels, int exemplars) {}

  /**
   * Writes all exemplars atomically. An existing file is replaced; if writing fails, it is unchanged.
   *
   * @param model the model that they belong to
   */
  public static void write(Path file, Model model, List<Exemplar> exemplars) {
    List<byte[]> records = new ArrayList<>();
    try {
      int channels = model.normalisation().channels();
      records.add(JSON.writeValueAsBytes(new Begin(FORMAT, ModelChecksum.of(model), channels, exemplars.size())));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    exemplars.forEach(exemplar -> records.add(ExemplarRecord.of(exemplar)));
    RecordLog.create(file, records).close();
  }

  /**
   * Reads all exemplars. The file is not changed.
   *
   * @param model the model that they must belong to
   * @param warnings receives a sentence if the file is of an older version, which says neither the model nor the number of exemplars, or
   *     if bytes follow the last exemplar
   * @throws InvalidInputException if the file is missing, damaged or cut off, contains something else, or belongs to another model
   */
  public static List<Exemplar> read(Path file, Model model, Consumer<String> warnings) {
    List<byte[]> records = new ArrayList<>();
    long cutOff = RecordLog.read(file, records::add);
    boolean begins = !records.isEmpty() && records.getFirst().length > 0 && records.getFirst()[0] == '{'; // no label is so large
    if (begins) {
      check(begin(file, records.removeFirst()), model, records.size(), file);
      if (cutOff > 0) {
        warnings.accept(file + ": " + cutOff + " bytes follow the last of its " + records.size() + " exemplars and are not read");
      }
    } else {
      warnings.accept(file + " is of an earlier version of lull, so that neither its model nor its " + records.size()
          + " exemplars can be checked" + (cutOff == 0 ? "" : "; one more was cut off") + "; the next lull learn writes a file that can");
    }
    return records.stream()
        .map(record -> ExemplarRecord.read(ByteBuffer.wrap(record), file, model.labels().size(), model.normalisation().channels()))
        .toList();
  }

  private static Begin begin(Path file, byte[] record) {
    try {
      return JSON.readValue(record, Begin.class);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": its beginning is no description of exemplars" + ADVICE, e);
    }
  }

  private static void check(Begin begin, Model model, int exemplars, Path file) {
    if (!FORMAT.equals(begin.format)) {
      throw new InvalidInputException(file + ": its format is " + begin.format + ", expected " + FORMAT + ADVICE);
    }
    if (begin.model != ModelChecksum.of(model) || begin.channels != model.normalisation().channels()) {
      throw new InvalidInputException(file + ": its exemplars are of another model than the one beside it" + ADVICE);
    }
    if (begin.exemplars != exemplars) {
      throw new InvalidInputException(file + ": " + exemplars + " exemplars, expected " + begin.exemplars + ", so it was cut off" + ADVICE);
    }
  }
}

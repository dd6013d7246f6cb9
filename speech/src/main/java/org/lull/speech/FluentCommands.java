// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lull.data.Purpose;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.io.Folder;

/**
 * Fluent Speech Commands (Lugosch et al. 2019): {@code data/{train,valid,test}_data.csv} name the recordings, their speakers and intents. A
 * class is {@code action|object|location}, 31 in the published corpus.
 */
final class FluentCommands {
  private static final List<String> COLUMNS = List.of("path", "speakerId", "transcription", "action", "object", "location");

  private static final List<String> SLOTS = List.of("action", "object", "location");

  private final Path root;
  private final List<WavFile> files = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private final List<Last> open = new ArrayList<>(); // of tables that do not end with the end of a line
  private Map<String, Path> there; // all recordings, looked for where one is not where its table says
  private RecordingNames names; // of them

  /** The last recording of a table. */
  private record Last(Path table, int line, String label) {}

  private FluentCommands(Path dir) {
    this.root = dir.toAbsolutePath().normalize();
  }

  static boolean matches(Path dir) {
    return Arrays.stream(Split.values()).anyMatch(split -> Files.exists(table(dir, split)));
  }

  /** Where a corpus in {@code dir} has the table of a split. */
  static Path table(Path dir, Split split) {
    return dir.resolve("data").resolve(switch (split) {
      case TRAIN -> "train_data.csv";
      case VALIDATION -> "valid_data.csv";
      case TEST -> "test_data.csv";
    });
  }

  /** @param purpose to measure, any of the tables will do, and any of their recordings */
  static WavListing read(Path dir, Purpose purpose) {
    FluentCommands reader = new FluentCommands(dir);
    for (Split split : Split.values()) {
      if (purpose == Purpose.TRAINING || Files.exists(table(dir, split))) {
        reader.readTable(split, table(dir, split), purpose);
      }
    }
    reader.requireWholeTables();
    long intents = reader.files.stream().map(WavFile::label).distinct().count();
    long speakers = reader.files.stream().map(WavFile::speaker).distinct().count();
    String name = "Fluent Speech Commands layout, " + intents + " intents, " + speakers + " speakers";
    return new WavListing(dir, name, reader.files, reader.warnings);
  }

  private void readTable(Split split, Path table, Purpose purpose) {
    if (!Files.exists(table)) {
      throw new InvalidInputException(
          "no file " + table + "; Fluent Speech Commands has train_data.csv, valid_data.csv and test_data.csv there; get the corpus again");
    }
    Csv csv = Csv.read(table);
    if (csv.header().isEmpty()) {
      throw new InvalidInputException(table + " is empty; expected a line with the columns " + String.join(", ", COLUMNS));
    }
    Map<String, Integer> columns = columns(table, csv.header());
    List<String> missing = new ArrayList<>();
    List<String> repeated = new ArrayList<>();
    List<String> otherwise = new ArrayList<>();
    for (Csv.Line line : csv.lines()) {
      requireFields(table, csv, line, columns);
      Function<String, String> field = column -> line.fields().get(columns.get(column)).strip();
      String path = RecordingNames.normal(field.apply("path"));
      String label = label(table, line.number(), field);
      Optional<Path> found = found(table, line.number(), path);
      if (found.isEmpty()) {
        missing.add(field.apply("path"));
      } else if (!ids.add(Folder.id(root, found.get()))) {
        repeated.add(Folder.id(root, found.get()));
      } else {
        files.add(new WavFile(Folder.id(root, found.get()), found.get(), label, field.apply("speakerId"), split));
        if (!files.getLast().id().equals(path)) {
          otherwise.add(path + " (" + files.getLast().id() + ")");
        }
      }
      if (csv.endsOpen() && line == csv.lines().getLast()) {
        open.add(new Last(table, line.number(), label));
      }
    }
    if (purpose == Purpose.TRAINING && !missing.isEmpty() && missing.size() == csv.lines().size()) {
      throw new InvalidInputException(table + " names " + missing.size() + (missing.size() == 1 ? " recording" : " recordings")
          + ", none of which is in " + root + ", the first " + missing.getFirst() + "; get the corpus again or correct the paths");
    }
    warn(table, missing, "names recordings that are not there", "left out");
    warn(table, repeated, "names recordings that were named before", "left out");
    warn(table, otherwise, "writes recordings in another way than their files are called", "used");
  }

  private static Map<String, Integer> columns(Path table, List<String> header) {
    Map<String, Integer> columns = new HashMap<>();
    List<String> small = header.stream().map(column -> column.toLowerCase(Locale.ROOT)).toList();
    for (String column : COLUMNS) {
      int at = small.indexOf(column.toLowerCase(Locale.ROOT));
      if (at < 0) {
        throw new InvalidInputException(table + " has no column '" + column + "'; expected " + String.join(", ", COLUMNS)
            + ", found " + String.join(", ", header));
      }
      columns.put(column, at);
    }
    return columns;
  }

  private static void requireFields(Path table, Csv csv, Csv.Line line, Map<String, Integer> columns) {
    int expected = columns.values().stream().max(Integer::compare).orElseThrow() + 1;
    if (line.fields().size() < expected) {
      String what = line.fields().size() + " fields, expected at least " + expected;
      throw csv.endsOpen() && line == csv.lines().getLast() ? Folder.cutShort(table, line.number(), what)
          : new InvalidInputException(table + ", line " + line.number() + ": " + what + "; correct the line");
    }
  }

  private static String label(Path table, int line, Function<String, String> field) {
    List<String> words = new ArrayList<>();
    for (String slot : SLOTS) {
      try {
        words.add(Label.of(field.apply(slot)));
      } catch (InvalidInputException e) {
        throw new InvalidInputException(table + ", line " + line + ", column " + slot + ": " + e.getMessage(), e);
      }
    }
    return String.join("|", words);
  }

  /**
   * A table that was cut within its last field names a class of its own there, which is the beginning of another.
   *
   * @throws InvalidInputException where one was
   */
  private void requireWholeTables() {
    Map<String, Long> counts = files.stream().collect(Collectors.groupingBy(WavFile::label, Collectors.counting()));
    for (Last last : open) {
      boolean beginning = counts.keySet().stream().anyMatch(label -> label.startsWith(last.label) && !label.equals(last.label));
      if (beginning && counts.getOrDefault(last.label, 0L) <= 1) {
        throw Folder.cutShort(last.table, last.line, "class '" + last.label + "', the beginning of another");
      }
    }
  }

  /** The recording a path of a table means, if it is there. */
  private Optional<Path> found(Path table, int line, String path) {
    Path wav = within(path).orElseThrow(() -> new InvalidInputException(
        table + ", line " + line + ": path '" + path + "', expected a file within " + root + "; correct the line"));
    if (Files.exists(wav)) {
      return Optional.of(wav);
    }
    if (there == null) {
      there = WavFile.below(root);
      names = new RecordingNames(there.keySet());
    }
    return Optional.ofNullable(there.get(Folder.id(root, wav))).or(() -> names.ignoringCase(Folder.id(root, wav)).map(there::get));
  }

  /** The file a path of a table means, unless it lies outside the corpus. */
  private Optional<Path> within(String path) {
    try {
      Path file = root.resolve(path).normalize();
      boolean inside = !path.isBlank() && !file.equals(root) && file.startsWith(root);
      return inside ? Optional.of(file) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private void warn(Path table, List<String> which, String what, String consequence) {
    if (!which.isEmpty()) {
      warnings.add(Folder.name(table) + " " + what + ": " + which.size() + ", the first " + which.getFirst() + "; " + consequence);
    }
  }
}

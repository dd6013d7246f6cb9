// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * Reads a corpus whose recordings are named in tables, one for each split, with a header and a line for each recording. Finds the
 * recordings, and counts those that are missing, repeated, or written in another way than their files are called.
 */
final class RecordingTables {
  private final Path root;
  private final Format format;
  private final List<WavFile> files = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private final List<Last> open = new ArrayList<>(); // of tables that do not end with the end of a line
  private Map<String, Path> there; // all recordings, looked for where one is not where its table says
  private RecordingNames names; // of them

  /**
   * How the tables of a corpus are made.
   *
   * @param corpus its name, for messages
   * @param columns that each table must have
   * @param path the column that names the recording, relative to the corpus
   * @param below a folder that paths may leave out, as seen from it; empty for none
   * @param label the columns that make the label, joined by a bar
   * @param speaker who speaks, by the fields of a line and the file
   */
  record Format(String corpus, List<String> columns, String path, String below, List<String> label,
      Speaker speaker) {}

  /** Who speaks in a recording. */
  @FunctionalInterface
  interface Speaker {
    String of(Function<String, String> field, Path wav);
  }

  /** The last recording of a table. */
  private record Last(Path table, int line, String label) {}

  private RecordingTables(Path dir, Format format) {
    this.root = dir.toAbsolutePath().normalize();
    this.format = format;
  }

  /**
   * Reads the tables.
   *
   * @param tables the table of each split
   * @param name of the layout, by how many labels and speakers there are
   * @param purpose to measure, any of the tables will do, and any of their recordings
   */
  static WavListing read(Path dir, Format format, Function<Split, Path> tables, Name name, Purpose purpose) {
    RecordingTables reader = new RecordingTables(dir, format);
    for (Split split : Split.values()) {
      Path table = tables.apply(split);
      if (purpose == Purpose.TRAINING && !Files.exists(table)) {
        throw new InvalidInputException("no file " + table + "; " + format.corpus + " has "
            + List.of(Split.values()).stream().map(each -> Folder.name(tables.apply(each))).collect(Collectors.joining(", "))
                .replaceFirst(", ([^,]*)$", " and $1")
            + " there; get the corpus again");
      }
      if (Files.exists(table)) {
        reader.readTable(split, table, purpose);
      }
    }
    reader.requireWholeTables();
    long labels = reader.files.stream().map(WavFile::label).distinct().count();
    long speakers = reader.files.stream().map(WavFile::speaker).distinct().count();
    return new WavListing(dir, name.of(labels, speakers), reader.files, reader.warnings);
  }

  /** The name of a layout, as shown to the user. */
  @FunctionalInterface
  interface Name {
    String of(long labels, long speakers);
  }

  private void readTable(Split split, Path table, Purpose purpose) {
    Csv csv = Csv.read(table);
    if (csv.header().isEmpty()) {
      throw new InvalidInputException(table + " is empty; expected a line with the columns " + String.join(", ", format.columns));
    }
    Map<String, Integer> columns = columns(table, csv.header());
    List<String> missing = new ArrayList<>();
    List<String> repeated = new ArrayList<>();
    List<String> otherwise = new ArrayList<>();
    for (Csv.Line line : csv.lines()) {
      requireFields(table, csv, line, columns);
      Function<String, String> field = column -> line.fields().get(columns.get(column)).strip();
      String path = RecordingNames.normal(field.apply(format.path));
      String label = label(table, line.number(), field);
      Optional<Path> found = found(table, line.number(), path);
      if (found.isEmpty()) {
        missing.add(field.apply(format.path));
      } else if (!ids.add(Folder.id(root, found.get()))) {
        repeated.add(Folder.id(root, found.get()));
      } else {
        files.add(new WavFile(Folder.id(root, found.get()), found.get(), label, format.speaker.of(field, found.get()), split));
        if (!files.getLast().id().equals(path) && !files.getLast().id().equals(format.below + "/" + path)) {
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

  private Map<String, Integer> columns(Path table, List<String> header) {
    Map<String, Integer> columns = new HashMap<>();
    List<String> small = header.stream().map(column -> column.toLowerCase(Locale.ROOT)).toList();
    for (String column : format.columns) {
      int at = small.indexOf(column.toLowerCase(Locale.ROOT));
      if (at < 0) {
        throw new InvalidInputException(table + " has no column '" + column + "'; expected " + String.join(", ", format.columns)
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

  private String label(Path table, int line, Function<String, String> field) {
    List<String> words = new ArrayList<>();
    for (String slot : format.label) {
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
   * @throws InvalidInputException if one was
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
    Path below = root.resolve(format.below).resolve(root.relativize(wav));
    if (Files.exists(below)) {
      return Optional.of(below);
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

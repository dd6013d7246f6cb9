package org.lull.speech;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lull.input.InvalidInputException;

/**
 * Fluent Speech Commands (Lugosch et al. 2019): {@code data/{train,valid,test}_data.csv} name the recordings, their speakers and intents. A
 * class is {@code action|object|location}, 31 in the published corpus.
 */
final class FluentCommands {
  private static final List<String> COLUMNS = List.of("path", "speakerId", "transcription", "action", "object", "location");

  private final Path root;
  private final List<WavFile> files = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();

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

  static WavListing read(Path dir) {
    FluentCommands reader = new FluentCommands(dir);
    for (Split split : Split.values()) {
      reader.readTable(split, table(dir, split));
    }
    long intents = reader.files.stream().map(WavFile::label).distinct().count();
    long speakers = reader.files.stream().map(WavFile::speaker).distinct().count();
    String name = "Fluent Speech Commands layout, " + intents + " intents, " + speakers + " speakers";
    return new WavListing(dir, name, reader.files, reader.warnings);
  }

  private void readTable(Split split, Path table) {
    if (!Files.exists(table)) {
      throw new InvalidInputException(
          "no file " + table + "; Fluent Speech Commands has train_data.csv, valid_data.csv and test_data.csv there; get the corpus again");
    }
    Map<String, Integer> columns = new HashMap<>(); // filled by the first line
    List<String> missing = new ArrayList<>();
    List<String> repeated = new ArrayList<>();
    Folder.readLines(table, (number, line) -> {
      if (line.isBlank()) {
        return;
      }
      List<String> fields = Csv.fields(line).orElseThrow(() -> new InvalidInputException(
          table + ", line " + number + ": a quoted field does not end as it should: " + line + "; correct the line"));
      if (columns.isEmpty()) {
        columns.putAll(columns(table, fields));
        return;
      }
      WavFile file = file(split, table, number, columns, fields);
      if (!ids.add(file.id())) {
        repeated.add(file.id());
      } else if (Files.exists(file.path())) {
        files.add(file);
      } else {
        missing.add(file.id());
      }
    });
    if (columns.isEmpty()) {
      throw new InvalidInputException(table + " is empty; expected a line with the columns " + String.join(", ", COLUMNS));
    }
    warn(table, missing, "are not there");
    warn(table, repeated, "were named before");
  }

  private static Map<String, Integer> columns(Path table, List<String> header) {
    Map<String, Integer> columns = new HashMap<>();
    for (String column : COLUMNS) {
      int at = header.indexOf(column);
      if (at < 0) {
        throw new InvalidInputException(table + " has no column '" + column + "'; expected " + String.join(", ", COLUMNS)
            + ", found " + String.join(", ", header));
      }
      columns.put(column, at);
    }
    return columns;
  }

  private WavFile file(Split split, Path table, int number, Map<String, Integer> columns, List<String> fields) {
    int expected = columns.values().stream().max(Integer::compare).orElseThrow() + 1;
    if (fields.size() < expected) {
      throw new InvalidInputException(
          table + ", line " + number + ": " + fields.size() + " fields, expected at least " + expected + "; correct the line");
    }
    String path = fields.get(columns.get("path"));
    Path wav = within(path).orElseThrow(() -> new InvalidInputException(
        table + ", line " + number + ": path '" + path + "', expected a file within " + root + "; correct the line"));
    String label = Stream.of("action", "object", "location").map(columns::get).map(fields::get).collect(Collectors.joining("|"));
    return new WavFile(Folder.id(root, wav), wav, label, fields.get(columns.get("speakerId")), split);
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

  private void warn(Path table, List<String> left, String what) {
    if (!left.isEmpty()) {
      warnings.add(
          Folder.name(table) + " names recordings that " + what + ": " + left.size() + ", the first " + left.getFirst() + "; left out");
    }
  }
}

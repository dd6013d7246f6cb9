// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lull.input.InvalidInputException;
import org.lull.io.Folder;

/**
 * Comma-separated values, a record per line; fields may be quoted, with "" for a quote (RFC 4180 without line breaks in fields). Semicolons
 * and tabs, which spreadsheets write in many countries, will do too: the header shows which.
 *
 * @param header the fields of the first line, without white space at their ends; none where there is no line
 * @param lines the other lines, but for those without any text
 * @param endsOpen whether no end of line stands at the end, as where a file was cut short
 */
record Csv(List<String> header, List<Line> lines, boolean endsOpen) {
  private static final char[] SEPARATORS = {',', ';', '\t'};

  /** Spreadsheets may announce the separator. */
  private static final Pattern ANNOUNCED = Pattern.compile("sep=(.)");

  /** @param number counted from 1 */
  record Line(int number, List<String> fields) {}

  /**
   * Reads a table.
   *
   * @throws InvalidInputException if it cannot be read, or a quoted field does not end, with the number of the line
   */
  static Csv read(Path table) {
    List<Line> texts = new ArrayList<>(); // one field each, the line
    Folder.readLines(table, (number, text) -> {
      if (!text.isBlank()) {
        texts.add(new Line(number, List.of(text)));
      }
    });
    boolean endsOpen = Folder.endsOpen(table);
    if (texts.isEmpty()) {
      return new Csv(List.of(), List.of(), endsOpen);
    }
    Matcher announced = ANNOUNCED.matcher(texts.getFirst().fields.getFirst());
    char separator = announced.matches() ? announced.group(1).charAt(0) : separator(texts.getFirst().fields.getFirst());
    if (announced.matches()) {
      texts.removeFirst();
    }
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i).fields.getFirst();
      int number = texts.get(i).number;
      boolean cut = endsOpen && i == texts.size() - 1;
      List<String> fields = fields(text, separator).orElseThrow(() -> cut ? Folder.cutShort(table, number, "a quoted field does not end")
          : new InvalidInputException(
              table + ", line " + number + ": a quoted field does not end as it should: " + text + "; correct the line"));
      if (fields.stream().anyMatch(field -> !field.isBlank())) {
        lines.add(new Line(number, fields));
      }
    }
    if (lines.isEmpty()) {
      return new Csv(List.of(), List.of(), endsOpen);
    }
    List<String> header = lines.removeFirst().fields.stream().map(String::strip).toList();
    return new Csv(header, lines, endsOpen);
  }

  /** The one that makes the most fields of a header. */
  private static char separator(String header) {
    char best = SEPARATORS[0];
    for (char separator : SEPARATORS) {
      if (count(header, separator) > count(header, best)) {
        best = separator;
      }
    }
    return best;
  }

  private static long count(String text, char c) {
    return text.chars().filter(each -> each == c).count();
  }

  /** The fields of a line, or nothing where a quote is not closed or text follows a closing one. */
  static Optional<List<String>> fields(String line, char separator) {
    List<String> fields = new ArrayList<>();
    int at = 0;
    while (true) {
      StringBuilder field = new StringBuilder();
      if (at < line.length() && line.charAt(at) == '"') {
        at = quoted(line, at + 1, field);
      } else {
        int next = line.indexOf(separator, at);
        int end = next < 0 ? line.length() : next;
        field.append(line, at, end);
        at = end;
      }
      if (at < 0) {
        return Optional.empty();
      }
      fields.add(field.toString());
      if (at == line.length()) {
        return Optional.of(fields);
      }
      if (line.charAt(at) != separator) {
        return Optional.empty();
      }
      at++;
    }
  }

  /** Reads up to the closing quote; returns the place after it, or -1 where there is none. */
  private static int quoted(String line, int from, StringBuilder field) {
    int at = from;
    while (true) {
      int quote = line.indexOf('"', at);
      if (quote < 0) {
        return -1;
      }
      field.append(line, at, quote);
      if (quote + 1 == line.length() || line.charAt(quote + 1) != '"') {
        return quote + 1;
      }
      field.append('"');
      at = quote + 2;
    }
  }
}

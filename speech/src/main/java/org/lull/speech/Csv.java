package org.lull.speech;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Comma-separated values, a record per line; fields may be quoted, with "" for a quote (RFC 4180 without line breaks in fields). */
final class Csv {
  private Csv() {}

  /** The fields of a line, or nothing where a quote is not closed or text follows a closing one. */
  static Optional<List<String>> fields(String line) {
    List<String> fields = new ArrayList<>();
    int at = 0;
    while (true) {
      StringBuilder field = new StringBuilder();
      if (at < line.length() && line.charAt(at) == '"') {
        at = quoted(line, at + 1, field);
      } else {
        int comma = line.indexOf(',', at);
        int end = comma < 0 ? line.length() : comma;
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
      if (line.charAt(at) != ',') {
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

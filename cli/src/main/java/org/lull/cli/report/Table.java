// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table of text, columns as wide as their widest cell: the first to the left, the others to the right, or to the left too. */
public final class Table {
  private static final String GAP = "   ";

  private final List<String[]> rows = new ArrayList<>();

  public Table row(String... cells) {
    rows.add(cells);
    return this;
  }

  /** The cells, row by row; the first row is the header where there is one. */
  public List<List<String>> rows() {
    return rows.stream().map(List::of).toList();
  }

  /** Every column to the left. */
  public String left() {
    return text(rows, false);
  }

  @Override
  public String toString() {
    return text(rows, true);
  }

  /**
   * In parts below each other where the table is wider than this, each part with the first columns again.
   *
   * @param width characters of a line
   * @param keys columns that every part begins with
   */
  public String fitted(int width, int keys) {
    int[] widths = widths(rows);
    int keyWidth = IntStream.range(0, keys).map(i -> widths[i] + GAP.length()).sum();
    List<List<Integer>> parts = new ArrayList<>();
    int room = 0;
    for (int i = keys; i < widths.length; i++) {
      int needed = widths[i] + GAP.length();
      if (parts.isEmpty() || needed > room) {
        parts.add(new ArrayList<>());
        room = width + GAP.length() - keyWidth;
      }
      parts.getLast().add(i);
      room -= needed;
    }
    return parts.size() < 2 ? toString() : parts.stream().map(part -> text(columns(keys, part), true))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /** As standard output takes it: in parts on a terminal that is too narrow, else whole. */
  public String shown(int keys) {
    OptionalInt width = Terminal.columnsOfOutput();
    return width.isPresent() ? fitted(width.getAsInt(), keys) : toString();
  }

  private List<String[]> columns(int keys, List<Integer> part) {
    return rows.stream().map(row -> IntStream.concat(IntStream.range(0, keys), part.stream().mapToInt(i -> i))
        .mapToObj(i -> i < row.length ? row[i] : "").toArray(String[]::new)).toList();
  }

  private static int[] widths(List<String[]> rows) {
    int[] widths = new int[rows.stream().mapToInt(row -> row.length).max().orElse(0)];
    rows.forEach(row -> Arrays.setAll(widths, i -> i < row.length ? Math.max(widths[i], row[i].length()) : widths[i]));
    return widths;
  }

  private static String text(List<String[]> rows, boolean right) {
    int[] widths = widths(rows);
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        String space = " ".repeat(widths[i] - row[i].length());
        line.append(i == 0 ? "" : GAP).append(i > 0 && right ? space + row[i] : row[i] + space);
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }
}

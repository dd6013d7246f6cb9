// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.ArrayList;
import java.util.List;

/** A table of text, columns as wide as their widest cell: the first to the left, the others to the right, or to the left too. */
public final class Table {
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
    return text(false);
  }

  @Override
  public String toString() {
    return text(true);
  }

  private String text(boolean right) {
    int columns = rows.stream().mapToInt(row -> row.length).max().orElse(0);
    int[] width = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        width[i] = Math.max(width[i], row[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        String space = " ".repeat(width[i] - row[i].length());
        line.append(i == 0 ? "" : "   ").append(i > 0 && right ? space + row[i] : row[i] + space);
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }
}

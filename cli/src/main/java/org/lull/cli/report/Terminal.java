// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalInt;

/** What standard output and standard error are. */
public final class Terminal {
  /** Characters of a line, on terminals of the usual size. */
  public static final int WIDTH = 80;

  /** Set by the launcher where the locale is not one of UTF-8, which Java does not see any more; or by a user who wants ASCII. */
  private static final String ASCII = "LULL_ASCII";

  private Terminal() {}

  /** Plus or minus, before an error. */
  static String plusMinus() {
    return System.getenv(ASCII) == null ? "±" : "+-";
  }

  /** Whether standard output is a terminal that shows Unicode; a file or a pipe is not. */
  public static boolean showsUnicode() {
    return System.console() != null && System.console().isTerminal() && System.getenv(ASCII) == null
        && System.getProperty("stdout.encoding", "").toUpperCase(Locale.ROOT).equals("UTF-8");
  }

  /**
   * Columns of the terminal that progress is shown on; empty where standard error goes somewhere else, or to a terminal that cannot erase a
   * line.
   */
  static OptionalInt columns() {
    String terminal = System.getenv("TERM");
    if (terminal == null || terminal.equals("dumb")) {
      return OptionalInt.empty();
    }
    try {
      Process size = new ProcessBuilder("sh", "-c", "stty size <&2 2>/dev/null").redirectError(Redirect.INHERIT).start();
      String[] rowsAndColumns = new String(size.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip().split(" ");
      if (size.waitFor() != 0 || rowsAndColumns.length != 2) {
        return OptionalInt.empty();
      }
      int columns = Integer.parseInt(rowsAndColumns[1]);
      return OptionalInt.of(columns == 0 ? WIDTH : columns);
    } catch (IOException | NumberFormatException e) {
      return OptionalInt.empty(); // a system without stty
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  /** Columns for what is printed on standard output; empty where that is no terminal. */
  static OptionalInt columnsOfOutput() {
    return System.console() != null && System.console().isTerminal() ? columns() : OptionalInt.empty();
  }
}

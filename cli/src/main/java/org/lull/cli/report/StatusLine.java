// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/**
 * The last line of the terminal that standard error goes to, on which progress is drawn. There is one in a process. What is printed while
 * it is shown has to go through {@link #above}, or the two would mix.
 */
final class StatusLine {
  private static final String ERASE = "\r\033[K";
  /** Of a terminal that does not know its size. */
  private static final int USUAL_COLUMNS = 80;

  private static String shown = "";
  private static boolean ended;
  private static boolean watched;

  private StatusLine() {}

  /** Columns of the terminal; empty where standard error goes somewhere else, or to a terminal that cannot erase a line. */
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
      return OptionalInt.of(columns == 0 ? USUAL_COLUMNS : columns);
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

  /** Shows a line, which must fit, in place of the one before. */
  static synchronized void draw(PrintWriter err, String line) {
    if (ended || !watch(err)) {
      return;
    }
    err.print("\r" + line + "\033[K");
    err.flush();
    shown = line;
  }

  /** Has the line erased when the process ends, if by Ctrl-C too. */
  private static boolean watch(PrintWriter err) {
    if (!watched) {
      try {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(err)));
      } catch (IllegalStateException e) {
        return false; // it is ending already
      }
      watched = true;
    }
    return true;
  }

  static synchronized void erase(PrintWriter err) {
    if (!shown.isEmpty()) {
      err.print(ERASE);
      err.flush();
      shown = "";
    }
  }

  /** Prints a line above. */
  static synchronized void above(PrintWriter err, String line) {
    String again = shown;
    erase(err);
    err.println(line);
    err.flush();
    if (!again.isEmpty()) {
      draw(err, again);
    }
  }

  /** Erases the line, which is never drawn again. */
  static synchronized void end(PrintWriter err) {
    erase(err);
    ended = true;
  }
}

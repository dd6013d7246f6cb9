// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.io.PrintWriter;

/**
 * The last line of the terminal that standard error goes to, on which progress is drawn. There is one in a process. What is printed while
 * it is shown has to go through {@link #above}, or the two would mix.
 */
final class StatusLine {
  private static final String ERASE = "\r\033[K";
  private static String shown = "";
  private static boolean ended;
  private static boolean watched;

  private StatusLine() {}

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

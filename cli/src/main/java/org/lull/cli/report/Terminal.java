// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.Locale;

/** What standard output is. */
public final class Terminal {
  /** Characters of a line, on terminals of the usual size. */
  public static final int WIDTH = 80;

  /** Set by the launcher where the locale is not one of UTF-8, which Java does not see any more; or by a user who wants ASCII. */
  private static final String ASCII = "LULL_ASCII";

  private Terminal() {}

  /** Whether it is a terminal that shows Unicode; a file or a pipe is not. */
  public static boolean showsUnicode() {
    return System.console() != null && System.console().isTerminal() && System.getenv(ASCII) == null
        && System.getProperty("stdout.encoding", "").toUpperCase(Locale.ROOT).equals("UTF-8");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import java.util.List;
import java.util.stream.Collectors;

/** Commands as a shell takes them. */
public final class ShellQuote {
  private ShellQuote() {}

  /** A command that can be pasted. */
  public static String command(String program, List<String> arguments) {
    return program + arguments.stream().map(argument -> " " + quote(argument)).collect(Collectors.joining());
  }

  /** One word, in single quotes where it holds more than letters, digits and a few signs. */
  static String quote(String word) {
    return word.matches("[\\p{L}\\p{N}_./:=,+%@-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

/** Texts for a POSIX shell. */
public final class Shell {
  private Shell() {}

  /** An argument, in quotes where the shell would take it apart or for something else. */
  public static String quoted(String argument) {
    return argument.matches("[\\w./+:@%,=-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
  }
}

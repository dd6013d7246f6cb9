// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.stream.Collectors;
import org.lull.experiments.run.Shell;
import picocli.CommandLine.Model.CommandSpec;

/** The command that was given, to be given again. */
public final class CommandText {
  private CommandText() {}

  /** How the user starts Lull: "lull", or the script that the user called, such as "./lull". */
  public static String lull() {
    return Shell.quoted(System.getProperty("lull.command", "lull"));
  }

  /** As a shell takes it. */
  public static String of(CommandSpec spec) {
    return lull() + spec.root().commandLine().getParseResult().originalArgs().stream()
        .map(argument -> " " + Shell.quoted(argument)).collect(Collectors.joining());
  }
}

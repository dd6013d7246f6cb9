// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.stream.Collectors;
import org.lull.experiments.run.Shell;
import picocli.CommandLine.Model.CommandSpec;

/** The command that was given, to be given again. */
public final class CommandText {
  private CommandText() {}

  /** As a shell takes it. */
  public static String of(CommandSpec spec) {
    return spec.root().name() + spec.root().commandLine().getParseResult().originalArgs().stream()
        .map(argument -> " " + Shell.quoted(argument)).collect(Collectors.joining());
  }
}

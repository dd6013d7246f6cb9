// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** lull completion: a script for the shell. */
@Command(name = "completion", mixinStandardHelpOptions = true,
    description = "Prints a script that lets bash or zsh complete commands and options of lull.",
    footer = {"", "Example (for this shell; in .bashrc or .zshrc it is for all):", "  source <(lull completion)"})
public final class CompletionCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash(spec.root().name(), spec.root().commandLine()));
    out.flush();
    return 0;
  }
}

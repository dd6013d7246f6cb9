package org.lull.cli;

import org.lull.InvalidInputException;
import org.lull.train.Diverged;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line. Exit codes: 0 done, 1 training failed, 2 a mistake in what was asked for. */
@Command(name = "lull", mixinStandardHelpOptions = true, versionProvider = Version.class,
    subcommands = {TrainCommand.class, EvalCommand.class, InfoCommand.class, SynthesiseCommand.class, CommandLine.HelpCommand.class},
    description = "Trains recurrent networks by computing only where something changes.",
    footer = {"", "Examples:", "  lull train                       the embedded speech corpus, dense beside delta",
        "  lull train --data speech_commands --run runs/words", "  lull eval --model runs/words --data speech_commands",
        "  lull help train"})
public final class Lull implements Runnable {
  static final int MISTAKE = 2;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The command line with its conventions, for {@link #main} and for tests. */
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Lull());
    commandLine.setExecutionExceptionHandler(Lull::explain);
    commandLine.setParameterExceptionHandler((e, args) -> {
      CommandLine at = e.getCommandLine();
      at.getErr().println("lull: " + e.getMessage() + "; see " + at.getCommandSpec().qualifiedName() + " --help");
      return MISTAKE;
    });
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpAutoWidth(true);
    return commandLine;
  }

  /** The user's mistakes are one line; everything else is ours and shows where it happened. */
  private static int explain(Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) {
    switch (e) {
      case InvalidInputException _ -> {
        commandLine.getErr().println("lull: " + e.getMessage());
        return MISTAKE;
      }
      case Diverged _ -> {
        commandLine.getErr().println("lull: training stopped: " + e.getMessage());
        return 1;
      }
      default -> {
        e.printStackTrace(commandLine.getErr());
        commandLine.getErr().println("lull: this is a defect of lull, please report it with the lines above");
        return 1;
      }
    }
  }

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import java.util.List;
import java.util.concurrent.CancellationException;
import org.lull.accelerator.CoreFault;
import org.lull.cli.commands.BenchCommand;
import org.lull.cli.commands.CacheCommand;
import org.lull.cli.commands.CompletionCommand;
import org.lull.cli.commands.DemoCommand;
import org.lull.cli.commands.EvalCommand;
import org.lull.cli.commands.ExportCommand;
import org.lull.cli.commands.ImportCommand;
import org.lull.cli.commands.IncrementalCommand;
import org.lull.cli.commands.InfoCommand;
import org.lull.cli.commands.LearnCommand;
import org.lull.cli.commands.PredictCommand;
import org.lull.cli.commands.ReportCommand;
import org.lull.cli.commands.ReproduceCommand;
import org.lull.cli.commands.ServeCommand;
import org.lull.cli.commands.SimulateCommand;
import org.lull.cli.commands.SweepCommand;
import org.lull.cli.commands.SynthesiseCommand;
import org.lull.cli.commands.TrainCommand;
import org.lull.cli.commands.VersionCommand;
import org.lull.cli.report.WarningsOnly;
import org.lull.experiments.preset.Preset;
import org.lull.experiments.preset.Presets;
import org.lull.input.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.train.Diverged;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;
import picocli.CommandLine;

/** The command line. Exit codes: 0 done, 1 training failed, 2 a mistake in what was asked for. */
@Command(name = "lull", mixinStandardHelpOptions = true, versionProvider = VersionCommand.class,
    subcommands = {DemoCommand.class, TrainCommand.class, SweepCommand.class, ReproduceCommand.class, ReportCommand.class,
        LearnCommand.class, IncrementalCommand.class, EvalCommand.class, PredictCommand.class, InfoCommand.class,
        SynthesiseCommand.class, BenchCommand.class, ServeCommand.class, ImportCommand.class,
        ExportCommand.class, SimulateCommand.class, CacheCommand.class, VersionCommand.class, CompletionCommand.class,
        CommandLine.HelpCommand.class},
    description = "Trains recurrent networks by computing only where something changes.",
    commandListHeading = "%nCommands (lull help COMMAND says more):%n",
    footer = {"", "Examples (the first two need no data):", "  lull demo",
        "  lull train", "  lull train --data speech_commands --run runs/words", "  lull eval --model runs/words --data speech_commands",
        "  lull help train"})
public final class Lull implements Runnable {
  static final int MISTAKE = 2;
  /** As a shell has it for a command that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  /** Of the forty that lull train has. */
  private static final List<String> OPTIONS_TO_BEGIN_WITH = List.of("--data", "--run", "--epochs", "--cell", "--target-reduction");

  @Spec
  private CommandSpec spec;

  @Option(names = {"-q", "--quiet"}, scope = ScopeType.INHERIT, description = "No progress: only the result, warnings and errors.")
  private boolean quiet;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The command line with its conventions, for {@link #main} and for tests. */
  static CommandLine commandLine() {
    return commandLine(Presets.ALL);
  }

  /** @param presets of {@code lull reproduce} */
  static CommandLine commandLine(List<Preset> presets) {
    CommandLine commandLine = new CommandLine(new Lull(), new Commands(presets));
    commandLine.setExecutionStrategy(Lull::execute);
    commandLine.setExecutionExceptionHandler((e, at, parsed) -> explain(e, at));
    commandLine.setParameterExceptionHandler((e, args) -> explain(e));
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_FOOTER, GroupedHelp::footer);
    commandLine.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, GroupedHelp::commands);
    commandLine.getSubcommands().forEach((name, command) -> {
      command.getCommandSpec().usageMessage().requiredOptionMarker('*');
      command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_FOOTER, GroupedHelp::footer);
      command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST,
          new GroupedHelp(name.equals("train") ? OPTIONS_TO_BEGIN_WITH : List.of()));
    });
    return commandLine;
  }

  /** Makes the commands, of which one depends on more than its options. */
  private record Commands(List<Preset> presets) implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      return type == ReproduceCommand.class ? type.cast(new ReproduceCommand(presets)) : CommandLine.defaultFactory().create(type);
    }
  }

  /** Runs the command; too little memory is not an Exception, and would end in a stack trace. */
  private static int execute(ParseResult parsed) {
    if (parsed.commandSpec().userObject() instanceof Lull lull && lull.quiet) {
      parsed.asCommandLineList().stream().skip(1).forEach(command -> command.setErr(new WarningsOnly(command.getErr())));
    }
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (OutOfMemoryError e) {
      return outOfMemory(parsed.commandSpec().commandLine());
    }
  }

  /** A mistake in the options, in one line. */
  private static int explain(ParameterException e) {
    CommandLine at = e.getCommandLine();
    List<String> suggestions = e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
    String meant = suggestions.isEmpty() ? "" : "; did you mean " + String.join(" or ", suggestions) + "?";
    String message = e.getMessage().replaceAll("\\R", " ");
    at.getErr().println("lull: " + message + meant + "; see " + at.getCommandSpec().qualifiedName() + " --help");
    return MISTAKE;
  }

  /** The user's mistakes are one line; everything else is ours and shows where it happened. */
  private static int explain(Exception e, CommandLine at) {
    CommandLine commandLine = at.getCommandSpec().root().commandLine(); // whose errors are not quiet
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return outOfMemory(commandLine);
      }
    }
    switch (e) {
      case InvalidInputException _ -> {
        commandLine.getErr().println("lull: " + e.getMessage());
        return MISTAKE;
      }
      case CancellationException _ -> {
        return INTERRUPTED; // the interruption has said what there is
      }
      case Diverged _ -> {
        commandLine.getErr().println("lull: training stopped: " + e.getMessage());
        return 1;
      }
      case CoreFault _ -> {
        commandLine.getErr().println("lull: the simulated logic failed: " + e.getMessage());
        return 1;
      }
      default -> {
        e.printStackTrace(commandLine.getErr());
        commandLine.getErr().println("lull: this is a defect of lull, please report it with the lines above");
        return 1;
      }
    }
  }

  private static int outOfMemory(CommandLine commandLine) {
    commandLine.getErr().println("lull: out of memory, of which Java may use " + (Runtime.getRuntime().maxMemory() >> 20)
        + " MB; make the network, the batch or the number of threads smaller, or allow more, such as LULL_JAVA_OPTS=-Xmx8g");
    return MISTAKE;
  }

  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true"); // pictures are drawn into files; a DISPLAY that answers nobody must not matter
    System.setProperty("slf4j.internal.verbosity", "ERROR"); // the reader of HDF5 has a log, which nobody listens to and it says so
    try {
      KernelChoice.checkProperties(); // before they are read where an error could only be a stack trace
    } catch (InvalidInputException e) {
      System.err.println("lull: " + e.getMessage());
      System.exit(MISTAKE);
    }
    KernelChoice.warnTo(advice -> System.err.println("warning: " + advice));
    System.exit(commandLine().execute(args));
  }
}

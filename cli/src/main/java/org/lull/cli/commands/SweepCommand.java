// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.lull.cli.options.ConfigOptions;
import org.lull.cli.options.DataOptions;
import org.lull.cli.options.Jobs;
import org.lull.cli.options.RunOptions;
import org.lull.cli.report.AboutTime;
import org.lull.cli.report.ConsoleListener;
import org.lull.cli.report.Interruption;
import org.lull.cli.report.ParetoPicture;
import org.lull.cli.report.SweepTable;
import org.lull.cli.report.TerminalProgress;
import org.lull.experiments.run.StepTimes;
import org.lull.experiments.store.Json;
import org.lull.experiments.sweep.Axis;
import org.lull.experiments.sweep.Grid;
import org.lull.experiments.sweep.SweepDirectory;
import org.lull.experiments.sweep.SweepIdentity;
import org.lull.experiments.sweep.SweepPlan;
import org.lull.experiments.sweep.SweepResults;
import org.lull.experiments.sweep.SweepTraining;
import org.lull.input.InvalidInputException;
import org.lull.speech.Corpus;
import org.lull.train.Cancellation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** lull sweep: many runs of training over a grid of options. */
@Command(name = "sweep", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Trains a delta network for every point of a grid of options, and the dense networks to compare them with. A sweep that"
        + " was cut off goes on with the networks that are not finished when it is started again.",
    footer = {"", "Examples:", "  lull sweep --over threshold=0.1,0.15,0.2 --over seed=1,2,3 --out grid",
        "  lull sweep --over hidden=64,128 --over threshold-x=0.1,0.1:0.3 --out grid",
        "  lull sweep --out grid           the table again"})
public final class SweepCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;
  @Mixin(name = "Configuration")
  private ConfigOptions file;
  @Mixin(name = "Data")
  private DataOptions data;
  @Mixin
  private RunOptions options;

  @Option(names = "--over", paramLabel = "NAME=V1,V2,...",
      description = "An axis of the grid: an option of those below, but for data, and its values; the elements of a list, such as a"
          + " threshold for each layer, are separated by colons. Give it again for each axis.")
  private List<String> over;

  @Option(names = "--out", paramLabel = "DIR", required = true,
      description = "Where the sweep is kept. Without --over: the table of what is there.")
  private Path out;

  @Option(names = "--jobs", paramLabel = "N",
      description = "Networks trained at a time, each by one thread if --threads says nothing else (default: one for each core).")
  private Integer jobs;

  @Option(names = "--json", description = "Print all results as JSON on standard output, instead of a table.")
  private boolean json;

  @Option(names = "--timing", paramLabel = "SECONDS",
      description = "How long the training steps of each network are timed; only with --jobs 1, where nothing disturbs (default: 3 with"
          + " --jobs 1).")
  private Double timingSeconds;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    if (over == null) {
      return shown();
    }
    jobs = Jobs.checked(jobs);
    if (timingSeconds != null && jobs > 1) {
      throw new InvalidInputException("--timing needs --jobs 1: steps cannot be timed while other networks are trained");
    }
    SweepPlan plan = plan();
    try (SweepDirectory directory = SweepDirectory.open(out)) {
      Corpus corpus = data.corpus(err);
      SweepIdentity sweep = plan.identity(corpus);
      directory.begin(sweep);
      train(plan, corpus, directory, err);
      return report(SweepResults.of(sweep, directory), directory);
    }
  }

  private SweepPlan plan() {
    Grid grid = Grid.parse(over);
    for (Axis axis : grid.axes()) {
      if (spec.commandLine().getParseResult().hasMatchedOption("--" + axis.name())) {
        throw new InvalidInputException("--" + axis.name() + " and --over " + axis.name() + " exclude each other; leave one out");
      }
    }
    double usual = jobs == 1 ? 3 : 0;
    return new SweepPlan(grid, options.config(), data.threadsOr(1), timingSeconds == null ? usual : timingSeconds);
  }

  /** Trains what is not finished. */
  private void train(SweepPlan plan, Corpus corpus, SweepDirectory directory, PrintWriter err) {
    SweepTraining training = plan.training(directory, corpus, data.loader(err));
    if (training.isEmpty()) {
      return;
    }
    err.println("training takes " + AboutTime.of(training.seconds(StepTimes.measured()), jobs) + " on this machine; if it is interrupted,"
        + " the same command goes on");
    err.flush();
    TerminalProgress progress = new TerminalProgress(err);
    Cancellation cancellation = new Cancellation();
    try (Interruption _ = new Interruption(err, cancellation, () -> plan.finished(directory) + " of " + plan.points().size()
        + " points are finished in " + out + "; the same command goes on with the rest")) {
      training.run("sweep", jobs, progress, new ConsoleListener(progress, err), cancellation);
    }
  }

  /** The table of a sweep that was trained before. */
  private int shown() {
    if (!out.resolve(SweepDirectory.SWEEP).toFile().exists()) {
      throw new InvalidInputException("there is no sweep in " + out + "; begin one with --over, as in --over threshold=0.1,0.2");
    }
    try (SweepDirectory directory = SweepDirectory.open(out)) {
      return report(SweepResults.of(directory.identity().orElseThrow(), directory), directory);
    }
  }

  private int report(SweepResults report, SweepDirectory directory) {
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter to = spec.commandLine().getOut();
    String results = Json.pretty(report) + System.lineSeparator();
    to.print(json ? results : SweepTable.text(report));
    to.flush(); // before anything that may fail
    directory.store().write(SweepDirectory.RESULTS, results);
    directory.store().write(SweepDirectory.CSV, SweepTable.csv(report));
    try {
      ParetoPicture.of(report).write(out.resolve(SweepDirectory.PARETO));
    } catch (InvalidInputException e) {
      err.println("warning: " + e.getMessage()); // not worth the failure of a sweep that has succeeded
    }
    report.missedTargets().ifPresent(missed -> err.println("warning: " + missed));
    List<String> warnings = report.warnings();
    warnings.forEach(warning -> err.println("warning: " + warning));
    err.println("saved in " + out);
    err.flush();
    return warnings.isEmpty() ? 0 : 1;
  }
}

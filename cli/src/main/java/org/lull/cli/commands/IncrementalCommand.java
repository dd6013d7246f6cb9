// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.lull.Dataset;
import org.lull.Dataset;
import org.lull.cli.options.ConfigOptions;
import org.lull.cli.options.DataOptions;
import org.lull.cli.options.IncrementalOptions;
import org.lull.cli.options.Jobs;
import org.lull.cli.report.AboutTime;
import org.lull.cli.report.IncrementalTable;
import org.lull.cli.report.Interruption;
import org.lull.cli.report.TerminalProgress;
import org.lull.experiments.incremental.ClassSchedule;
import org.lull.experiments.incremental.IncrementalConfig;
import org.lull.experiments.incremental.IncrementalDirectory.Common;
import org.lull.experiments.incremental.IncrementalDirectory.Common;
import org.lull.experiments.incremental.IncrementalDirectory;
import org.lull.experiments.incremental.IncrementalExperiment;
import org.lull.experiments.incremental.IncrementalResults;
import org.lull.experiments.incremental.Trial;
import org.lull.experiments.run.Networks;
import org.lull.experiments.run.RunData;
import org.lull.experiments.run.StepTimes;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;
import org.lull.train.Cancellation;
import org.lull.train.Example;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** lull incremental: how well classes are learned one task after another. */
@Command(name = "incremental", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Measures class-incremental learning: a network that knows some classes learns more, task after task, from their clips"
        + " and a memory of exemplars, and is measured after each on all it knows. Several orders of the classes, dense beside delta,"
        + " beside joint training. Cut off, it goes on where it was when it is started again; more methods can be added later.",
    footer = {"", "Examples:", "  lull incremental --data words --start 20 --step 3 --out growing",
        "  lull incremental --data words --schedule 20+1x15 --batch 1 --out by-one",
        "  lull incremental --data words --split validation --orders 2 --out choosing"})
public final class IncrementalCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;
  @Mixin(name = "Configuration")
  private ConfigOptions file;
  @Mixin(name = "Data")
  private DataOptions data;
  @Mixin(name = "Protocol")
  private IncrementalOptions options;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where the results are kept.")
  private Path out;

  @Option(names = "--jobs", paramLabel = "N", description = "Networks trained at a time, each by one thread (default: one for each core).")
  private Integer jobs;

  @Option(names = "--dense", description = "The dense network only.")
  private boolean denseOnly;

  @Option(names = "--delta", description = "The delta network only.")
  private boolean deltaOnly;

  /** Which examples accuracy is measured on. */
  private enum Split {
    TEST,
    VALIDATION
  }

  @Option(names = "--split", paramLabel = "SPLIT", defaultValue = "test",
      description = "What accuracy is measured on: test, or validation to choose a method by (default: ${DEFAULT-VALUE}).")
  private Split split;

  @Option(names = "--matrix", description = "Print the accuracy of each task's classes after each task too.")
  private boolean matrix;

  @Option(names = "--json", description = "Print all results as JSON on standard output, instead of a table.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    if (denseOnly && deltaOnly) {
      throw new InvalidInputException("--dense and --delta exclude each other; leave both out for both");
    }
    jobs = Jobs.checked(jobs);
    List<Trial> trials = options.trials(); // refuses mistakes before the data is read
    IncrementalConfig config = options.config();
    int orders = options.orders();
    Networks networks = denseOnly ? Networks.DENSE : deltaOnly ? Networks.DELTA : Networks.BOTH;
    Corpus corpus = data.corpus(err);
    LogMelSettings frontEnd = config.network().frontEnd();
    Dataset dataset = data.load(corpus, frontEnd, err);
    if (dataset.isRegression()) {
      throw new InvalidInputException("lull incremental learns classes, and the data (" + dataset.name() + ") has numbers to predict; give"
          + " data with classes");
    }
    List<Example> measured = split == Split.TEST ? dataset.test() : dataset.validation();
    if (measured.isEmpty()) {
      throw new InvalidInputException(dataset.name() + " has no examples for " + split.name().toLowerCase(Locale.ROOT)
          + "; choose the other --split, or give it more recordings");
    }
    ClassSchedule schedule = new ClassSchedule(dataset.labels().size(), config.start(), config.step(), 1);
    Common common = new Common(dataset.name(), dataset.hash(), split.name().toLowerCase(Locale.ROOT), config.options());
    try (IncrementalDirectory directory = IncrementalDirectory.open(out, common)) {
      IncrementalExperiment experiment = new IncrementalExperiment(config, directory,
          RunData.of(corpus, dataset, frontEnd), measured, networks);
      double seconds = experiment.seconds(orders, trials, StepTimes.measured());
      if (seconds > 0) {
        err.println("training takes " + AboutTime.of(seconds, jobs) + " on this machine; if it is interrupted, the same command goes on");
        err.flush();
      }
      Map<String, String> failures;
      Cancellation cancellation = new Cancellation();
      try (Interruption _ = new Interruption(err, cancellation, () -> directory.all().size() + " results are finished in " + out
          + "; the same command goes on with the rest")) {
        failures = experiment.run(orders, trials, jobs, new TerminalProgress(err), cancellation);
      }
      List<Integer> classes = IntStream.range(0, schedule.tasks()).mapToObj(schedule::known).toList();
      return report(IncrementalResults.of(common, classes, directory.all()), directory, failures);
    }
  }

  private int report(IncrementalResults report, IncrementalDirectory directory, Map<String, String> failures) {
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter to = spec.commandLine().getOut();
    String results = Json.pretty(report) + System.lineSeparator();
    to.print(json ? results : IncrementalTable.text(report) + (matrix ? IncrementalTable.matrices(report) : ""));
    to.flush(); // before anything that may fail
    directory.store().write(IncrementalDirectory.RESULTS, results);
    try {
      IncrementalTable.picture(report).write(directory.store().resolve(IncrementalDirectory.PICTURE));
    } catch (InvalidInputException e) {
      err.println("warning: " + e.getMessage()); // not worth the failure of an experiment that has succeeded
    }
    failures.forEach((part, why) -> err.println("warning: " + part + ": training stopped: " + why));
    err.println("saved in " + out);
    err.flush();
    return failures.isEmpty() ? 0 : 1;
  }
}

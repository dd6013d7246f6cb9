// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.cli.options.DataOptions;
import org.lull.cli.options.RunOptions;
import org.lull.cli.report.ConsoleListener;
import org.lull.cli.report.Interruption;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.TerminalProgress;
import org.lull.experiments.run.Experiment;
import org.lull.experiments.run.Networks;
import org.lull.experiments.run.Phase;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.RunData;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.run.TrainingRun;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;
import org.lull.train.Cancellation;
import org.lull.train.EpochRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** lull train: a dense and a delta network on the same data, compared. */
@Command(name = "train", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Trains a dense and a delta network on the same data and compares them.",
    footer = {"", "Examples:", "  lull train", "  lull train --data speech_commands --cell gru --layers 1 --hidden 128",
        "  lull train --data fsdd --threshold-x 0.3 --threshold-h 0.1,0.2 --seed 7",
        "  lull train --data words --dense --run runs/words --json"})
public final class TrainCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;
  @Mixin(name = "Data")
  private DataOptions data;
  @Mixin
  private RunOptions options;

  @Option(names = "--run", paramLabel = "DIR", description = "Where the run is saved (default: runs/ and the time).")
  private Path runDir;

  @Option(names = "--json", description = "Print the result as JSON on standard output, instead of a table.")
  private boolean json;

  @Option(names = "--dense", description = "Train the dense network only.")
  private boolean denseOnly;

  @Option(names = "--delta", description = "Train the delta network only, without the dense one to compare it with.")
  private boolean deltaOnly;

  @Option(names = "--timing", paramLabel = "SECONDS", defaultValue = "3",
      description = "How long the training steps are timed at the end, dense and delta in turn (default: ${DEFAULT-VALUE}).")
  private double timingSeconds;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    if (denseOnly && deltaOnly) {
      throw new InvalidInputException("--dense and --delta exclude each other; leave both out to train both");
    }
    RunConfig config = options.config();
    if (denseOnly && config.delta().budget().isPresent()) {
      throw new InvalidInputException("--dense trains no delta network, which a target of reduction or sparsity is for; leave one out");
    }
    LogMelSettings frontEnd = config.frontEnd();
    Experiment.check(config, timingSeconds, data.threads()); // refuses mistakes before hours are spent on the data
    if (runDir == null) {
      RunDirectory.requirePlace(RunDirectory.RUNS);
    } else {
      RunDirectory.requireNew(runDir);
    }
    long start = System.nanoTime();
    Corpus corpus = data.corpus(err);
    Dataset dataset = data.load(corpus, frontEnd, err);
    RunDirectory run = runDir == null ? RunDirectory.createIn(RunDirectory.RUNS) : RunDirectory.create(runDir);
    try (Interruption _ = new Interruption(err, () -> stop(run))) {
      TerminalProgress progress = new TerminalProgress(err);
      TrainingRun training = new TrainingRun(config, networks(), RunData.of(corpus, dataset, frontEnd), timingSeconds, data.threads(),
          new Narrator(progress, err));
      progress.expect(training.examples());
      train(training, config, run, progress, new ConsoleListener(progress, err));
    } finally {
      run.removeIfEmpty();
    }
    err.println("saved in " + run.path() + " after " + TerminalProgress.brief(Duration.ofNanos(System.nanoTime() - start)));
    err.flush();
    return 0;
  }

  private void train(TrainingRun training, RunConfig config, RunDirectory run, TerminalProgress progress,
      ConsoleListener listener) {
    RunResult result = training.train(run, progress, new Cancellation());
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(result) + System.lineSeparator() : ResultTable.of(result, config.network().cell().displayName()));
    out.flush(); // before anything that may fail: a full disk must not hide what a long run found
    run.result(result);
    TrainingRun.missedTarget(result).ifPresent(listener::warning);
    listener.complete(training);
  }

  private Networks networks() {
    return denseOnly ? Networks.DENSE : deltaOnly ? Networks.DELTA : Networks.BOTH;
  }

  /** Lets nothing more be written, and says what there is. */
  private static String stop(RunDirectory run) {
    run.seal();
    run.removeIfEmpty();
    return run.isEmpty() ? "no epoch was over, nothing is kept" : "the best weights so far are in " + run.path();
  }

  /** Tells the user how it goes. */
  private record Narrator(TerminalProgress progress, PrintWriter err) implements Experiment.Listener {
    @Override
    public void epoch(Phase phase, EpochRecord record, boolean best) {
      boolean regression = record.trainAccuracy() == null;
      progress.note("epoch " + record.epoch() + (record.validationLoss() == null ? ", training " : ", validation ") + (regression
          ? "loss " + ResultTable.number(record.decidingLoss()) : "accuracy " + ResultTable.percent(record.decidingAccuracy())));
    }

    @Override
    public void trained(Model model) {
      err.println(model.mode().name().toLowerCase(Locale.ROOT) + " network trained");
      err.flush();
    }
  }
}

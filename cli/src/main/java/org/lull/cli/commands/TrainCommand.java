// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.cli.options.ConfigOptions;
import org.lull.cli.options.DataOptions;
import org.lull.cli.options.OptionValues;
import org.lull.cli.options.RunOptions;
import org.lull.cli.page.ReportPage;
import org.lull.cli.report.CommandText;
import org.lull.cli.report.ConsoleListener;
import org.lull.cli.report.Interruption;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.TerminalProgress;
import org.lull.cli.serve.LivePage;
import org.lull.experiments.run.CorpusLoader;
import org.lull.experiments.run.Experiment;
import org.lull.experiments.run.NetworkConfig;
import org.lull.experiments.run.Networks;
import org.lull.experiments.run.Phase;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.RunData;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.RunFile;
import org.lull.experiments.run.RunInfo;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.run.SavedRun;
import org.lull.experiments.run.TensorBoardLog;
import org.lull.experiments.run.TrainingRun;
import org.lull.input.InvalidInputException;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;
import org.lull.train.Cancellation;
import org.lull.train.Checkpoints;
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
        "  lull train --quick", "  lull train --data fsdd --threshold-x 0.3 --threshold-h 0.1,0.2 --seed 7",
        "  lull train --data words --dense --run runs/words --json",
        "  lull train --config runs/words/config.toml --seed 2   # another seed",
        "  lull train --live 8090                 # open http://localhost:8090/",
        "  lull train --tensorboard --run runs/words   # tensorboard --logdir runs",
        "  lull train --resume runs/words              # after an interruption",
        "  lull train --from runs/dense --target-reduction 7 --data words"})
public final class TrainCommand implements Callable<Integer> {
  /** Of --quick: small batches, as a quarter of the corpus has few. */
  private static final Map<String, String> QUICK_EMBEDDED = Map.of("epochs", "50", "batch", "16");
  private static final Map<String, String> QUICK = Map.of("epochs", "10");
  /** Options that are not of the training: where things are, and what is printed. */
  private static final Set<String> NOT_KEPT = Set.of("run", "resume", "config", "cache", "json", "details", "quiet", "live");

  @Spec
  private CommandSpec spec;
  @Mixin(name = "Configuration")
  private ConfigOptions file;
  @Mixin(name = "Data")
  private DataOptions data;
  @Mixin
  private RunOptions options;

  @Option(names = "--run", paramLabel = "DIR", description = "Where the run is saved (default: runs/ and the time).")
  private Path runDir;

  @Option(names = "--json", description = "Print the result as JSON on standard output, instead of a table.")
  private boolean json;

  @Option(names = "--details", description = "Print all figures too, as a table; lull info RUN --details does it later.")
  private boolean details;

  @Option(names = "--quick",
      description = "A first look in a minute or two, less accurate: a quarter of the embedded corpus; of other data 10 epochs, if"
          + " --epochs says nothing else.")
  private boolean quick;

  @Option(names = "--tensorboard", description = "Write the figures of each epoch for TensorBoard too, into the run.")
  private boolean tensorBoard;

  @Option(names = "--live", paramLabel = "PORT",
      description = "Serve the report of the run to browsers on this machine while it trains, as http://localhost:PORT/; 0 takes any port"
          + " that is free.")
  private Integer livePort;

  @Option(names = "--dense", description = "Train the dense network only.")
  private boolean denseOnly;

  @Option(names = "--delta", description = "Train the delta network only, without the dense one to compare it with.")
  private boolean deltaOnly;

  @Option(names = "--from", paramLabel = "RUN",
      description = "Start from a trained model (a run directory or a model file) instead of initial weights. Its cell, sizes, head, front"
          + " end, normalisation and labels stay; thresholds or a target are as in any training. It is trained further twice for the same"
          + " epochs, densely and as a delta network, and all three are compared; with --delta as a delta network alone.")
  private Path from;

  @Option(names = "--timing", paramLabel = "SECONDS", defaultValue = "3",
      description = "How long the training steps are timed at the end, dense and delta in turn (default: ${DEFAULT-VALUE}).")
  private double timingSeconds;

  @Option(names = "--resume", paramLabel = "RUN",
      description = "Go on with a run that was interrupted, from its last checkpoint; it ends with the same bytes as without the"
          + " interruption. Its options and data need not be given again. With a larger number of --epochs a finished run is trained"
          + " further.")
  private Path resumed;

  @Option(names = "--checkpoint-every", paramLabel = "N",
      description = "Keep a checkpoint after every N training steps too, not only after each epoch and on Ctrl-C.")
  private Integer checkpointEvery;

  /** Null until the data is read. */
  private volatile RunDirectory running;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    if (denseOnly && deltaOnly) {
      throw new InvalidInputException("--dense and --delta exclude each other; leave both out to train both");
    }
    if (json && details) {
      throw new InvalidInputException("--json and --details exclude each other; the JSON has all figures");
    }
    if (checkpointEvery != null && checkpointEvery < 1) {
      throw new InvalidInputException("--checkpoint-every " + checkpointEvery + ", expected 1 step or more");
    }
    if (resumed != null) {
      try (LivePage live = livePage(err)) {
        resume(live, err);
      }
      return 0;
    }
    StartModel start = from == null ? null : StartModel.load(from);
    RunConfig config = start == null ? config() : start.config(config(), options.given(spec));
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
    try (LivePage live = livePage(err)) {
      train(config, start, frontEnd, live, err);
    }
    return 0;
  }

  private LivePage livePage(PrintWriter err) {
    if (livePort == null) {
      return null;
    }
    if (livePort < 0 || livePort > 65535) {
      throw new InvalidInputException("live: port " + livePort + ", expected 0 to 65535");
    }
    LivePage live = new LivePage(livePort, () -> running == null ? ReportPage.waiting() : ReportPage.live(SavedRun.read(running.path())));
    err.println("live page: " + live.address());
    err.flush();
    return live;
  }

  /**
   * @param from the model to start from; or null
   * @param live told of each epoch; or null
   */
  private void train(RunConfig config, StartModel from, LogMelSettings frontEnd, LivePage live, PrintWriter err) {
    long start = System.nanoTime();
    if (quick) {
      err.println("quick: " + TrainEnding.quickNote(config, data.isEmbedded()));
    }
    Corpus corpus = quick ? data.quickCorpus(err) : data.corpus(err);
    Dataset dataset = from == null ? data.load(corpus, frontEnd, err) : from.dataset(corpus, data, err);
    try (RunDirectory run = runDir == null ? RunDirectory.createIn(RunDirectory.RUNS) : RunDirectory.create(runDir)) {
      String dir = data.dir().map(path -> path.toAbsolutePath().toString()).orElse(null);
      Model model = from == null ? null : from.model();
      RunFile file = new RunFile(config.options(), networks(), dir, quick, CorpusLoader.isSound(corpus), dataset.contentHash(),
          model == null ? null : model.fingerprint(), null);
      train(run, file, () -> {
        run.info(RunInfo.of(CommandText.of(spec), dataset));
        run.config(OptionValues.toml(spec, NOT_KEPT, resolved(config)));
        run.begin(file, model);
      }, RunData.of(corpus, dataset, frontEnd), model, live, start, err);
    }
  }

  /** Options that were changed by others, as they apply. */
  private static Map<String, Object> resolved(RunConfig config) {
    NetworkConfig network = config.network();
    Map<String, Object> values = new TreeMap<>(Map.of("epochs", config.training().epochs(), "batch", config.training().batch(), "features",
        config.features(), "cell", network.cell().name(), "layers", network.layers(), "hidden", network.hidden(), "head",
        network.head().label()));
    if (network.numeric() != null) {
      values.put("numeric", network.numeric());
    }
    return values;
  }

  private Experiment.Listener listener(TerminalProgress progress, RunDirectory run, Networks networks, LivePage live) {
    List<Experiment.Listener> listeners = new ArrayList<>(List.of(new Narrator(progress)));
    if (tensorBoard) {
      listeners.add(new TensorBoardLog(run.path(), networks));
    }
    if (live != null) {
      listeners.add(new Experiment.Listener() {
        @Override
        public void epoch(Phase phase, EpochRecord record, boolean best) {
          live.changed();
        }
      });
    }
    return Experiment.Listener.all(listeners);
  }

  /** @param live told of each epoch; or null */
  private void resume(LivePage live, PrintWriter err) {
    if (runDir != null) {
      throw new InvalidInputException("--run and --resume exclude each other; --resume goes on in the directory of the run");
    }
    try (RunDirectory run = RunDirectory.resume(resumed)) {
      RunFile file = run.begun().with(options.given(spec), resumed.toString());
      if (quick && !file.quick()) {
        throw new InvalidInputException("--quick beside --resume: " + resumed + " was begun without; leave it out, or begin another run");
      }
      if ((denseOnly || deltaOnly) && file.networks() != networks()) {
        throw new InvalidInputException((denseOnly ? "--dense" : "--delta") + " beside --resume: " + resumed + " was begun with "
            + (file.networks() == Networks.BOTH ? "both networks" : "the other network") + "; leave it out, or begin another run");
      }
      Model start = run.start();
      if (from != null) {
        StartModel.load(from).requireSame(start, resumed);
      }
      RunConfig config = file.config();
      if (file.isComplete()) {
        ending().print(run.result(), file);
        err.println(resumed + " is complete; give --epochs with more than " + config.training().epochs() + " to train it further");
        err.flush();
        return;
      }
      Experiment.check(config, timingSeconds, data.threads());
      long time = System.nanoTime();
      Path dir = data.dir().orElse(file.data() == null ? null : Path.of(file.data()));
      Corpus corpus = file.quick() ? data.quickCorpus(dir, err) : data.corpus(dir, err);
      Dataset dataset = start == null ? data.load(corpus, config.frontEnd(), err)
          : new StartModel(resumed, start).dataset(corpus, data, err);
      if (!dataset.contentHash().equals(file.dataHash())) {
        throw new InvalidInputException("the data in " + (dir == null ? "the embedded corpus" : dir) + " is other data than " + resumed
            + " was begun with; give the same data with --data, or begin another run");
      }
      train(run, file, () -> {
        run.update(file);
        run.config(config.training().epochs());
      }, RunData.of(corpus, dataset, config.frontEnd()), start, live, time, err);
    }
  }

  private void train(RunDirectory run, RunFile file, Runnable begin, RunData on, Model from, LivePage live, long start,
      PrintWriter err) {
    Cancellation cancellation = new Cancellation();
    try (Interruption _ = new Interruption(err, cancellation, () -> stop(run))) {
      begin.run();
      running = run;
      TerminalProgress progress = new TerminalProgress(err);
      TrainingRun training =
          new TrainingRun(file.config(), file.networks(), on, from, timingSeconds, data.threads(),
              listener(progress, run, file.networks(), live));
      ConsoleListener listener = new ConsoleListener(progress, err);
      Checkpoints checkpoints = run.checkpoints().warnings(listener::warning);
      training.keep(checkpointEvery == null ? checkpoints : checkpoints.everySteps(checkpointEvery));
      progress.expect(training.examples());
      RunResult result = training.train(run, progress, cancellation);
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      if (!json) {
        err.println("finished after " + TerminalProgress.brief(time));
      }
      err.printf(Locale.ROOT, "%d %s took %.2f s, %.1f %% of the time%n", checkpoints.written(),
          checkpoints.written() == 1 ? "checkpoint" : "checkpoints", checkpoints.seconds(),
          100e9 * checkpoints.seconds() / time.toNanos());
      err.flush();
      ending().report(result, training, run, file, listener);
    } finally {
      run.removeIfEmpty();
    }
  }

  /** As the options say; --quick changes those that were not given. */
  private RunConfig config() {
    if (!quick) {
      return options.config();
    }
    Map<String, String> changed = new TreeMap<>(data.isEmbedded() ? QUICK_EMBEDDED : QUICK);
    changed.keySet().removeIf(name -> OptionValues.isGiven(spec, name));
    return options.config().with(changed);
  }

  private TrainEnding ending() {
    return new TrainEnding(spec.commandLine().getOut(), spec.commandLine().getErr(), json, details, data.dir().orElse(null), from);
  }

  private Networks networks() {
    return denseOnly ? Networks.DENSE : deltaOnly ? Networks.DELTA : Networks.BOTH;
  }

  /** Lets nothing more be written, and says what there is. */
  private static String stop(RunDirectory run) {
    run.seal();
    run.removeIfEmpty();
    return run.isEmpty() ? "no step was over, nothing is kept"
        : run.begun().isComplete() ? "the run is complete, in " + run.path()
            : "the best weights so far are in " + run.path() + "; go on with " + CommandText.lull() + " train --resume " + run.path();
  }

  /** Tells the user how it goes. */
  private record Narrator(TerminalProgress progress) implements Experiment.Listener {
    @Override
    public void epoch(Phase phase, EpochRecord record, boolean best) {
      boolean regression = record.trainAccuracy() == null;
      String figure = regression ? "loss " + ResultTable.number(record.decidingLoss())
          : "accuracy " + ResultTable.percent(record.decidingAccuracy());
      progress.note("epoch " + record.epoch() + (record.validationLoss() == null ? ", training " : ", validation ") + figure, figure);
    }

    @Override
    public void trained(Model model) {
      progress.say(model.mode().name().toLowerCase(Locale.ROOT) + " network trained");
    }
  }
}

package org.lull.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.lull.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.model.Mode;
import org.lull.model.Model;
import org.lull.model.Network;
import org.lull.model.Provenance;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;
import org.lull.train.Dataset;
import org.lull.train.EpochRecord;
import org.lull.train.Experiment;
import org.lull.train.RunResult;
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
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin(name = "Data") private DataOptions data;
  @Mixin(name = "Network") private NetworkOptions network;
  @Mixin(name = "Training") private LearningOptions learning;

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
    KernelChoice.advice().ifPresent(err::println);
    LogMelSettings frontEnd = network.frontEnd();
    settings(true, frontEnd); // refuses mistakes before hours are spent on the data
    if (runDir == null) {
      RunDirectory.requirePlace(RunDirectory.RUNS);
    } else {
      RunDirectory.requireNew(runDir);
    }
    long start = System.nanoTime();
    Corpus corpus = data.corpus(err);
    boolean sound = DataOptions.isSound(corpus);
    Dataset dataset = data.load(corpus, frontEnd, err);
    RunDirectory run = runDir == null ? RunDirectory.createIn(RunDirectory.RUNS) : RunDirectory.create(runDir);
    try (Interruption _ = new Interruption(run, err)) {
      if (!dataset.leftOut().isEmpty()) {
        run.leftOut(dataset.leftOut());
      }
      train(run, settings(sound, frontEnd), dataset, sound ? frontEnd.toJson() : "", err);
    } finally {
      run.removeIfEmpty();
    }
    err.println("saved in " + run.path() + " after " + TerminalProgress.brief(Duration.ofNanos(System.nanoTime() - start)));
    err.flush();
    return 0;
  }

  private void train(RunDirectory run, Experiment.Settings settings, Dataset dataset, String frontEnd, PrintWriter err) {
    TerminalProgress progress = new TerminalProgress(err);
    Recorder recorder = new Recorder(run, dataset, frontEnd, progress, err);
    Experiment experiment = new Experiment(settings, dataset, progress, recorder);
    recorder.experiment = experiment;
    progress.expect(experiment.examples());
    RunResult result = experiment.run();
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(result) + System.lineSeparator() : ResultTable.of(result, network.cell().name()));
    out.flush(); // before anything that may fail: a full disk must not hide what a long run found
    run.result(result);
    try {
      run.curves(Picture.curves(recorder.dense, recorder.delta));
    } catch (InvalidInputException e) {
      err.println("warning: " + e.getMessage()); // not worth the failure of a run that has succeeded
    }
  }

  /** The options, checked. */
  private Experiment.Settings settings(boolean sound, LogMelSettings frontEnd) {
    boolean channelStatistics = !sound || frontEnd.statistics().equals("channel");
    return new Experiment.Settings(network.cell(), network.layers(), network.hidden(), network.head(), network.thresholdX(),
        network.thresholdH(), network.budget(), !deltaOnly, !denseOnly, learning.pretrainEpochs(), channelStatistics, timingSeconds,
        learning.options(sound, data.threads()));
  }

  /** Every option that decides the bytes of the model: not where it is written, nor by how many threads. */
  private SortedMap<String, String> decidingOptions() {
    SortedMap<String, String> options = new TreeMap<>();
    spec.options().forEach(option -> {
      String name = option.longestName();
      boolean decides = !option.usageHelp() && !option.versionHelp()
          && !Set.of("--run", "--json", "--timing", "--threads", "--cache", "--no-cache", "--data", "--dense", "--delta").contains(name);
      if (decides && option.getValue() != null) {
        options.put(name.substring(2), option.getValue() instanceof float[] list ? Arrays.toString(list)
            : option.getValue().toString());
      }
    });
    return options;
  }

  /** Writes what happens into the run directory, as it happens. */
  private final class Recorder implements Experiment.Listener {
    private final RunDirectory run;
    private final Dataset dataset;
    private final String frontEnd;
    private final TerminalProgress progress;
    private final PrintWriter err;
    private final List<EpochRecord> dense = new ArrayList<>();
    private final List<EpochRecord> delta = new ArrayList<>();
    private Experiment experiment;

    Recorder(RunDirectory run, Dataset dataset, String frontEnd, TerminalProgress progress, PrintWriter err) {
      this.run = run;
      this.dataset = dataset;
      this.frontEnd = frontEnd;
      this.progress = progress;
      this.err = err;
    }

    /** A line of the metrics. */
    private record Line(String phase, @JsonUnwrapped EpochRecord record) {}

    @Override
    public void epoch(String phase, EpochRecord record, boolean best, Network network) {
      run.metrics(new Line(phase, record));
      (phase.equals("dense") ? dense : delta).add(record);
      progress.note("epoch " + record.epoch() + (record.validationAccuracy() == null ? ", training accuracy " : ", validation accuracy ")
          + ResultTable.percent(record.decidingAccuracy()));
      if (best) { // kept at once: a run that is cut off leaves the best it had
        boolean compared = phase.equals("dense") && !denseOnly;
        save(compared ? RunDirectory.DENSE_MODEL : RunDirectory.MODEL, phase.equals("delta") ? Mode.DELTA : Mode.DENSE, network);
      }
    }

    @Override
    public void trained(Mode mode, Network network) {
      err.println(mode.name().toLowerCase(Locale.ROOT) + " network trained");
      err.flush();
    }

    private void save(String name, Mode mode, Network network) {
      Provenance provenance =
          new Provenance(Version.number(), Runtime.version().toString(), dataset.name(), dataset.hash(), decidingOptions());
      run.model(name, new Model(network, mode, experiment.normalisation(), dataset.labels(), frontEnd, provenance));
    }
  }
}

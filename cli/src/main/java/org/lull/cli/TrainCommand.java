package org.lull.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.lull.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.model.Head;
import org.lull.model.Mode;
import org.lull.model.Model;
import org.lull.model.Network;
import org.lull.model.Provenance;
import org.lull.rnn.Cell;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;
import org.lull.train.Augmentation;
import org.lull.train.Dataset;
import org.lull.train.EpochRecord;
import org.lull.train.Experiment;
import org.lull.train.LearningRate;
import org.lull.train.RunResult;
import org.lull.train.TrainingOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** lull train: a dense and a delta network on the same data, compared. */
@Command(name = "train", mixinStandardHelpOptions = true, sortOptions = false, showDefaultValues = true,
    description = "Trains a dense and a delta network on the same data and compares them.",
    footer = {"", "Examples:", "  lull train", "  lull train --data speech_commands --cell gru --hidden 128 --layers 1 --threshold 0.1",
        "  lull train --data fsdd --threshold-x 0.3 --threshold-h 0.1,0.2 --pretrain-epochs 20 --run runs/digits",
        "  lull train --data words --dense --json"})
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOptions data;

  @Option(names = "--features", paramLabel = "PRESET", defaultValue = "mel16", description = "Front end: mel16, reference16 or mel40.")
  private String features;

  @Option(names = "--cell", paramLabel = "CELL", defaultValue = "lstm", description = "lstm, gru or rnn.")
  private String cell;

  @Option(names = "--layers", paramLabel = "N", defaultValue = "2", description = "Recurrent layers.")
  private int layers;

  @Option(names = "--hidden", paramLabel = "N", defaultValue = "64", description = "Hidden units of each layer.")
  private int hidden;

  @Option(names = "--head", paramLabel = "HEAD", defaultValue = "mean",
      description = "What the classifier reads: the mean over time, the last frame, or all frames (mean, last, frames).")
  private String head;

  @Option(names = "--threshold", paramLabel = "THETA", split = ",", defaultValue = "0.2",
      description = "How far a value must move before it is transmitted, in standard deviations of the input and in units of h; one"
          + " number, or one for each layer.")
  private float[] threshold;

  @Option(names = "--threshold-x", paramLabel = "THETA", split = ",", description = "The same for the layers' inputs alone.")
  private float[] thresholdX;

  @Option(names = "--threshold-h", paramLabel = "THETA", split = ",", description = "The same for the hidden states alone.")
  private float[] thresholdH;

  @Option(names = "--dense", description = "Train the dense network only.")
  private boolean denseOnly;

  @Option(names = "--delta", description = "Train the delta network only, without the dense one to compare it with.")
  private boolean deltaOnly;

  @Option(names = "--epochs", paramLabel = "N", defaultValue = "40", description = "Times through the training examples.")
  private int epochs;

  @Option(names = "--pretrain-epochs", paramLabel = "N", defaultValue = "0",
      description = "Epochs the delta network is first trained densely, before its thresholds are switched on.")
  private int pretrainEpochs;

  @Option(names = "--batch", paramLabel = "N", defaultValue = "32", description = "Examples a step.")
  private int batch;

  @Option(names = "--lr", paramLabel = "RATE", defaultValue = "0.005", description = "Learning rate after the warm-up.")
  private double learningRate;

  @Option(names = "--schedule", paramLabel = "NAME", defaultValue = "cosine", description = "cosine, plateau or constant.")
  private String schedule;

  @Option(names = "--warmup", paramLabel = "EPOCHS", defaultValue = "1", description = "Epochs of linear warm-up.")
  private double warmup;

  @Option(names = "--optimizer", paramLabel = "NAME", defaultValue = "adamw", description = "adamw or sgd.")
  private String optimizer;

  @Option(names = "--weight-decay", paramLabel = "RATE", defaultValue = "0.01", description = "Decoupled weight decay.")
  private double weightDecay;

  @Option(names = "--clip", paramLabel = "NORM", defaultValue = "1", description = "Longest gradient of a step.")
  private double clip;

  @Option(names = "--patience", paramLabel = "EPOCHS",
      description = "Stop after so many epochs without a better validation accuracy (default: never). The best weights are kept in any case.")
  private Integer patience;

  @Option(names = "--augment", negatable = true, defaultValue = "true", fallbackValue = "true",
      description = "Vary rate, vocal tract, loudness and position of the training clips, and mask parts of them.")
  private boolean augment;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of weights, order and augmentation.")
  private long seed;

  @Option(names = "--run", paramLabel = "DIR", description = "Where the run is saved (default: runs/ and the time).")
  private Path runDir;

  @Option(names = "--json", description = "Print the result as JSON on standard output.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    if (denseOnly && deltaOnly) {
      throw new InvalidInputException("--dense and --delta exclude each other; leave both out to train both");
    }
    KernelChoice.advice().ifPresent(err::println);
    Experiment.Settings settings = settings(true);
    LogMelSettings frontEnd = LogMelSettings.preset(features);
    RunDirectory.requireNew(runDir);
    long start = System.nanoTime();
    Corpus corpus = data.corpus(err);
    boolean sound = DataOptions.isSound(corpus);
    if (!sound) {
      settings = settings(false); // what augments speech means nothing to other series
    }
    Dataset dataset = data.load(corpus, frontEnd, err);
    RunDirectory run = RunDirectory.create(runDir);
    Recorder recorder = new Recorder(run, dataset, sound ? metadata(frontEnd) : "", err);
    Experiment experiment = new Experiment(settings, dataset, new TerminalProgress(err), recorder);
    recorder.experiment = experiment;
    RunResult result = experiment.run();
    run.result(result);
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(result) + System.lineSeparator() : ResultTable.of(result, settings.cell().name()));
    out.flush();
    err.println("saved in " + run.path() + " after " + TerminalProgress.brief(Duration.ofNanos(System.nanoTime() - start)));
    err.flush();
    return 0;
  }

  /** The options, checked. */
  private Experiment.Settings settings(boolean sound) {
    boolean channelStatistics = !sound || LogMelSettings.preset(features).statistics().equals("channel");
    TrainingOptions training = new TrainingOptions(epochs, batch, optimizer, learningRate, LearningRate.Shape.named(schedule), warmup,
        weightDecay, clip, patience == null ? Integer.MAX_VALUE : patience, augment && sound ? Augmentation.SPEECH : Augmentation.NONE,
        seed, data.threads());
    return new Experiment.Settings(Cell.named(cell), layers, hidden, Head.named(head), thresholdX == null ? threshold : thresholdX,
        thresholdH == null ? threshold : thresholdH, !deltaOnly, !denseOnly, pretrainEpochs, channelStatistics, training);
  }

  private static String metadata(LogMelSettings settings) {
    ObjectMapper mapper = JsonMapper.builder().build();
    try {
      return mapper.writeValueAsString(settings);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every option that decides the bytes of the model: not where it is written, nor by how many threads. */
  private SortedMap<String, String> decidingOptions() {
    SortedMap<String, String> options = new TreeMap<>();
    spec.options().forEach(option -> {
      String name = option.longestName();
      boolean decides = !option.usageHelp() && !option.versionHelp()
          && !Set.of("--run", "--json", "--threads", "--cache", "--no-cache", "--data", "--dense", "--delta").contains(name);
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
    private final PrintWriter err;
    private Experiment experiment;

    Recorder(RunDirectory run, Dataset dataset, String frontEnd, PrintWriter err) {
      this.run = run;
      this.dataset = dataset;
      this.frontEnd = frontEnd;
      this.err = err;
    }

    /** A line of the metrics. */
    private record Line(String phase, @JsonUnwrapped EpochRecord record) {}

    @Override
    public void epoch(String phase, EpochRecord record, boolean best, Network network) {
      run.metrics(new Line(phase, record));
      if (best) { // kept at once: a run that is cut off leaves the best it had
        save(phase.equals("delta") ? Mode.DELTA : Mode.DENSE, network);
      }
    }

    @Override
    public void trained(Mode mode, Network network) {
      save(mode, network);
      err.println(mode.name().toLowerCase(Locale.ROOT) + " network trained");
      err.flush();
    }

    private void save(Mode mode, Network network) {
      Provenance provenance = new Provenance(Version.number(), Runtime.version().toString(), dataset.name(), dataset.hash(), decidingOptions());
      Model model = new Model(network, mode, experiment.normalisation(), dataset.labels(), frontEnd, provenance);
      run.model(mode == Mode.DENSE && !denseOnly ? RunDirectory.DENSE_MODEL : RunDirectory.MODEL, model);
    }
  }
}

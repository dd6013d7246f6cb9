package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.lull.Model;
import org.lull.cli.options.LoadingOptions;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.Table;
import org.lull.cli.report.TerminalProgress;
import org.lull.continual.Exemplar;
import org.lull.continual.ExemplarFile;
import org.lull.continual.ExemplarMemory;
import org.lull.continual.IncrementalLearner;
import org.lull.continual.Method;
import org.lull.cost.MemoryAccess.Energy;
import org.lull.cost.MemoryAccess;
import org.lull.cost.OperationCounts;
import org.lull.data.SimilarLabels;
import org.lull.experiments.incremental.MemorySize;
import org.lull.experiments.run.LullVersion;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Provenance;
import org.lull.speech.Corpora;
import org.lull.speech.Corpus;
import org.lull.speech.Datasets;
import org.lull.speech.LogMelSettings;
import org.lull.train.Augmentation;
import org.lull.train.Dataset;
import org.lull.train.Evaluator;
import org.lull.train.Example;
import org.lull.train.Progress;
import org.lull.train.TrainingOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** lull learn: a trained model grows by classes. */
@Command(name = "learn", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Teaches a trained model more classes, from recordings of them and a few exemplars of the old ones, and keeps the result"
        + " as a new run. Exemplars come from the model's corpus, --data, or from the run, where an earlier lull learn has left them.",
    footer = {"", "Examples:", "  lull learn --model runs/words --data speech_commands --classes tree,wow --run runs/more",
        "  lull learn --model runs/words --data speech_commands --add lights=recordings/lights --run runs/more",
        "  lull learn --model runs/more --add music=recordings/music --batch 1 --run runs/most"})
public final class LearnCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin(name = "Data") private LoadingOptions loading;

  @Option(names = "--model", paramLabel = "RUN", required = true, description = "A run directory, or a model file. It stays as it is.")
  private Path path;

  @Option(names = "--add", paramLabel = "WORD=FOLDER", description = "A new class and the folder with its WAV files; again for each.")
  private List<String> additions = List.of();

  @Option(names = "--data", paramLabel = "DIR",
      description = "A corpus: the one the model was trained on, for exemplars of its classes and to measure them; with --classes, for the"
          + " new ones too.")
  private Path dir;

  @Option(names = "--classes", paramLabel = "WORD", split = ",", description = "New classes of --data.")
  private List<String> classes = List.of();

  @Option(names = "--run", paramLabel = "DIR", description = "Where the new run is saved (default: runs/ and the time).")
  private Path runDir;

  @Option(names = "--method", paramLabel = "NAME", defaultValue = "balanced",
      description = "balanced, icarl, replay, finetune or discriminant (default: ${DEFAULT-VALUE}).")
  private String method;

  @Option(names = "--memory", paramLabel = "SIZE",
      description = "Memory for exemplars: a share of what all training clips take, such as 10%%, or bytes, such as 100000 (default: 10%%;"
          + " without --data: what the run's exemplars and as many of each new class take).")
  private String memory;

  @Option(names = "--batch", paramLabel = "N", defaultValue = "32",
      description = "Clips of a step; 1 is online (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(names = "--epochs", paramLabel = "N", defaultValue = "30",
      description = "Times through the new clips (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
      description = "Of new weights, order and augmentation (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", description = "Print the result as JSON on standard output, instead of a table.")
  private boolean json;

  private final Map<String, Path> add = new LinkedHashMap<>(); // folders by class

  /**
   * As printed with --json; accuracies are of test recordings, and null where there are none.
   *
   * @param oldBefore on the old classes, by the model as it was
   * @param oldAfter on the old classes, among all classes
   * @param newAfter on the new classes, among all classes
   * @param exemplars kept of all classes
   * @param otherMacs of what ran forward alone
   */
  record Result(String model, String run, List<String> learned, int classes, int clips, Double oldBefore, Double oldAfter, Double newAfter,
      Double allAfter, int exemplars, long exemplarBytes, long steps, long macs, long denseMacs, long otherMacs, long matrixWords,
      long denseMatrixWords, long words, long denseWords, double joules, double denseJoules) {}

  /** Examples numbered as the grown model numbers its classes. */
  private record Examples(List<String> labels, List<Example> train, List<Example> test) {}

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    Method way = Method.named(method);
    TrainingOptions options = TrainingOptions.builder().epochs(epochs).batch(batch).learningRate(Method.learningRate(batch))
        .augmentation(Augmentation.speech()).seed(seed).threads(loading.threads()).build();
    Path file = RunDirectory.modelIn(path);
    Model model = Model.load(file);
    if (runDir == null) {
      RunDirectory.requirePlace(RunDirectory.RUNS);
    } else {
      RunDirectory.requireNew(runDir);
    }
    List<String> learned = learned(model, file, err);
    Examples examples = examples(model, file, learned, err);
    int known = model.labels().size();
    List<Example> old = examples.train.stream().filter(example -> example.label() < known).toList();
    List<Example> clips = examples.train.stream().filter(example -> example.label() >= known).toList();
    ExemplarMemory exemplars = memory(model, file, way, old, clips, learned.size());
    IncrementalLearner learner =
        new IncrementalLearner(model.network(), model.mode(), model.normalisation(), exemplars, way.recipe(), options);
    if (!old.isEmpty()) {
      learner.remember(old);
    }
    List<Example> oldTest = examples.test.stream().filter(example -> example.label() < known).toList();
    Double before = accuracy(model.network(), model, oldTest);
    try (Progress.Task task = new TerminalProgress(err).begin("learning", learner.size(clips, learned.size()))) {
      learner.learn(clips, learned.size(), task);
    }
    return finish(file, model, examples, learned, clips.size(), oldTest, before, learner);
  }

  /** Takes the additions apart: what stands before the first '=' is the class. */
  private void readAdditions() {
    for (String addition : additions) {
      int equals = addition.indexOf('=');
      if (equals < 0 || equals == addition.length() - 1) {
        throw new InvalidInputException("--add " + addition + ", expected WORD=FOLDER");
      }
      String word;
      try {
        word = Label.of(addition.substring(0, equals));
      } catch (InvalidInputException e) {
        throw new InvalidInputException("--add " + addition + ": " + e.getMessage(), e);
      }
      Path before = add.put(word, Path.of(addition.substring(equals + 1)));
      if (before != null) {
        throw new InvalidInputException("--add gives '" + word + "' twice, with " + before + " and " + add.get(word)
            + "; put the recordings into one folder");
      }
    }
  }

  private List<String> learned(Model model, Path file, PrintWriter err) {
    readAdditions();
    classes = classes.stream().map(Label::of).toList();
    List<String> learned = new ArrayList<>(add.keySet());
    learned.addAll(classes);
    if (learned.isEmpty()) {
      throw new InvalidInputException("nothing to learn; give --add WORD=FOLDER, or --data with --classes");
    }
    if (!classes.isEmpty() && dir == null) {
      throw new InvalidInputException("--classes needs --data, the corpus that has them");
    }
    for (String word : learned) {
      if (Label.indexIn(model.labels(), word) >= 0) {
        throw new InvalidInputException("class '" + word + "' is one that " + file + " knows already; give others");
      }
    }
    if (learned.stream().distinct().count() < learned.size()) {
      throw new InvalidInputException("a class is given twice: " + String.join(", ", learned));
    }
    List<String> all = new ArrayList<>(model.labels());
    all.addAll(learned);
    SimilarLabels.warnings(all).forEach(warning -> err.println("warning: " + warning));
    if (model.frontEnd().isEmpty()) {
      throw new InvalidInputException(file + " was trained on time series; lull learn takes models of sound");
    }
    return learned;
  }

  private Examples examples(Model model, Path file, List<String> learned, PrintWriter err) {
    List<String> labels = new ArrayList<>(model.labels());
    labels.addAll(learned);
    Examples all = new Examples(labels, new ArrayList<>(), new ArrayList<>());
    LogMelSettings frontEnd = LogMelSettings.fromJson(model.frontEnd(), file.toString());
    if (dir != null) {
      Corpus corpus = loading.corpus(dir, err);
      Dataset dataset = loading.load(corpus, frontEnd, err);
      for (String word : classes) {
        if (!dataset.labels().contains(word)) {
          throw new InvalidInputException(dataset.name() + " has no class '" + word + "'; it has " + String.join(", ", dataset.labels()));
        }
      }
      add(all, dataset, label -> !add.containsKey(label)); // of those, the recordings given are meant
    }
    if (!add.isEmpty()) {
      TerminalProgress progress = new TerminalProgress(err);
      Dataset additions =
          Datasets.additions(Corpora.folders(add, loading.threads(), progress), frontEnd, loading.threads(), progress);
      additions.warnings().forEach(warning -> err.println("warning: " + warning));
      add(all, additions, _ -> true);
    }
    return all;
  }

  /** The examples of classes the grown model has. */
  private static void add(Examples all, Dataset dataset, Predicate<String> wanted) {
    int[] labels = dataset.labels().stream().mapToInt(name -> wanted.test(name) ? Label.indexIn(all.labels, name) : -1).toArray();
    for (boolean train : new boolean[] {true, false}) {
      for (Example e : train ? dataset.train() : dataset.test()) {
        int label = labels[e.label()];
        if (label >= 0) {
          (train ? all.train : all.test).add(new Example(e.id(), e.frames(), e.steps(), e.channels(), label));
        }
      }
    }
  }

  /** The memory: with the exemplars beside the model, of classes the corpus does not have; others are to be filled from that. */
  private ExemplarMemory memory(Model model, Path file, Method way, List<Example> old, List<Example> clips, int count) {
    Path beside = file.resolveSibling(RunDirectory.EXEMPLARS);
    Set<Integer> inCorpus = old.stream().map(Example::label).collect(Collectors.toSet());
    List<Exemplar> kept = Files.exists(beside)
        ? ExemplarFile.read(beside).stream().filter(exemplar -> !inCorpus.contains(exemplar.label())).toList() : List.of();
    if (way.recipe().replay() && old.isEmpty() && kept.isEmpty()) {
      throw new InvalidInputException("there are no exemplars of what " + file + " knows: give --data, the corpus it was trained on");
    }
    long ofKept = kept.stream().mapToLong(Exemplar::bytes).sum();
    int known = model.labels().size();
    long all = ExemplarMemory.share(1, old) + ExemplarMemory.share(1, clips);
    long budget = memory != null ? new MemorySize(memory).bytes(all)
        : old.isEmpty() ? ofKept * (known + count) / known : new MemorySize("10%").bytes(all) + ofKept;
    ExemplarMemory exemplars = new ExemplarMemory(model.normalisation(), budget);
    kept.forEach(exemplars::add);
    return exemplars;
  }

  private Double accuracy(Network network, Model model, List<Example> examples) {
    if (examples.isEmpty()) {
      return null;
    }
    try (Evaluator evaluator = new Evaluator(network, model.normalisation(), model.mode(), loading.threads())) {
      return evaluator.evaluate(known(examples, network), _ -> {}).accuracy();
    }
  }

  private static List<Example> known(List<Example> examples, Network network) {
    return examples.stream().filter(example -> example.label() < network.spec().outputs()).toList();
  }

  private int finish(Path file, Model model, Examples examples, List<String> learned, int clips, List<Example> oldTest, Double before,
      IncrementalLearner learner) {
    PrintWriter err = spec.commandLine().getErr();
    Network network = learner.classifier();
    int known = model.labels().size();
    List<Example> newTest = examples.test.stream().filter(example -> example.label() >= known).toList();
    OperationCounts counts = learner.trainingOperations();
    long updates = learner.steps() * network.spec().parameters();
    MemoryAccess access = MemoryAccess.of(counts, model.mode() == Mode.DELTA, updates);
    MemoryAccess dense = MemoryAccess.ofDense(counts, updates);
    RunDirectory run = runDir == null ? RunDirectory.createIn(RunDirectory.RUNS) : RunDirectory.create(runDir);
    Result result = new Result(file.toString(), run.path().toString(), learned, examples.labels.size(), clips, before,
        accuracy(network, model, oldTest), accuracy(network, model, newTest), accuracy(network, model, examples.test),
        learner.memory().size(), learner.memory().bytes(), learner.steps(), access.multiplyAdds(), dense.multiplyAdds(),
        learner.inferenceOperations().total(), access.matrices(), dense.matrices(), access.words(),
        dense.words(), access.joules(Energy.HOROWITZ_2014), dense.joules(Energy.HOROWITZ_2014));
    SortedMap<String, String> values = new TreeMap<>(model.provenance().options());
    values.put("learned", String.join(",", learned));
    values.put("learn-method", method);
    values.put("learn-batch", Integer.toString(batch));
    values.put("learn-epochs", Integer.toString(epochs));
    values.put("learn-seed", Long.toString(seed));
    run.metrics(result);
    run.model(RunDirectory.MODEL, new Model(network, model.mode(), model.normalisation(), examples.labels, model.frontEnd(),
        new Provenance(LullVersion.number(), Runtime.version().toString(), model.provenance().data(), model.provenance().dataHash(),
            values)));
    ExemplarFile.write(run.path().resolve(RunDirectory.EXEMPLARS), learner.memory().exemplars());
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(result) + System.lineSeparator() : text(result));
    out.flush();
    err.println("saved in " + run.path());
    err.flush();
    return 0;
  }

  private static String text(Result r) {
    Table table = new Table().row("", "before", "after");
    table.row("accuracy on old classes", percent(r.oldBefore), percent(r.oldAfter)).row("on new classes", "", percent(r.newAfter))
        .row("on all classes", "", percent(r.allAfter)).row("exemplars", "", Integer.toString(r.exemplars))
        .row("memory for them", "", ResultTable.bytes(r.exemplarBytes)).row("", "", "").row("", "learned", "densely");
    table.row("multiply-adds of training", ResultTable.macs(r.macs), ResultTable.macs(r.denseMacs))
        .row("weights and gradients moved, words", ResultTable.macs(r.matrixWords), ResultTable.macs(r.denseMatrixWords))
        .row("all words moved", ResultTable.macs(r.words), ResultTable.macs(r.denseWords))
        .row("energy, estimated", joules(r.joules), joules(r.denseJoules));
    return table.toString();
  }

  private static String joules(double joules) {
    return String.format(Locale.ROOT, "%.2f J", joules);
  }

  private static String percent(Double share) {
    return share == null ? "-" : ResultTable.percent(share);
  }
}

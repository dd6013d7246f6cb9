// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.lull.Model;
import org.lull.cli.options.LoadingOptions;
import org.lull.cli.options.MethodNames;
import org.lull.cli.report.CommandText;
import org.lull.cli.report.Interruption;
import org.lull.cli.report.Picture;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.Table;
import org.lull.cli.report.TerminalProgress;
import org.lull.continual.Exemplar;
import org.lull.continual.ExemplarFile;
import org.lull.continual.ExemplarMemory;
import org.lull.continual.IncrementalLearner;
import org.lull.continual.Method;
import org.lull.continual.Methods;
import org.lull.cost.MemoryAccess.Energy;
import org.lull.cost.MemoryAccess;
import org.lull.cost.OperationCounts;
import org.lull.experiments.incremental.MemorySize;
import org.lull.experiments.run.LullVersion;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.RunInfo;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Provenance;
import org.lull.train.Augmentation;
import org.lull.train.Cancellation;
import org.lull.train.Diverged;
import org.lull.train.Evaluation;
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
        + " as a new run. Exemplars come from the model's corpus, --data, or from the run, where an earlier lull learn has left them."
        + " After an interruption the same command with the same --run goes on, and ends with the same bytes.",
    footer = {"", "Examples:", "  lull learn --model runs/words --data corpus --classes tree,wow --run runs/a",
        "  lull learn --model runs/words --data corpus --add lights=clips/lights",
        "  lull learn --model runs/a --add music=clips/music --batch 1 --run runs/b"})
public final class LearnCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;
  @Mixin(name = "Data")
  private LoadingOptions loading;

  @Option(names = "--model", paramLabel = "RUN", required = true, description = "A run directory, or a model file. It stays as it is.")
  private Path path;

  @Option(names = "--add", paramLabel = "WORD=FOLDER", description = "A new class and the folder with its WAV files; again for each.")
  private List<String> additions = List.of();

  @Option(names = "--data", paramLabel = "DIR",
      description = "A corpus: the one the model was trained on, for exemplars of its classes and to measure them; with --classes, for the"
          + " new ones too.")
  private Path dir;

  @Option(names = "--classes", paramLabel = "WORD", split = ",", description = "New classes of --data.")
  private List<String> words = List.of();

  @Option(names = "--run", paramLabel = "DIR", description = "Where the new run is saved (default: runs/ and the time).")
  private Path runDir;

  @Option(names = "--method", paramLabel = "NAME", defaultValue = "balanced", completionCandidates = MethodNames.class,
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
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

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    Method way = Methods.named(method);
    Path file = RunDirectory.modelIn(path);
    Model model = Model.load(file);
    ModelData.requireClasses(file, model, "lull learn");
    TrainingOptions options = TrainingOptions.builder().epochs(epochs).batch(batch).learningRate(Methods.learningRate(batch))
        .augmentation(model.frontEnd().isEmpty() ? Augmentation.none() : Augmentation.speech()).seed(seed).threads(loading.threads())
        .build();
    if (runDir == null) {
      RunDirectory.requirePlace(RunDirectory.RUNS);
    } else {
      RunDirectory.requireNewOrLearning(runDir);
    }
    NewClasses added = NewClasses.of(additions, words, dir, model, file, this::warn);
    List<String> learned = added.labels();
    NewClasses.Examples examples = added.examples(model, file, dir, loading, err);
    int known = model.labels().size();
    List<Example> old = examples.train().stream().filter(example -> example.label() < known).toList();
    List<Example> clips = examples.train().stream().filter(example -> example.label() >= known).toList();
    ExemplarMemory exemplars = memory(model, file, way, old, clips, learned.size());
    IncrementalLearner learner =
        new IncrementalLearner(model.network(), model.mode(), model.normalisation(), exemplars, way, options);
    if (!old.isEmpty()) {
      learner.remember(old);
    }
    List<Example> oldTest = examples.test().stream().filter(example -> example.label() < known).toList();
    Double before = accuracy(model.network(), model, oldTest);
    Cancellation cancellation = new Cancellation();
    learner.cancelBy(cancellation);
    try (RunDirectory run = runDir == null ? RunDirectory.openToLearnIn(RunDirectory.RUNS) : RunDirectory.openToLearn(runDir);
        Interruption _ = new Interruption(err, cancellation, () -> stop(run))) {
      learn(learner, clips, learned.size(), run);
      finish(run, file, model, examples, learned, clips.size(), oldTest, before, learner);
    }
    return 0;
  }

  /** With checkpoints in the run, or from those that are there. */
  private void learn(IncrementalLearner learner, List<Example> clips, int count, RunDirectory run) {
    learner.keep(run.checkpoints().warnings(this::warn));
    try (Progress.Task task = new TerminalProgress(spec.commandLine().getErr()).begin("learning", learner.size(clips, count))) {
      learner.learn(clips, count, task);
    } catch (Diverged e) {
      run.abandonLearning();
      throw e;
    } catch (CancellationException | InvalidInputException e) {
      run.removeIfEmpty();
      throw e;
    }
  }

  /** Lets nothing more be written, and says what there is. */
  private static String stop(RunDirectory run) {
    run.seal();
    run.removeIfEmpty();
    return run.isEmpty() ? "no step was over, nothing is kept"
        : run.isLearned() ? "the run is complete, in " + run.path()
            : "what is learned so far is in " + run.path() + "; go on with the same command and --run " + run.path();
  }

  /** The memory: with the exemplars beside the model, of classes the corpus does not have; others are to be filled from that. */
  private ExemplarMemory memory(Model model, Path file, Method way, List<Example> old, List<Example> clips, int count) {
    Path beside = file.resolveSibling(RunDirectory.EXEMPLARS);
    Set<Integer> inCorpus = old.stream().map(Example::label).collect(Collectors.toSet());
    List<Exemplar> there = Files.exists(beside) ? ExemplarFile.read(beside, model, this::warn) : List.of();
    List<Exemplar> kept = there.stream().filter(exemplar -> !inCorpus.contains(exemplar.label())).toList();
    if (way.replays() && old.isEmpty() && kept.isEmpty()) {
      throw new InvalidInputException("there are no exemplars of what " + file + " knows: give --data, the corpus it was trained on");
    }
    long ofKept = kept.stream().mapToLong(Exemplar::bytes).sum();
    int known = model.labels().size();
    long all = ExemplarMemory.share(1, old) + ExemplarMemory.share(1, clips);
    long usual = old.isEmpty() ? ofKept * (known + count) / known : new MemorySize("10%").bytes(all) + ofKept;
    LongStream sizes = LongStream.concat(kept.stream().mapToLong(Exemplar::bytes),
        Stream.concat(old.stream(), clips.stream()).mapToLong(clip -> Exemplar.bytes(clip.steps(), clip.channels())));
    long oneOfEach = (known + count) * sizes.max().orElse(0);
    long budget = memory != null ? new MemorySize(memory).bytes(all) : Math.max(usual, oneOfEach);
    ExemplarMemory exemplars = new ExemplarMemory(model.normalisation(), budget);
    kept.forEach(exemplars::add);
    return exemplars;
  }

  private void warn(String sentence) {
    spec.commandLine().getErr().println("warning: " + sentence);
  }

  /** Of a class without exemplars nothing is left to learn from the next time. */
  private void warnOfClassesWithout(ExemplarMemory exemplars, List<String> labels) {
    List<String> without =
        IntStream.range(0, labels.size()).filter(k -> exemplars.of(k).isEmpty()).mapToObj(labels::get).toList();
    if (!without.isEmpty()) {
      warn("no exemplar is kept of " + String.join(", ", without) + ", which the next lull learn or lull serve will forget; give more"
          + " --memory");
    }
  }

  private Double accuracy(Network network, Model model, List<Example> examples) {
    Evaluation evaluation = evaluation(network, model, examples);
    return evaluation == null ? null : (Double) evaluation.accuracy();
  }

  /** Null where there is nothing to measure. */
  private Evaluation evaluation(Network network, Model model, List<Example> examples) {
    if (examples.isEmpty()) {
      return null;
    }
    try (Evaluator evaluator = new Evaluator(network, model.normalisation(), model.mode(), loading.threads())) {
      return evaluator.evaluate(known(examples, network), _ -> {});
    }
  }

  private static List<Example> known(List<Example> examples, Network network) {
    return examples.stream().filter(example -> example.label() < network.spec().outputs()).toList();
  }

  private void finish(RunDirectory run, Path file, Model model, NewClasses.Examples examples, List<String> learned, int clips,
      List<Example> oldTest,
      Double before, IncrementalLearner learner) {
    PrintWriter err = spec.commandLine().getErr();
    Network network = learner.classifier();
    int known = model.labels().size();
    List<Example> newTest = examples.test().stream().filter(example -> example.label() >= known).toList();
    OperationCounts counts = learner.trainingOperations();
    long updates = learner.steps() * network.spec().parameters();
    MemoryAccess access = MemoryAccess.of(counts, model.mode() == Mode.DELTA, updates);
    MemoryAccess dense = MemoryAccess.ofDense(counts, updates);
    Evaluation all = evaluation(network, model, examples.test());
    Result result = new Result(file.toString(), run.path().toString(), learned, examples.labels().size(), clips, before,
        accuracy(network, model, oldTest), accuracy(network, model, newTest), all == null ? null : (Double) all.accuracy(),
        learner.memory().size(), learner.memory().bytes(), learner.steps(), access.multiplyAdds(), dense.multiplyAdds(),
        learner.inferenceOperations().total(), access.matrices(), dense.matrices(), access.words(),
        dense.words(), access.joules(Energy.HOROWITZ_2014), dense.joules(Energy.HOROWITZ_2014));
    SortedMap<String, String> values = new TreeMap<>(model.provenance().options());
    values.put("learned", String.join(",", learned));
    values.put("learn-method", method);
    values.put("learn-batch", Integer.toString(batch));
    values.put("learn-epochs", Integer.toString(epochs));
    values.put("learn-seed", Long.toString(seed));
    save(run, RunInfo.of(CommandText.of(spec), examples.test(), examples.labels()), result,
        new Model(network, model.mode(), model.normalisation(), examples.labels(), model.frontEnd(),
            new Provenance(LullVersion.number(), Runtime.version().toString(), model.provenance().data(), model.provenance().dataHash(),
                values)),
        learner.memory());
    warnOfClassesWithout(learner.memory(), examples.labels());
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(result) + System.lineSeparator() : text(result));
    out.flush(); // before what may fail
    run.result(result);
    if (all != null) {
      try {
        run.write(Picture.confusion(examples.labels(), all.confusion())::write, RunDirectory.CONFUSION);
      } catch (InvalidInputException e) {
        warn(e.getMessage()); // not worth the failure of what has been learned
      }
    }
    run.learned();
    err.println("saved in " + run.path());
    err.flush();
  }

  /** If the model cannot be written, as on a full disk, checkpoints alone stay, and the same command can be given again. */
  private static void save(RunDirectory run, RunInfo info, Result result, Model model, ExemplarMemory memory) {
    try {
      run.info(info);
      run.metrics(result);
      run.model(RunDirectory.MODEL, model);
    } catch (InvalidInputException e) {
      run.removeIfWithoutModel();
      throw e;
    }
    // of the model as it is read: a sign of zero may not come back
    ExemplarFile.write(run.path().resolve(RunDirectory.EXEMPLARS), Model.load(run.path().resolve(RunDirectory.MODEL)), memory.exemplars());
  }

  private static String text(Result r) {
    Table table = new Table().row("", "before", "after");
    table.row("accuracy on old classes", ResultTable.percent(r.oldBefore), ResultTable.percent(r.oldAfter))
        .row("on new classes", "", ResultTable.percent(r.newAfter))
        .row("on all classes", "", ResultTable.percent(r.allAfter)).row("exemplars", "", Integer.toString(r.exemplars))
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
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.cli.options.LoadingOptions;
import org.lull.cli.serve.LearningService;
import org.lull.continual.Exemplar;
import org.lull.continual.ExemplarFile;
import org.lull.continual.ExemplarMemory;
import org.lull.continual.IncrementalLearner;
import org.lull.continual.Methods;
import org.lull.continual.OnlineLearner;
import org.lull.continual.OnlineSettings;
import org.lull.data.Purpose;
import org.lull.experiments.run.RunDirectory;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.train.Example;
import org.lull.train.TrainingOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** lull serve: a model that goes on learning, as a service. */
@Command(name = "serve", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Serves a model that goes on learning, one clip or time series at a time, to programs on this machine, over HTTP. What"
        + " was learned is on the disk before it is answered, and there again after a crash. Ends on ctrl-C or SIGTERM.",
    footer = {"", "Examples:", "  lull serve --model runs/words --state device --data speech_commands",
        "  curl --data-binary @clip.wav localhost:8080/predict",
        "  curl --data-binary @clip.wav 'localhost:8080/learn?label=lights%%20on'",
        "  curl -X POST 'localhost:8080/forget?label=lights%%20on'", "  curl localhost:8080/status"})
public final class ServeCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;
  @Mixin(name = "Data")
  private LoadingOptions loading;

  @Option(names = "--model", paramLabel = "RUN", required = true, description = "A run directory, or a model file. It stays as it is.")
  private Path path;

  @Option(names = "--state", paramLabel = "DIR", required = true,
      description = "Where what is learned is kept; made where missing, gone on with where there is something.")
  private Path state;

  @Option(names = "--data", paramLabel = "DIR",
      description = "The corpus the model was trained on, to take exemplars of its classes from when the state is begun (default: those an"
          + " earlier lull learn has left beside the model).")
  private Path data;

  @Option(names = "--port", paramLabel = "N", defaultValue = "8080", description = "0 takes any that is free (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(names = "--memory", paramLabel = "BYTES", description = "Budget of the exemplars (default: 1048576).")
  private Long memory;

  @Option(names = "--operations", paramLabel = "N",
      description = "Budget of an example learned by training, in multiply-adds (default: 100000000).")
  private Long operations;

  @Option(names = "--queue", paramLabel = "N", defaultValue = "64",
      description = "Requests of a kind that may wait; more are refused with 503 (default: ${DEFAULT-VALUE}).")
  private int queue;

  @Override
  public Integer call() throws InterruptedException {
    if (port < 0 || port > 65535 || queue < 1) {
      throw new InvalidInputException("port " + port + ", queue " + queue + "; expected 0 to 65535, and 1 or more");
    }
    PrintWriter err = spec.commandLine().getErr();
    Path file = RunDirectory.modelIn(path);
    Model model = Model.load(file);
    ModelData.requireClasses(file, model, "lull serve");
    OnlineSettings usual = OnlineSettings.defaults();
    OnlineSettings settings = new OnlineSettings(memory == null ? usual.exemplarBytes() : memory,
        operations == null ? usual.operations() : operations, usual.batch(), usual.learningRate(), usual.distillation(), usual.seed());
    boolean begins = !Files.exists(state.resolve(OnlineLearner.FILE));
    List<Exemplar> exemplars = begins ? exemplars(model, file, settings, err) : List.of();
    if (begins) {
      warnOfClassesWithout(model, exemplars, err);
    }
    OnlineLearner learner = OnlineLearner.open(state, model, settings, exemplars, warning -> {
      err.println("warning: " + warning);
      err.flush();
    });
    serve(learner);
    return 0;
  }

  private static void warnOfClassesWithout(Model model, List<Exemplar> exemplars, PrintWriter err) {
    Set<Integer> there = exemplars.stream().map(Exemplar::label).collect(Collectors.toSet());
    List<String> without = IntStream.range(0, model.labels().size()).filter(k -> !there.contains(k)).mapToObj(model.labels()::get).toList();
    if (!without.isEmpty()) {
      err.println("warning: there are no exemplars of " + String.join(", ", without) + ", so that every example is learned by training,"
          + " which makes the model forget; give --data, the corpus it was trained on, or more --memory");
    }
  }

  /** Exemplars of the model's classes: by herding of those the corpus has, of others those beside the model. */
  private List<Exemplar> exemplars(Model model, Path file, OnlineSettings settings, PrintWriter err) {
    Path beside = file.resolveSibling(RunDirectory.EXEMPLARS);
    List<Exemplar> kept =
        Files.exists(beside) ? ExemplarFile.read(beside, model, warning -> err.println("warning: " + warning)) : List.of();
    if (data == null) {
      return kept;
    }
    Dataset dataset = ModelData.dataset(file, model, loading.corpus(data, err), model.labels(), Purpose.TRAINING, loading, err);
    ExemplarMemory exemplars = new ExemplarMemory(model.normalisation(), settings.exemplarBytes());
    int[] index = dataset.labels().stream().mapToInt(label -> Label.indexIn(model.labels(), label)).toArray();
    kept.stream().filter(exemplar -> IntStream.of(index).noneMatch(k -> k == exemplar.label())).forEach(exemplars::add);
    new IncrementalLearner(model.network(), model.mode(), model.normalisation(), exemplars, Methods.named("replay"),
        TrainingOptions.defaults()).remember(
            dataset.train().stream().filter(e -> index[e.label()] >= 0)
                .map(e -> new Example(e.id(), e.frames(), e.steps(), e.channels(), index[e.label()])).toList());
    return exemplars.exemplars();
  }

  /** Until a signal ends the process: then what has come in is answered, and the state is written. */
  private void serve(OnlineLearner learner) throws InterruptedException {
    LearningService service;
    try {
      service = new LearningService(learner, port, queue);
    } catch (RuntimeException e) {
      learner.close();
      throw e;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      service.close();
      learner.close();
      Runtime.getRuntime().halt(0); // a signal to end is not a failure
    }, "shutdown"));
    PrintWriter out = spec.commandLine().getOut();
    out.println("listening on http://localhost:" + service.port() + ", " + learner.snapshot().classes().size() + " classes");
    out.flush();
    new CountDownLatch(1).await();
  }
}

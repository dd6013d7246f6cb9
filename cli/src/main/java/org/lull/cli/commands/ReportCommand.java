// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.lull.Model;
import org.lull.cli.options.DataOptions;
import org.lull.cli.page.ReportPage;
import org.lull.cli.report.TerminalProgress;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.RunInfo;
import org.lull.experiments.run.RunResult.ModelResult;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.run.SavedRun;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.train.Evaluation;
import org.lull.train.Evaluator;
import org.lull.train.Example;
import org.lull.train.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** lull report: what is on the disk as a page. */
@Command(name = "report", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Makes one HTML file of a run, or of several that it compares: curves, confusions, operations, and a picture of what"
        + " fires in a test example. The file needs no network and no other file. lull train writes one itself.",
    footer = {"", "Examples:", "  lull report runs/words", "  lull report runs/a runs/b runs/c --out comparison.html",
        "  lull report grid                  the front of a sweep", "  lull simulate --model runs/words --json > step.json",
        "  lull report runs/words step.json  with training in logic",
        "  lull report runs/old --data speech_commands", "                                    a run of before, measured again"})
public final class ReportCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "RUN", arity = "1..*",
      description = "Directories of runs, sweeps and incremental experiments, and files that lull simulate --json printed.")
  private List<Path> places;

  @Option(names = "--out", paramLabel = "FILE",
      description = "The file to write (default: report.html in the directory of the run, or here where there are several). A file that"
          + " is there is replaced.")
  private Path out;

  @Mixin(name = "Data")
  private DataOptions data;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    Path only = places.getFirst();
    boolean run = places.size() == 1 && SavedRun.isRun(only);
    if (!data.isEmbedded() && !run) {
      throw new InvalidInputException("--data measures the models of one run again; give the directory of one run, or leave it out");
    }
    Path file = out != null ? out : places.size() == 1 && Files.isDirectory(only) ? only.resolve(RunDirectory.REPORT)
        : Path.of(RunDirectory.REPORT);
    AtomicFile.requirePlace(file);
    String page = data.isEmbedded() ? ReportPage.of(places) : ReportPage.of(measured(SavedRun.read(only), err));
    ReportPage.write(file, page);
    err.println("written to " + file);
    err.flush();
    return 0;
  }

  /** What runs of earlier versions did not keep: the confusions of the test examples, and one of these examples. */
  private SavedRun measured(SavedRun run, PrintWriter err) {
    Model model = run.model().or(run::denseModel)
        .orElseThrow(() -> new InvalidInputException(run.path() + " holds no model; leave --data out, or give the directory of a run"));
    Path file = run.path().resolve(run.model().isPresent() ? RunDirectory.MODEL : RunDirectory.DENSE_MODEL);
    ModelData loaded = ModelData.load(file, model, data, err);
    List<Example> examples = loaded.examples(loaded.usualSplit());
    Optional<RunInfo> info = Optional.of(RunInfo.of(run.info().map(RunInfo::command).orElse(null), examples, model.labels()));
    Optional<RunResult> result = run.result().map(before -> {
      Optional<Model> delta = before.delta() == null ? Optional.empty() : run.model();
      Optional<Model> dense = before.delta() == null ? run.model() : run.denseModel();
      return new RunResult(before.data(), before.trainExamples(), before.validationExamples(), before.testExamples(),
          before.basis(), before.from(), measured(before.dense(), dense, examples, err), measured(before.delta(), delta, examples, err),
          before.meanPredictor(), before.batch(), before.threads(), before.kernels(), before.speedup());
    });
    return new SavedRun(run.path(), run.dense(), run.delta(), result, info);
  }

  private ModelResult measured(ModelResult before, Optional<Model> model, List<Example> examples, PrintWriter err) {
    if (before == null || model.isEmpty() || model.get().isRegression()) {
      return before;
    }
    try (Evaluator evaluator =
        new Evaluator(model.get().network(), model.get().normalisation(), model.get().mode(), data.threads());
        Progress.Task task = new TerminalProgress(err).begin("testing", examples.size())) {
      Evaluation test = evaluator.evaluate(examples, task);
      return before.withConfusion(test);
    }
  }
}

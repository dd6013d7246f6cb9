// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.cli.options.DataOptions;
import org.lull.cli.options.DetectorOptions;
import org.lull.cli.report.Picture;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.Table;
import org.lull.cli.report.TerminalProgress;
import org.lull.experiments.run.NetworkConfig;
import org.lull.experiments.run.RegressionErrors;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.RunResult.LayerSparsity;
import org.lull.experiments.run.RunResult.Sparsity;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
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

/** lull eval: a model measured on a corpus. */
@Command(name = "eval", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Measures a model: accuracy, confusion, precision and recall of each class, or in regression the errors; sparsity and"
        + " operations of inference.",
    footer = {"", "Examples:", "  lull eval --model runs/words --data speech_commands",
        "  lull eval --model runs/words/dense.safetensors --data speech_commands --json",
        "  lull eval --model runs/stream --ambient choose.wav --false-alarms 0.5 --save",
        "  lull eval --model runs/stream --ambient hour.wav"})
public final class EvalCommand implements Callable<Integer> {
  /** More columns are hard to read as text. */
  private static final int LARGEST_MATRIX = 20;

  @Spec
  private CommandSpec spec;
  @Mixin(name = "Data")
  private DataOptions data;

  @Option(names = "--model", paramLabel = "RUN", required = true, description = "A run directory, or a model file.")
  private Path path;

  @Option(names = "--split", paramLabel = "SPLIT",
      description = "test, validation, train or all (default: test, or all where the data is not divided into training and test).")
  private ModelData.Split split;

  @Option(names = "--numeric", paramLabel = "NUMERIC",
      description = "float32, or fixed16, the integers of the accelerator (default: that it was trained in).")
  private String numeric;

  @Option(names = "--json", description = "Print the result as JSON on standard output, instead of tables.")
  private boolean json;

  @Option(names = "--picture", paramLabel = "FILE",
      description = "Draw the confusion matrix, or with --ambient misses against false alarms, as a PNG file.")
  private Path picture;

  @Mixin(name = "Listening, instead of clips")
  private AmbientEvaluation listening;
  @Mixin(name = "Detector, with --ambient")
  private DetectorOptions detector;

  /** As printed with --json. */
  record Result(String model, String data, String split, int examples, double accuracy, double loss, Sparsity sparsity, long macs,
      long denseMacs, List<ClassResult> classes, int[][] confusion) {}

  /**
   * The same for a model that predicts numbers: errors in the unit of the target, the mean squared one in the squared unit.
   *
   * @param meanPredictorMse of always predicting the mean of the training targets
   * @param meanPredictorRmse of the same
   */
  record RegressionResult(String model, String data, String split, int examples, double mse, double rmse, double mae,
      double meanPredictorMse, double meanPredictorRmse, double loss, Sparsity sparsity, long macs, long denseMacs) {}

  /** Precision is null where nothing was taken for the class, recall where there was nothing of it. */
  record ClassResult(String label, int examples, Double precision, Double recall) {}

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    int threads = TrainingOptions.defaults().withThreads(data.threads()).threads(); // refuses what is no number of threads
    if (picture != null) {
      AtomicFile.requirePlace(picture);
    }
    Path file = RunDirectory.modelIn(path);
    Model stored = Model.load(file);
    if (picture != null) {
      ModelData.requireClasses(file, stored, "--picture, which draws the confusion matrix,");
    }
    if (listening.isWanted()) {
      if (numeric != null || split != null || !data.isEmbedded()) {
        throw new InvalidInputException("--data, --split and --numeric are for clips, --ambient is for long recordings; leave one out");
      }
      listening.run(file, stored, detector, json, picture, spec.commandLine().getOut(), err);
      return 0;
    }
    Model model = numeric == null ? stored : stored.withArithmetic(NetworkConfig.arithmetic(numeric));
    ModelData loaded = ModelData.load(file, model, data, err);
    Dataset dataset = loaded.dataset();
    if (split == null) {
      split = loaded.usualSplit();
    }
    if ((data.isEmbedded() || dataset.name().equals(model.provenance().data())) && !loaded.isOfTraining()) {
      err.println("warning: these are not the very data " + file + " was trained on; "
          + (split == ModelData.Split.ALL ? "they" : "the " + split + " split") + " may hold clips it was trained on");
    }
    List<Example> examples = loaded.examples(split);
    err.println("measuring " + (examples.size() == loaded.size() ? "all " + examples.size() + " examples"
        : "the " + split + " split, " + examples.size() + " of " + loaded.size() + " examples; --split all measures all"));
    err.flush();
    Evaluation evaluation;
    try (Evaluator evaluator = new Evaluator(model.network(), model.normalisation(), model.mode(), threads, model.loss());
        Progress.Task task = new TerminalProgress(err).begin("testing", examples.size())) {
      evaluation = evaluator.evaluate(examples, task);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (model.isRegression()) {
      RegressionResult result = regressionResult(file, dataset, model, evaluation, examples);
      out.print(json ? Json.pretty(result) + System.lineSeparator() : text(result));
    } else {
      Result result = result(file, dataset, model, evaluation);
      out.print(json ? Json.pretty(result) + System.lineSeparator() : text(result));
    }
    out.flush();
    if (picture != null) { // after the figures, which a picture that cannot be written must not hide
      Picture.confusion(model.labels(), evaluation.confusion()).write(picture);
    }
    return 0;
  }

  private Result result(Path file, Dataset dataset, Model model, Evaluation evaluation) {
    List<ClassResult> classes = new ArrayList<>();
    for (int k = 0; k < model.labels().size(); k++) {
      int examples = 0;
      for (int count : evaluation.confusion()[k]) {
        examples += count;
      }
      classes.add(new ClassResult(model.labels().get(k), examples, orNull(evaluation.precision(k)), orNull(evaluation.recall(k))));
    }
    return new Result(file.toString(), dataset.name(), split.toString(), evaluation.examples(),
        evaluation.accuracy(), evaluation.loss(), Sparsity.of(evaluation.operations()),
        evaluation.operations().total(),
        evaluation.operations().denseTotal(), classes, evaluation.confusion());
  }

  private RegressionResult regressionResult(Path file, Dataset dataset, Model model, Evaluation evaluation, List<Example> examples) {
    double ofMean = RegressionErrors.mseOfMean(examples, model.loss().targets());
    return new RegressionResult(file.toString(), dataset.name(), split.toString(), evaluation.examples(),
        evaluation.rmse() * evaluation.rmse(), evaluation.rmse(), evaluation.mae(), ofMean, Math.sqrt(ofMean), evaluation.loss(),
        Sparsity.of(evaluation.operations()), evaluation.operations().total(), evaluation.operations().denseTotal());
  }

  private static String text(RegressionResult result) {
    Table summary = new Table().row("error (RMSE), " + result.examples + " examples", ResultTable.number(result.rmse))
        .row("the same, always predicting the mean", ResultTable.number(result.meanPredictorRmse))
        .row("error (MSE)", ResultTable.number(result.mse))
        .row("the same, always predicting the mean", ResultTable.number(result.meanPredictorMse))
        .row("error (mean absolute)", ResultTable.number(result.mae));
    inference(summary, result.sparsity, result.macs, result.denseMacs);
    return summary.toString();
  }

  /** What inference took. */
  private static void inference(Table summary, Sparsity sparsity, long macs, long denseMacs) {
    summary.row("sparsity of delta-x", ResultTable.percent(sparsity.x())).row("sparsity of delta-h", ResultTable.percent(sparsity.h()));
    for (LayerSparsity layer : sparsity.layers()) {
      summary.row("sparsity of delta-x, layer " + (layer.layer() + 1), ResultTable.percent(layer.x()));
      summary.row("sparsity of delta-h, layer " + (layer.layer() + 1), ResultTable.percent(layer.h()));
    }
    summary.row("multiply-adds", ResultTable.macs(macs)).row("multiply-adds of a dense network", ResultTable.macs(denseMacs));
  }

  private static Double orNull(double share) {
    return Double.isNaN(share) ? null : (Double) share;
  }

  private String text(Result result) {
    List<String> labels = result.classes.stream().map(ClassResult::label).toList();
    Table classes = new Table().row("class", "examples", "precision", "recall", "most often taken for");
    for (int k = 0; k < labels.size(); k++) {
      ClassResult c = result.classes.get(k);
      classes.row(c.label, Integer.toString(c.examples), ResultTable.percent(c.precision),
          ResultTable.percent(c.recall), confusedWith(result.confusion[k], k, labels));
    }
    Table summary = new Table().row("accuracy", ResultTable.percent(result.accuracy) + " of " + result.examples);
    inference(summary, result.sparsity, result.macs, result.denseMacs);
    String matrix = labels.size() <= LARGEST_MATRIX ? matrix(labels, result.confusion).toString()
        : picture != null ? "" : "for the confusion matrix of " + labels.size() + " classes give --picture FILE" + System.lineSeparator();
    return Stream.of(classes.toString(), matrix, summary.toString()).filter(part -> !part.isEmpty())
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /** A row for each class, a column for what its examples were taken for; the columns are numbered, as names would make them wide. */
  private static Table matrix(List<String> labels, int[][] confusion) {
    int classes = labels.size();
    String[] header = new String[classes + 1];
    header[0] = "taken for";
    for (int k = 0; k < classes; k++) {
      header[k + 1] = Integer.toString(k + 1);
    }
    Table table = new Table().row(header);
    for (int k = 0; k < classes; k++) {
      String[] row = new String[classes + 1];
      row[0] = (k + 1) + " " + labels.get(k);
      for (int j = 0; j < classes; j++) {
        row[j + 1] = confusion[k][j] == 0 ? "." : Integer.toString(confusion[k][j]);
      }
      table.row(row);
    }
    return table;
  }

  /** The wrong class an example of class k is most often taken for. */
  private static String confusedWith(int[] row, int k, List<String> labels) {
    int worst = -1;
    for (int j = 0; j < row.length; j++) {
      if (j != k && row[j] > 0 && (worst < 0 || row[j] > row[worst])) {
        worst = j;
      }
    }
    return worst < 0 ? "" : labels.get(worst) + " (" + row[worst] + ")";
  }
}

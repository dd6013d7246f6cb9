// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lull.Model;
import org.lull.Prediction;
import org.lull.cli.report.ResultTable;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** lull predict: what a model takes files for. */
@Command(name = "predict", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true,
    description = "Recognises recordings, or time series: prints the class with the highest score (the probability that the model gives"
        + " it), or \"none of these\" if that score is low, and the next best. A file that cannot be read is named on standard error; the"
        + " others are answered, and the exit code is 2.",
    footer = {"", "Examples:", "  lull predict --model runs/words clip.wav", "  lull predict --model runs/words recordings --threshold 0.9",
        "  lull predict --model runs/words recordings --json | jq -r .label",
        "  lull predict --model runs/vowels JapaneseVowels_TEST.ts"})
public final class PredictCommand implements Callable<Integer> {
  private static final String NONE = "none of these";
  /** As wide as "100.0 %". */
  private static final int SCORE_WIDTH = 7;
  /** Columns for the number of a line, in files of time series. */
  private static final int LINE_WIDTH = 5;
  private static final double DEFAULT_THRESHOLD = 0.5;
  private static final int DEFAULT_TOP = 2;

  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*",
      description = "WAV files and folders (with all WAV files in them and below), or for a model of time series .ts files and folders.")
  private List<Path> paths;

  @Option(names = "--model", paramLabel = "RUN", required = true, description = "A run directory, or a model file.")
  private Path run;

  @Option(names = "--threshold", paramLabel = "SHARE",
      description = "A best score below it is \"none of these\", 0 to 1; 0 always names a class (default: " + DEFAULT_THRESHOLD + ").")
  private Double threshold;

  @Option(names = "--top", paramLabel = "N", description = "How many classes to show (default: " + DEFAULT_TOP + ").")
  private Integer top;

  @Option(names = "--json", description = "Print one JSON object a line for each file, or for each series in it.")
  private boolean json;

  private int mistakes;
  private int answered;
  private int unnamed;
  /** Whether the user chose the threshold. */
  private boolean given;
  private boolean headed;

  @Override
  public Integer call() {
    Path file = RunDirectory.modelIn(run);
    Model model = Model.load(file);
    check(model, file);
    ModelInput input = new ModelInput(file, model, warning -> println(err(), "warning: " + warning));
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      attempt(path, () -> files.addAll(input.files(path)));
    }
    Printer printer = json ? this::printLine : columns(model, files);
    for (Path each : files) {
      attempt(each, () -> input.read(each).forEach(series -> printer.print(model, series)));
    }
    input.warnOfFlaws();
    if (unnamed > 0 && !json && !given) {
      println(err(), unnamed + " of " + answered + (unnamed == 1 ? " is" : " are") + " none of these, as the best score is below "
          + threshold + "; --threshold 0 names the best class all the same");
    }
    return mistakes > 0 ? 2 : 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** A line that is seen at once. */
  private static void println(PrintWriter writer, String line) {
    writer.println(line);
    writer.flush();
  }

  /** Refuses options that mean nothing, before anything is read. */
  private void check(Model model, Path file) {
    if (model.isRegression() && (threshold != null || top != null)) {
      throw new InvalidInputException((threshold != null ? "--threshold" : "--top") + " is for classes, and " + file
          + " predicts numbers; leave it out");
    }
    given = threshold != null;
    threshold = threshold == null ? DEFAULT_THRESHOLD : threshold;
    top = top == null ? DEFAULT_TOP : top;
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new InvalidInputException("threshold: " + threshold + ", expected 0 to 1");
    }
    if (top < 1) {
      throw new InvalidInputException("top: " + top + ", expected 1 or more classes to show");
    }
    if (model.labels().size() == 1) {
      println(err(), "warning: " + file + " knows one class alone, " + model.labels().getFirst() + ", and takes everything for it");
    }
  }

  /** Reports a mistake in a file and goes on, as the other files are still wanted. */
  private void attempt(Path path, Runnable action) {
    try {
      action.run();
    } catch (InvalidInputException e) {
      mistakes++;
      println(err(), "lull: " + e.getMessage());
      if (json) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("file", path.toString());
        line.put("error", e.getMessage());
        println(out(), Json.line(line));
      }
    }
  }

  /** Prints what a sequence is. */
  private interface Printer {
    void print(Model model, ModelInput.Input input);
  }

  /** A class and the probability that the model gives it. */
  record Scored(String label, double score) {
    /** The first n, the best first; of equal ones that which the model takes it for. */
    static List<Scored> best(Model model, Prediction prediction, int n) {
      double[] p = prediction.probabilities();
      return IntStream.range(0, p.length).boxed().sorted((i, j) -> Double.compare(p[j], p[i])).limit(n)
          .map(k -> new Scored(model.labels().get(k), Math.round(1e6 * p[k]) / 1e6)).toList();
    }
  }

  // ------------------------------------------------------------------------------------------------ JSON

  private void printLine(Model model, ModelInput.Input input) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("file", input.file().toString());
    if (input.line() > 0) {
      line.put("line", input.line());
    }
    if (model.isRegression()) {
      line.put("values", model.predict(input.frames()));
    } else {
      List<Scored> best = Scored.best(model, model.classify(input.frames()), top);
      boolean none = best.getFirst().score < threshold;
      line.put("label", none ? null : best.getFirst().label);
      line.put("score", best.getFirst().score);
      line.put("top", best);
    }
    println(out(), Json.line(line));
  }

  // ------------------------------------------------------------------------------------------------ columns

  /** The columns fit the names of the files and the labels of the model; the heading comes with the first answer. */
  private Printer columns(Model model, List<Path> files) {
    int line = model.frontEnd().isEmpty() ? 1 + LINE_WIDTH : 0;
    int fileWidth = files.stream().mapToInt(file -> file.toString().length() + line).max().orElse(0);
    int labelWidth = model.labels().stream().mapToInt(String::length).reduce(NONE.length(), Math::max);
    return (_, input) -> {
      String answer = model.isRegression() ? numbers(model.predict(input.frames())) : classes(model, input, labelWidth);
      if (!headed) {
        headed = true;
        println(out(), padded("file", fileWidth) + "  "
            + (model.isRegression() ? "value" : padded("label", labelWidth) + "    score" + (top > 1 ? "  next best" : "")));
      }
      println(out(), padded(input.name(), fileWidth) + "  " + answer);
    };
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String numbers(float[] values) {
    return Arrays.toString(values).replaceAll("[\\[\\]]", "");
  }

  /** The class and its score, then the next best; of "none of these" the best come all behind it. */
  private String classes(Model model, ModelInput.Input input, int labelWidth) {
    List<Scored> best = Scored.best(model, model.classify(input.frames()), top);
    Scored first = best.getFirst();
    boolean none = first.score < threshold;
    answered++;
    unnamed += none ? 1 : 0;
    String others = best.stream().skip(none ? 0 : 1).map(each -> each.label + " " + ResultTable.percent(each.score))
        .collect(Collectors.joining(", "));
    String score = none ? "" : ResultTable.percent(first.score);
    return String.format(Locale.ROOT, "%s  %" + SCORE_WIDTH + "s  %s", padded(none ? NONE : first.label, labelWidth), score, others)
        .stripTrailing();
  }
}

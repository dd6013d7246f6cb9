// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.RunResult.ModelResult;
import org.lull.experiments.run.RunResult.Start;
import org.lull.experiments.run.RunResult;

/** What a run of training found, in the few lines that a user reads first; {@link ResultTable} has all figures. */
public final class RunSummary {
  /** Standard deviations to either side that hold 95 % of a normal distribution. */
  private static final double Z95 = 1.96;
  /** What a user opens, of the files of a run. */
  private static final List<String> FILES = List.of(RunDirectory.MODEL, "report.html", RunDirectory.CURVES);

  private RunSummary() {}

  /**
   * Accuracy (in regression: error), cost and speed, a line each.
   *
   * @param examples what the test examples are called, such as "clips"
   */
  public static String figures(RunResult result, String examples) {
    return String.join(System.lineSeparator(), result.meanPredictor() == null ? accuracy(result, examples) : errors(result, examples),
        cost(result), speed(result)) + System.lineSeparator();
  }

  /** What to know or to try, a line each. */
  public static String advice(List<String> sentences) {
    return sentences.stream().map(sentence -> "advice    " + sentence + System.lineSeparator()).collect(Collectors.joining());
  }

  /**
   * Where the run is, and what to do next, a line each.
   *
   * @param commands to be typed; may be several
   */
  public static String ending(Path run, List<String> commands) {
    String files = FILES.stream().filter(file -> Files.exists(run.resolve(file))).collect(Collectors.joining(", "));
    return "saved     " + run + ": " + files + System.lineSeparator() + "next      " + String.join("; ", commands) + System.lineSeparator();
  }

  private static String accuracy(RunResult result, String examples) {
    int n = result.testExamples();
    return "accuracy  " + each(result, (name, model) -> String.format(Locale.ROOT, "%s %.1f %s %.1f %%", name, 100 * model.testAccuracy(),
        Terminal.plusMinus(), 100 * error(model.testAccuracy(), n))) + before(result, start -> ResultTable.percent(start.testAccuracy()))
        + " (95 % error, " + n + " test " + examples + ")";
  }

  /** Of regression, beside that of a predictor that has learned nothing but the mean. */
  private static String errors(RunResult result, String examples) {
    return "error     " + each(result, (name, model) -> name + " " + ResultTable.number(model.errors().testRmse()))
        + before(result, start -> ResultTable.number(start.testRmse())) + ", always predicting the mean "
        + ResultTable.number(result.meanPredictor().testRmse()) + " (root mean squared, "
        + result.testExamples() + " test " + examples + ")";
  }

  /** A figure of the model that the training started from, if there is one. */
  private static String before(RunResult result, Function<Start, String> figure) {
    return result.from() == null ? "" : ", before " + figure.apply(result.from());
  }

  /** A figure of each network that was trained, the delta network first. */
  private static String each(RunResult result, Figure figure) {
    List<String> figures = new ArrayList<>();
    if (result.delta() != null) {
      figures.add(figure.of("delta", result.delta()));
    }
    if (result.dense() != null) {
      figures.add(figure.of("dense", result.dense()));
    }
    return String.join(", ", figures);
  }

  @FunctionalInterface
  private interface Figure {
    String of(String name, ModelResult model);
  }

  /**
   * How far a share measured on n examples may be from the true one: half the width of Wilson's 95 % interval, which is above 0 where all
   * examples are right too.
   */
  static double error(double share, int n) {
    double z2 = Z95 * Z95 / n;
    return Z95 / (1 + z2) * Math.sqrt((share * (1 - share) + z2 / 4) / n);
  }

  private static String cost(RunResult result) {
    ModelResult delta = result.delta();
    if (delta == null) {
      return "cost      " + ResultTable.macs(result.dense().trainingMacs()) + " multiply-adds in training";
    }
    if (delta.trainingMacs() == 0) {
      return "cost      no multiply-adds: nothing was transmitted; lower the thresholds";
    }
    String line =
        String.format(Locale.ROOT, "cost      %.1f times fewer multiply-adds in training (as the paper counts: %.1f", delta.reduction(),
            delta.paperReduction());
    return line + (delta.pretrainingMacs() == 0 ? ")" : String.format(Locale.ROOT, "; with the dense pretraining: %.1f)",
        delta.wholeReduction()));
  }

  private static String speed(RunResult result) {
    String times = each(result, (name, model) -> String.format(Locale.ROOT, "%s %.2f ms", name, model.stepMicros() / 1000));
    if (result.speedup() == null) {
      return "speed     a training step takes " + times.substring(times.indexOf(' ') + 1);
    }
    if (Math.abs(result.speedup() - 1) < 0.05) { // less is noise
      return "speed     a training step takes about as long: " + times;
    }
    boolean faster = result.speedup() >= 1;
    return String.format(Locale.ROOT, "speed     a training step is %.1f times %s: %s", faster ? result.speedup() : 1 / result.speedup(),
        faster ? "faster" : "slower", times);
  }
}

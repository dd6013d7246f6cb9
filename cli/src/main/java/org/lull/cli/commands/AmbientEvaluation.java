// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lull.DetectorSettings;
import org.lull.Model;
import org.lull.cli.options.DetectorOptions;
import org.lull.cli.report.ListeningLine;
import org.lull.cli.report.Picture;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.Table;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.speech.Ambient;
import org.lull.speech.LogMelSettings;
import org.lull.speech.Recordings;
import org.lull.speech.StreamLabels;
import picocli.CommandLine.Option;

/** What lull eval --ambient does: how a model listens, on long recordings. */
final class AmbientEvaluation {
  /** False alarms an hour of the rows of the table. */
  private static final double[] RATES = {0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000};
  /** Of the last row: misses. */
  private static final double FEW_MISSES = 0.05;

  @Option(names = "--ambient", paramLabel = "FILE|DIR",
      description = "Measure how the model listens: misses and false alarms an hour, on a long WAV file or all in a folder, with labels.")
  private Path ambient;

  @Option(names = "--labels", paramLabel = "FILE",
      description = "What is said when: CSV (begin,end,label in seconds) or labels of Audacity (default: the file beside the recording that"
          + " is called as it is, with .csv or .txt).")
  private Path labels;

  @Option(names = "--false-alarms", paramLabel = "RATE",
      description = "Choose the lowest threshold with at most so many false alarms an hour; of validation recordings, not of the test.")
  private Double rate;

  @Option(names = "--save", description = "Put the chosen threshold into the model file, where lull listen takes it from.")
  private boolean save;

  /** As printed with --json. */
  record Result(String model, String recordings, double hours, int words, DetectorSettings detector, double threshold, double misses,
      double falseAlarmsPerHour, double operationsPerSecondSpeech, double operationsPerSecondSilence, double operationsPerSecondDense,
      List<Ambient.Point> curve) {}

  boolean isWanted() {
    if (ambient == null && (labels != null || rate != null || save)) {
      throw new InvalidInputException((labels != null ? "--labels" : rate != null ? "--false-alarms" : "--save")
          + " is for --ambient; give that too");
    }
    return ambient != null;
  }

  private void check(Path picture) {
    if (save && rate == null) {
      throw new InvalidInputException("--save without --false-alarms, which chooses the threshold that is saved; give a rate such as 0.5");
    }
    if (rate != null && !(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new InvalidInputException("--false-alarms " + rate + ", expected a number an hour, 0 or more");
    }
    if (labels != null && Files.isDirectory(ambient)) {
      throw new InvalidInputException("--labels is for one recording; in a folder each has its labels beside it");
    }
    if (picture != null) {
      AtomicFile.requirePlace(picture);
    }
  }

  /** @param picture file of the curve; null for none */
  void run(Path file, Model model, DetectorOptions options, boolean json, Path picture, PrintWriter out, PrintWriter err) {
    check(picture);
    ModelData.requireClasses(file, model, "--ambient");
    if (model.frontEnd().isEmpty()) {
      throw new InvalidInputException(file + " was trained on time series, not on sound");
    }
    LogMelSettings frontEnd = LogMelSettings.fromJson(model.frontEnd(), file.toString());
    DetectorSettings settings = options.of(file, model, frontEnd);
    List<Path> recordings = Files.isDirectory(ambient) ? Recordings.in(ambient).files() : List.of(ambient);
    err.println("listening in " + DetectorOptions.described(model, settings, frontEnd));
    err.flush();
    Ambient measured = new Ambient(model, settings);
    for (Path recording : recordings) {
      measured.add(recording, labels != null ? labels : StreamLabels.of(recording), warning -> err.println("warning: " + warning));
    }
    if (measured.words() == 0) {
      err.println("warning: no word that the model knows is said; only false alarms are measured");
    }
    List<Ambient.Point> curve = measured.curve();
    Ambient.Point at = rate == null ? measured.measure() : chosen(curve, err);
    Result result = result(file, measured, settings, at, curve);
    out.print(json ? Json.pretty(result) + System.lineSeparator() : text(result));
    out.flush();
    if (save) {
      DetectorSettings chosen = settings.withThreshold(at.threshold());
      model.withDetector(chosen).save(file);
      err.println("saved threshold " + number(at.threshold()) + " in " + file);
      err.flush();
    }
    if (picture != null) {
      Picture.tradeoff(curve).write(picture);
    }
  }

  private Ambient.Point chosen(List<Ambient.Point> curve, PrintWriter err) {
    Ambient.Point chosen = Ambient.choose(curve, rate);
    if (chosen == null) {
      chosen = curve.getLast();
      err.println(String.format(Locale.ROOT, "warning: no threshold has at most %s false alarms an hour; the highest has %.1f", rate,
          chosen.falseAlarms()));
    }
    return chosen;
  }

  private Result result(Path file, Ambient measured, DetectorSettings settings, Ambient.Point at, List<Ambient.Point> curve) {
    double frames = measured.framesPerSecond();
    double all = measured.speech().frames() + (double) measured.silence().frames();
    double dense = all == 0 ? 0 : (measured.speech().densePerSecond(frames) * measured.speech().frames()
        + measured.silence().densePerSecond(frames) * measured.silence().frames()) / all;
    return new Result(file.toString(), ambient.toString(), measured.hours(), measured.words(), settings, at.threshold(), at.misses(),
        at.falseAlarms(), measured.speech().perSecond(frames), measured.silence().perSecond(frames), dense, curve);
  }

  private static String text(Result result) {
    Table summary = new Table().row("sound", String.format(Locale.ROOT, "%.2f hours, %d words", result.hours, result.words))
        .row("at threshold " + number(result.threshold), ResultTable.percent(result.misses) + " missed, "
            + String.format(Locale.ROOT, "%.1f false alarms an hour", result.falseAlarmsPerHour))
        .row("multiply-adds a second, in speech", ListeningLine.count(result.operationsPerSecondSpeech))
        .row("multiply-adds a second, else", ListeningLine.count(result.operationsPerSecondSilence))
        .row("multiply-adds a second, dense", ListeningLine.count(result.operationsPerSecondDense));
    Table curve = new Table().row("false alarms an hour", "missed", "threshold");
    List<String> seen = new ArrayList<>();
    for (double wanted : RATES) {
      Ambient.Point point = Ambient.choose(result.curve, wanted);
      if (point != null && !seen.contains(number(point.threshold()))) {
        seen.add(number(point.threshold()));
        curve.row("at most " + ResultTable.number(wanted), ResultTable.percent(point.misses()), number(point.threshold()));
      }
    }
    Ambient.Point few = null;
    for (Ambient.Point point : result.curve) {
      few = point.misses() <= FEW_MISSES ? point : few;
    }
    if (few != null && result.words > 0) {
      curve.row(String.format(Locale.ROOT, "%.1f", few.falseAlarms()), ResultTable.percent(few.misses()), number(few.threshold()));
    }
    return summary + System.lineSeparator() + curve;
  }

  private static String number(double threshold) {
    return threshold > 0.999 ? String.format(Locale.ROOT, "%.7f", threshold) : String.format(Locale.ROOT, "%.3f", threshold);
  }
}

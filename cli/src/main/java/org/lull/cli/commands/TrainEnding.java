// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.lull.cli.page.ReportPage;
import org.lull.cli.report.CommandText;
import org.lull.cli.report.ConsoleListener;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.RunSummary;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.RunFile;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.run.SavedRun;
import org.lull.experiments.run.Shell;
import org.lull.experiments.run.TrainingAdvice;
import org.lull.experiments.run.TrainingRun;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.train.Checkpoints;

/**
 * The end of {@code lull train}: what was found is printed and kept, then what to try and to type next.
 *
 * @param json whether figures are printed as JSON
 * @param details whether all figures are printed
 * @param data the folder that the user named; or null
 * @param from the model that the user named to start from; or null
 */
record TrainEnding(PrintWriter out, PrintWriter err, boolean json, boolean details, Path data, Path from) {
  /** What is less than usual, and what the usual gives and takes. */
  static String quickNote(RunConfig config, boolean embedded) {
    int epochs = config.training().epochs();
    if (embedded) {
      return epochs + " epochs on a quarter of the speakers, too little to judge by";
    }
    return epochs + " epochs instead of " + RunConfig.defaults().training().epochs();
  }

  /** The figures alone. */
  void print(RunResult result, RunFile file) {
    if (json) {
      out.println(Json.pretty(result));
    } else {
      out.print((details ? ResultTable.of(result, file.config().network().cell().displayName()) + System.lineSeparator() : "")
          + RunSummary.figures(result, file.sound() ? "clips" : "examples"));
    }
    out.flush();
  }

  /** Prints and keeps all. */
  void report(RunResult result, TrainingRun training, RunDirectory run, RunFile file, ConsoleListener listener) {
    print(result, file); // before anything that may fail: a full disk must not hide what a long run found
    run.result(result);
    TrainingRun.missedTarget(result).ifPresent(listener::warning);
    listener.complete(training);
    writeReport(run, listener);
    if (json) {
      err.println("saved in " + run.path());
      err.flush();
    } else {
      String dir = data == null ? file.data() : data.toString();
      String command = CommandText.lull() + " train" + (dir == null ? "" : " --data " + Shell.quoted(dir))
          + (file.quick() ? " --quick" : "") + (file.from() == null ? ""
              : " --from "
                  + Shell.quoted((from == null ? run.path().resolve(RunDirectory.CHECKPOINTS, Checkpoints.START) : from).toString()));
      out.print(RunSummary.advice(TrainingAdvice.of(result, file.config(), command, file.sound(), training.deltaEpochs()))
          + (file.quick() ? "quick     " + quickNote(file.config(), file.data() == null) + System.lineSeparator() : "")
          + RunSummary.ending(run.path(), next(run.path(), file, dir)));
      out.flush();
    }
  }

  /** Commands that a user may want to type next. */
  private static List<String> next(Path run, RunFile file, String dir) {
    String lull = CommandText.lull();
    String model = Shell.quoted(run.toString());
    String details = lull + " info " + model + " --details";
    if (file.quick() && file.data() == null) {
      return List.of(lull + " train", details);
    }
    return List.of(details, lull + " eval --model " + model + (dir == null ? "" : " --data " + Shell.quoted(dir)));
  }

  private static void writeReport(RunDirectory run, ConsoleListener listener) {
    try {
      String page = ReportPage.of(SavedRun.read(run.path()));
      run.write(file -> ReportPage.write(file, page), RunDirectory.REPORT);
    } catch (InvalidInputException e) {
      listener.warning(e.getMessage()); // not worth the failure of a run that has succeeded
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.io.PrintWriter;
import org.lull.experiments.run.ExperimentListener;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.TrainingRun;
import org.lull.input.InvalidInputException;

/** Shows the user how experiments go on, and draws the curves of each run. */
public record ConsoleListener(TerminalProgress progress, PrintWriter err) implements ExperimentListener {
  @Override
  public void warning(String sentence) {
    progress.say("warning: " + sentence);
  }

  @Override
  public void finished(long networks, long all) {
    progress.note(networks + " of " + all + " points");
  }

  @Override
  public void complete(TrainingRun run) {
    try {
      Picture curves = run.isRegression() ? Picture.errorCurves(run.denseEpochs(), run.deltaEpochs(), run::rmse)
          : Picture.curves(run.denseEpochs(), run.deltaEpochs());
      run.directory().write(curves::write, RunDirectory.CURVES);
    } catch (InvalidInputException e) {
      warning(e.getMessage()); // not worth the failure of a run that has succeeded
    }
  }
}

package org.lull.cli.commands;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.cli.options.RunOptions;
import org.lull.cli.report.Picture;
import org.lull.experiments.run.Experiment;
import org.lull.experiments.run.LullVersion;
import org.lull.experiments.run.RunResult.Target;
import org.lull.experiments.run.RunResult;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Provenance;
import org.lull.train.EpochRecord;
import org.lull.train.Progress;

/** One run of training, which leaves what happens in a run directory as it happens. */
final class TrainingRun {
  private final Experiment.Settings settings;
  private final RunOptions options;
  private final Dataset dataset;
  private final String frontEnd;
  private final Experiment experiment;
  private final List<EpochRecord> dense = new ArrayList<>();
  private final List<EpochRecord> delta = new ArrayList<>();
  private final Experiment.Listener listener;
  private RunDirectory run;

  /**
   * @param options that {@code settings} were made of, for the provenance of the models
   * @param frontEnd that made the features, as JSON, or empty
   * @param listener told after what it is told of is written
   */
  TrainingRun(Experiment.Settings settings, RunOptions options, Dataset dataset, String frontEnd, Progress progress,
      Experiment.Listener listener) {
    this.settings = settings;
    this.options = options;
    this.dataset = dataset;
    this.frontEnd = frontEnd;
    this.listener = listener;
    experiment = new Experiment(settings, dataset, progress, new Recorder());
  }

  /** Examples that will pass through a network before the run is over. */
  long examples() {
    return experiment.examples();
  }

  /** Those of them that do so in pretraining. */
  long pretrainingExamples() {
    return experiment.pretrainingExamples();
  }

  /** What decides the bytes of the dense phase this run begins with: the same for all runs that can share it; empty where there is none. */
  Optional<Provenance> pretraining() {
    return options.pretrainingValues().map(this::provenance);
  }

  /** See {@link Experiment#start}. */
  Experiment.Start start() {
    return experiment.start();
  }

  /** The beginning as the model that a dense run of its own would have made. */
  Model model(Experiment.Start start) {
    return model(Mode.DENSE, start.network(), pretraining().orElseThrow());
  }

  /** Trains and measures; models and metrics are written, the result is not yet. */
  RunResult train(RunDirectory into) {
    write(into);
    return experiment.run();
  }

  /** The same, from a beginning that was made before. */
  RunResult train(RunDirectory into, Experiment.Start start) {
    write(into);
    return experiment.run(start);
  }

  private void write(RunDirectory into) {
    run = into;
    if (!dataset.leftOut().isEmpty()) {
      run.leftOut(dataset.leftOut());
    }
  }

  /**
   * Writes what the run ended with.
   *
   * @param of begins warnings: which run they are of, where there are others
   */
  void finish(RunResult result, String of, PrintWriter err) {
    run.result(result);
    Target target = result.delta() == null ? null : result.delta().target();
    if (target != null && !target.met()) {
      err.println("warning: " + of + "a " + target.kind() + " of " + target.value() + " was the target, "
          + String.format(Locale.ROOT, "%.3g", target.reached()) + " was reached; train for more epochs, or begin with other thresholds"
          + " (0 stays 0)");
    }
    try {
      run.curves(Picture.curves(dense, delta));
    } catch (InvalidInputException e) {
      err.println("warning: " + of + e.getMessage()); // not worth the failure of a run that has succeeded
    }
  }

  private Provenance provenance(SortedMap<String, String> values) {
    return new Provenance(LullVersion.number(), Runtime.version().toString(), dataset.name(), dataset.hash(), values);
  }

  private Model model(Mode mode, Network network, Provenance provenance) {
    return new Model(network, mode, experiment.normalisation(), dataset.labels(), frontEnd, provenance);
  }

  /** A line of the metrics. */
  private record Line(String phase, @JsonUnwrapped EpochRecord record) {}

  private final class Recorder implements Experiment.Listener {
    @Override
    public void epoch(String phase, EpochRecord record, boolean best, Network network) {
      run.metrics(new Line(phase, record));
      if (!phase.equals("delta")) {
        dense.add(record);
      }
      if (!phase.equals("dense")) {
        delta.add(record);
      }
      if (best) { // kept at once: a run that is cut off leaves the best it had
        boolean compared = phase.equals("dense") && settings.delta();
        run.model(compared ? RunDirectory.DENSE_MODEL : RunDirectory.MODEL, model(phase.equals("delta") ? Mode.DELTA : Mode.DENSE, network,
            provenance(phase.equals("dense") ? options.denseValues() : options.values())));
      }
      listener.epoch(phase, record, best, network);
    }

    @Override
    public void trained(Mode mode, Network network) {
      listener.trained(mode, network);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.experiments.run.RunResult.Target;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Provenance;
import org.lull.train.Cancellation;
import org.lull.train.EpochRecord;
import org.lull.train.Progress;

/** One run of training, which leaves what happens in a run directory as it happens. */
public final class TrainingRun {
  private final Experiment.Settings settings;
  private final RunConfig config;
  private final RunData data;
  private final Experiment experiment;
  private final List<EpochRecord> dense = new ArrayList<>();
  private final List<EpochRecord> delta = new ArrayList<>();
  private final Experiment.Listener listener;
  private RunDirectory run;

  /**
   * What a run is trained on.
   *
   * @param frontEnd that made the features, as JSON; empty where the data are used as they come
   */
  public record RunData(Dataset dataset, String frontEnd) {
    public boolean isSound() {
      return !frontEnd.isEmpty();
    }
  }

  /**
   * @param timingSeconds how long training steps are timed at the end
   * @param threads that compute
   * @param listener told after what it is told of is written
   * @throws org.lull.input.InvalidInputException where the configuration is none, or there is nothing to train on or to test with
   */
  public TrainingRun(RunConfig config, Networks networks, RunData data, double timingSeconds, int threads, Experiment.Listener listener) {
    this.config = config;
    this.data = data;
    this.listener = listener;
    settings = config.settings(data.isSound(), networks, timingSeconds, threads);
    experiment = new Experiment(settings, data.dataset(), Progress.SILENT, new Recorder());
  }

  /** Has the run tell how far it is, and look whether it is to end. */
  public void attach(Progress progress, Cancellation cancellation) {
    experiment.attach(progress, cancellation);
  }

  /** Examples that will pass through a network before the run is over. */
  public long examples() {
    return experiment.examples();
  }

  /** Those of them that do so in pretraining. */
  public long pretrainingExamples() {
    return experiment.pretrainingExamples();
  }

  /** What decides the bytes of the dense phase this run begins with: the same for all runs that can share it; empty where there is none. */
  public Optional<Provenance> pretraining() {
    return config.pretrainingOptions().map(this::provenance);
  }

  /** See {@link Experiment#start}. */
  public Experiment.Start start() {
    return experiment.start();
  }

  /** The beginning as the model that a dense run of its own would have made. */
  public Model model(Experiment.Start start) {
    return model(Mode.DENSE, start.network(), pretraining().orElseThrow());
  }

  /** Trains and measures; models and metrics are written, the result is not yet. */
  public RunResult train(RunDirectory into) {
    write(into);
    return experiment.run();
  }

  /** The same, from a beginning that was made before. */
  public RunResult train(RunDirectory into, Experiment.Start start) {
    write(into);
    return experiment.run(start);
  }

  private void write(RunDirectory into) {
    run = into;
    if (!data.dataset().leftOut().isEmpty()) {
      run.leftOut(data.dataset().leftOut());
    }
  }

  /** Where it is written. */
  public RunDirectory directory() {
    return run;
  }

  /** Epochs of the dense network, those of pretraining first; empty if there is none. */
  public List<EpochRecord> denseEpochs() {
    return dense;
  }

  /** Epochs of the delta network, those of pretraining first; empty if there is none. */
  public List<EpochRecord> deltaEpochs() {
    return delta;
  }

  /** What is to be said of a target that was not met. */
  public static Optional<String> missedTarget(RunResult result) {
    Target target = result.delta() == null ? null : result.delta().target();
    return target == null || target.met() ? Optional.empty() : Optional.of("a " + target.kind() + " of " + target.value()
        + " was the target, " + String.format(Locale.ROOT, "%.3g", target.reached()) + " was reached; train for more epochs, or begin with"
        + " other thresholds (0 stays 0)");
  }

  private Provenance provenance(SortedMap<String, String> options) {
    return new Provenance(LullVersion.number(), Runtime.version().toString(), data.dataset().name(), data.dataset().hash(), options);
  }

  private Model model(Mode mode, Network network, Provenance provenance) {
    return new Model(network, mode, experiment.normalisation(), data.dataset().labels(), data.frontEnd(), provenance);
  }

  /** A line of the metrics. */
  private record Line(Phase phase, @JsonUnwrapped EpochRecord record) {}

  private final class Recorder implements Experiment.Listener {
    @Override
    public void epoch(Phase phase, EpochRecord record, boolean best, Network network) {
      run.metrics(new Line(phase, record));
      if (phase != Phase.DELTA) {
        dense.add(record);
      }
      if (phase != Phase.DENSE) {
        delta.add(record);
      }
      if (best) { // kept at once: a run that is cut off leaves the best it had
        boolean compared = phase == Phase.DENSE && settings.delta();
        run.model(compared ? RunDirectory.DENSE_MODEL : RunDirectory.MODEL, model(phase == Phase.DELTA ? Mode.DELTA : Mode.DENSE, network,
            provenance(phase == Phase.DENSE ? config.denseOptions() : config.options())));
      }
      listener.epoch(phase, record, best, network);
    }

    @Override
    public void trained(Mode mode, Network network) {
      listener.trained(mode, network);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import org.lull.Model;
import org.lull.Pretrained;
import org.lull.experiments.run.RunResult.Target;
import org.lull.network.Mode;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.train.Cancellation;
import org.lull.train.Checkpoints;
import org.lull.train.EpochRecord;
import org.lull.train.Progress;

/** One run of training, which leaves what happens in a run directory as it happens. */
public final class TrainingRun {
  private final RunConfig config;
  private final Networks networks;
  private final RunData data;
  private final Model from; // null for initial weights
  private final Experiment experiment;
  private final List<EpochRecord> dense = new ArrayList<>();
  private final List<EpochRecord> delta = new ArrayList<>();
  private final Experiment.Listener listener;
  private final Normalisation targets; // null for classes
  private RunDirectory run;

  /** See {@link Experiment}; from initial weights. */
  public TrainingRun(RunConfig config, Networks networks, RunData data, double timingSeconds, int threads, Experiment.Listener listener) {
    this(config, networks, data, null, timingSeconds, threads, listener);
  }

  /**
   * See {@link Experiment}.
   *
   * @param from the model to start from; null for initial weights
   * @param listener told after what it is told of is written
   * @throws org.lull.input.InvalidInputException where the configuration is none, or there is nothing to train on or to test with
   */
  public TrainingRun(RunConfig config, Networks networks, RunData data, Model from, double timingSeconds, int threads,
      Experiment.Listener listener) {
    this.config = config;
    this.networks = networks;
    this.data = data;
    this.from = from;
    this.listener = listener;
    experiment = new Experiment(config, networks, data, from, timingSeconds, threads, new Recorder());
    targets = experiment.targets();
  }

  /** See {@link Experiment#keep}. */
  public void keep(Checkpoints checkpoints) {
    experiment.keep(checkpoints);
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

  /** The beginning of this run, for all that can share it: with the model that a dense run of its own would have made. */
  public Pretrained pretrain(Progress progress, Cancellation cancellation) {
    Pretrained made = experiment.pretrain(progress, cancellation);
    return new Pretrained(made.model().withProvenance(pretraining().orElseThrow()), made.epochs());
  }

  /**
   * Trains and measures; models and metrics are written, the result is not yet.
   *
   * @param progress told how far the run is
   * @param cancellation looked at before each training step
   */
  public RunResult train(RunDirectory into, Progress progress, Cancellation cancellation) {
    write(into);
    return experiment.run(progress, cancellation);
  }

  /** The same, from a beginning that was made before. */
  public RunResult train(RunDirectory into, Pretrained start, Progress progress, Cancellation cancellation) {
    write(into);
    return experiment.run(start, progress, cancellation);
  }

  private void write(RunDirectory into) {
    run = into;
    if (!data.dataset().leftOut().isEmpty()) {
      run.leftOut(data.dataset().leftOut());
    }
  }

  /** Whether numbers are predicted, not classes. */
  public boolean isRegression() {
    return targets != null;
  }

  /**
   * A loss of an epoch as root mean squared error in the unit of the target.
   *
   * @param loss may be null
   * @return null where there is no loss, and where there is no single target: the examples have classes, or several targets
   */
  public Double rmse(Double loss) {
    return RegressionErrors.rmse(loss, targets);
  }

  /** Seconds of one thread for an example of its data: forward and backward. */
  public double secondsPerExample(StepTimes times, Mode mode) {
    return data.secondsPerExample(times, config.network(), mode);
  }

  /** Whether it is trained on sound. */
  public boolean isSound() {
    return data.isSound();
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
    if (from != null) {
      options.put(RunConfig.FROM, from.fingerprint());
    }
    return new Provenance(LullVersion.number(), Runtime.version().toString(), data.dataset().name(), data.dataset().hash(), options);
  }

  /** A line of the metrics; the errors, in the unit of the target, are those of regression. */
  private record Line(Phase phase, @JsonUnwrapped EpochRecord record, @JsonInclude(JsonInclude.Include.NON_NULL) Double trainRmse,
      @JsonInclude(JsonInclude.Include.NON_NULL) Double validationRmse) {}

  private final class Recorder implements Experiment.Listener {
    @Override
    public void epoch(Phase phase, EpochRecord record, boolean best) {
      run.metrics(new Line(phase, record, rmse(record.trainLoss()), rmse(record.validationLoss())));
      if (phase != Phase.DELTA) {
        dense.add(record);
      }
      if (phase != Phase.DENSE) {
        delta.add(record);
      }
      listener.epoch(phase, record, best);
    }

    /** Keeps it at once: a run that is cut off leaves the best it had. */
    @Override
    public void bestModel(Phase phase, Model model) {
      boolean compared = phase == Phase.DENSE && networks.delta();
      Provenance provenance = provenance(phase == Phase.DENSE ? config.denseOptions() : config.options());
      run.model(compared ? RunDirectory.DENSE_MODEL : RunDirectory.MODEL, model.withProvenance(provenance));
      listener.bestModel(phase, model);
    }

    @Override
    public void trained(Model model) {
      listener.trained(model);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.Pretrained;
import org.lull.Training;
import org.lull.TrainingBuilder;
import org.lull.TrainingResult;
import org.lull.experiments.run.RunResult.ModelResult;
import org.lull.experiments.run.RunResult.Start;
import org.lull.input.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.network.Mode;
import org.lull.network.Normalisation;
import org.lull.train.Budget;
import org.lull.train.Cancellation;
import org.lull.train.Checkpoints;
import org.lull.train.EpochRecord;
import org.lull.train.Evaluator;
import org.lull.train.Progress;
import org.lull.train.StepComparison.Contestant;
import org.lull.train.StepComparison;
import org.lull.train.TrainingOptions;

/**
 * The comparison a run makes: the same network from the same initial weights, trained densely and as a delta network by {@link Training},
 * measured on the same test examples.
 */
public final class Experiment {
  /** Told as the run goes on. */
  public interface Listener {
    /** A listener that tells each of these, one after the other. */
    static Listener all(List<Listener> listeners) {
      return new Listener() {
        @Override
        public void epoch(Phase phase, EpochRecord record, boolean best) {
          listeners.forEach(listener -> listener.epoch(phase, record, best));
        }

        @Override
        public void bestModel(Phase phase, Model model) {
          listeners.forEach(listener -> listener.bestModel(phase, model));
        }

        @Override
        public void trained(Model model) {
          listeners.forEach(listener -> listener.trained(model));
        }
      };
    }

    /** @param best whether this epoch is the best of its phase so far */
    default void epoch(Phase phase, EpochRecord record, boolean best) {}

    /** The model after the best epoch of a phase so far, of which {@link #epoch} has told. */
    default void bestModel(Phase phase, Model model) {}

    /** A network is finished. */
    default void trained(Model model) {}
  }

  private static final Listener SILENT = new Listener() {};

  private final RunConfig config;
  private final Networks networks;
  private final RunData data;
  private final Model from; // null for initial weights
  private final double timingSeconds;
  private final int threads;
  private final Listener listener;
  private Checkpoints checkpoints;

  /** From initial weights. */
  public Experiment(RunConfig config, Networks networks, RunData data, double timingSeconds, int threads, Listener listener) {
    this(config, networks, data, null, timingSeconds, threads, listener);
  }

  /**
   * @param networks which are trained
   * @param from the model that both start from; null for initial weights. The configuration must be of its architecture
   * @param timingSeconds how long the training steps are timed at the end, in turn; 0 for the fewest steps that give a median
   * @param threads that compute
   * @throws InvalidInputException where the configuration is none, or there is nothing to train on or to test with
   */
  public Experiment(RunConfig config, Networks networks, RunData data, Model from, double timingSeconds, int threads,
      Listener listener) {
    check(config, timingSeconds, threads);
    this.config = config;
    this.networks = networks;
    this.data = data;
    this.from = from;
    this.timingSeconds = timingSeconds;
    this.threads = threads;
    this.listener = listener;
    Dataset dataset = data.dataset();
    if (dataset.train().isEmpty() || dataset.test().isEmpty()) {
      throw new InvalidInputException(dataset.name() + " has " + dataset.train().size() + " examples for training and "
          + dataset.test().size() + " for testing, expected at least one of each; give it more recordings");
    }
    training(Phase.DELTA, SILENT, Progress.SILENT, new Cancellation()); // refuses what does not go with the data
  }

  /**
   * Refuses mistakes before hours are spent on the data.
   *
   * @throws InvalidInputException where parts of the configuration do not go together, or a number is out of range
   */
  public static void check(RunConfig config, double timingSeconds, int threads) {
    config.training(Mode.DELTA, true, threads).build();
    StepComparison.requireTime(timingSeconds);
  }

  /** Has the trainings keep checkpoints, and go on from those that are there; of their epochs the listener is told again. */
  public void keep(Checkpoints value) {
    checkpoints = value;
  }

  /** Examples that will pass through a network before the run is over, pretraining included, as its progress counts them. */
  public long examples() {
    int count = (networks.dense() ? 1 : 0) + (networks.delta() ? 1 : 0);
    return pretrainingExamples() + count * (config.training().epochs() * epochExamples() + data.dataset().test().size());
  }

  /** Those of them that do so in pretraining. */
  public long pretrainingExamples() {
    return config.training().pretraining().epochs() * epochExamples();
  }

  private long epochExamples() {
    return (long) data.dataset().train().size() + data.dataset().validation().size();
  }

  /** The beginning of this run, of which its listener is not told: for all runs that pretrain alike. */
  public Pretrained pretrain(Progress progress, Cancellation cancellation) {
    return pretrain(SILENT, progress, cancellation);
  }

  private Pretrained pretrain(Listener told, Progress progress, Cancellation cancellation) {
    return training(Phase.PRETRAIN, told, progress, cancellation).pretrain(data.dataset());
  }

  /**
   * Trains and measures.
   *
   * @param progress told how far the run is
   * @param cancellation looked at before each training step
   */
  public RunResult run(Progress progress, Cancellation cancellation) {
    return goOn(pretrain(listener, progress, cancellation), progress, cancellation);
  }

  /**
   * The same, from a beginning that was made before. The listener is told of its epochs, but of the best of them alone as the best so far,
   * as its weights are those there are.
   *
   * @param start of a run that pretrains alike; it stays as it is
   */
  public RunResult run(Pretrained start, Progress progress, Cancellation cancellation) {
    EpochRecord best = start.epochs().stream().reduce((a, b) -> b.isBetterThan(a) ? b : a).orElse(null);
    start.epochs().forEach(record -> {
      listener.epoch(Phase.PRETRAIN, record, record == best);
      if (record == best) {
        listener.bestModel(Phase.PRETRAIN, start.model());
      }
    });
    return goOn(start, progress, cancellation);
  }

  private RunResult goOn(Pretrained start, Progress progress, Cancellation cancellation) {
    TrainingResult dense = networks.dense() ? train(Phase.DENSE, start, progress, cancellation) : null;
    TrainingResult delta = networks.delta() ? train(Phase.DELTA, start, progress, cancellation) : null;
    return timed(dense, delta, progress);
  }

  private TrainingResult train(Phase phase, Pretrained start, Progress progress, Cancellation cancellation) {
    Progress named = (task, total) -> progress.begin(task + " " + phase.label(), total);
    TrainingResult result = training(phase, listener, named, cancellation).fit(data.dataset(), start);
    listener.trained(result.model());
    return result;
  }

  /** How a phase is trained. */
  private Training training(Phase phase, Listener told, Progress progress, Cancellation cancellation) {
    Mode mode = phase == Phase.DELTA ? Mode.DELTA : Mode.DENSE;
    TrainingBuilder training = config.training(mode, data.isSound(), threads).frontEnd(data.frontEnd()).progress(progress)
        .cancellation(cancellation).listener((record, best) -> told.epoch(phase, record, best))
        .bestModel(model -> told.bestModel(phase, model));
    if (checkpoints != null) {
      training.checkpoints(checkpoints);
    }
    training.augmentation(options().augmentation());
    if (from != null) {
      training.from(from).arithmetic(config.network().arithmetic());
    }
    return (data.dataset().isRegression() ? training.regression() : training).build();
  }

  /** @param targets statistics of the training targets; null for classes */
  private RegressionErrors meanPredictor(Normalisation targets) {
    return targets == null ? null : RegressionErrors.ofMean(data.dataset(), targets);
  }

  /** Statistics of the training targets; null for classes. */
  Normalisation targets() {
    return training(Phase.DELTA, SILENT, Progress.SILENT, new Cancellation()).loss(data.dataset()).targets();
  }

  /** With the augmentation of the data, if it has one of its own. */
  private TrainingOptions options() {
    TrainingOptions usual = config.options(data.isSound(), threads);
    return data.augmentation() == null || !config.training().augment() ? usual
        : usual.toBuilder().augmentation(data.augmentation()).build();
  }

  /** How well the model did that the training started from; null if there is none. */
  private Start start(Progress progress) {
    if (from == null) {
      return null;
    }
    Dataset dataset = data.dataset();
    try (Evaluator evaluator = new Evaluator(from.network(), from.normalisation(), from.mode(), threads, from.loss());
        Progress.Task task = progress.begin("testing the model to start from", dataset.test().size())) {
      return Start.of(from, evaluator.evaluate(dataset.test(), task));
    }
  }

  /** Times the training steps of what there is, in turn on the same batches, and puts the result together. */
  private RunResult timed(TrainingResult dense, TrainingResult delta, Progress progress) {
    List<Model> models = Stream.of(dense, delta).filter(Objects::nonNull).map(TrainingResult::model).toList();
    Dataset dataset = data.dataset();
    double[] micros;
    try (Progress.Task task = progress.begin("timing", 1)) {
      micros = StepComparison.medianMicros(models.stream().map(model -> new Contestant(model.network(), model.mode())).toList(),
          models.getFirst().normalisation(), models.getFirst().loss(), dataset.train(), options(), timingSeconds);
      task.advance(1);
    }
    Budget budget = config.delta().budget().orElse(null);
    return new RunResult(dataset.name(), dataset.train().size(), dataset.validation().size(), dataset.test().size(), Basis.of(data),
        start(progress), dense == null ? null : ModelResult.of(dense, null, micros[0]),
        delta == null ? null : ModelResult.of(delta, budget, micros[micros.length - 1]), meanPredictor(models.getFirst().loss().targets()),
        config.training().batch(), threads,
        KernelChoice.kernels().description(), micros.length == 2 ? (Double) (micros[0] / micros[1]) : null);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.lull.Dataset;
import org.lull.Dataset;
import org.lull.cost.OperationCount;
import org.lull.experiments.run.RunResult.ModelResult;
import org.lull.experiments.run.RunResult.Sparsity;
import org.lull.experiments.run.RunResult.Target;
import org.lull.input.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.network.Arithmetic;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;
import org.lull.train.Budget;
import org.lull.train.Cancellation;
import org.lull.train.EpochRecord;
import org.lull.train.Evaluation;
import org.lull.train.Evaluator;
import org.lull.train.Fit;
import org.lull.train.Progress;
import org.lull.train.RandomStreams;
import org.lull.train.StepComparison;
import org.lull.train.Trainer;
import org.lull.train.TrainingOptions;

/**
 * The comparison a run makes: the same network from the same initial weights, trained densely and as a delta network, measured on the same
 * test examples.
 */
public final class Experiment {
  /**
   * What to train.
   *
   * @param thresholdX theta of the inputs, one for each layer, or one for all
   * @param thresholdH theta of the hidden states, likewise
   * @param budget what the delta network may cost: the thresholds, all by the same factor, are moved to meet it; null to leave them
   * @param dense whether to train the dense network
   * @param delta whether to train the delta network
   * @param pretrainEpochs epochs one network is trained densely first. From its weights both go on, the dense network as the control of the
   *     delta one, for which the thresholds are switched on: the same epochs, on the same schedule, which begins anew
   * @param pretrainLearningRate learning rate of those epochs, on the schedule of the others
   * @param arithmetic of the recurrent layers of all networks
   * @param channelStatistics whether each channel is normalised by its own statistics
   * @param timingSeconds how long the training steps are timed at the end, in turn; 0 for the fewest steps that give a median
   */
  public record Settings(Cell cell, int layers, int hidden, Head head, float[] thresholdX, float[] thresholdH, Budget budget,
      boolean dense, boolean delta, int pretrainEpochs, double pretrainLearningRate, Arithmetic arithmetic, boolean channelStatistics,
      double timingSeconds, TrainingOptions training) {
    public Settings {
      NetworkSpec spec = new NetworkSpec(cell, 1, layers, hidden, 1, head); // refuses what no network can be, before the data is known
      arithmetic.check(spec);
      if (arithmetic != Arithmetic.FLOAT32 && training.deltaPenalty() > 0) {
        throw new InvalidInputException("a penalty on deltas of " + training.deltaPenalty() + " with the numbers of " + arithmetic.name()
            + ", which train without one; leave either out");
      }
      checkCount("x", thresholdX, layers);
      checkCount("h", thresholdH, layers);
      for (float theta : thresholdX) {
        Thresholds.uniform(1, 1, theta, 0); // refuses what is no threshold
      }
      for (float theta : thresholdH) {
        Thresholds.uniform(1, 1, 0, theta);
      }
      if (pretrainEpochs < 0 || pretrainEpochs > 1_000_000) {
        throw new InvalidInputException("pretraining epochs: " + pretrainEpochs + ", expected 0 to 1000000");
      }
      try {
        training.withLearningRate(pretrainLearningRate); // refuses what is none
      } catch (InvalidInputException e) {
        throw new InvalidInputException("pretraining " + e.getMessage(), e);
      }
      StepComparison.requireTime(timingSeconds);
    }

    private static void checkCount(String part, float[] thresholds, int layers) {
      if (thresholds.length != 1 && thresholds.length != layers) {
        throw new InvalidInputException(
            thresholds.length + " thresholds on " + part + " for " + layers + " layers; give one for all, or one for each layer");
      }
    }
  }

  /** Told as the run goes on; {@code network} is being trained and must only be read. */
  public interface Listener {
    /** @param best whether this epoch is the best of its phase so far */
    default void epoch(Phase phase, EpochRecord record, boolean best, Network network) {}

    /** A network is finished. */
    default void trained(Mode mode, Network network) {}
  }

  /**
   * A beginning: the network that both networks of a run go on from.
   *
   * @param network with the weights of the best of the epochs
   * @param epochs that made it, in which it was dense
   */
  public record Start(Network network, List<EpochRecord> epochs) {
    private long macs() {
      return epochs.stream().mapToLong(EpochRecord::macs).sum();
    }
  }

  private final Settings settings;
  private final Dataset data;
  private final Normalisation normalisation;
  private final NetworkSpec spec;
  private final Listener listener;
  private Progress progress;
  private Cancellation cancellation = new Cancellation();

  public Experiment(Settings settings, Dataset data, Progress progress, Listener listener) {
    this.settings = settings;
    this.data = data;
    this.progress = progress;
    this.listener = listener;
    if (data.train().isEmpty() || data.test().isEmpty()) {
      throw new InvalidInputException(data.name() + " has " + data.train().size() + " examples for training and " + data.test().size()
          + " for testing, expected at least one of each; give it more recordings");
    }
    Normalisation.Gathering gathering = new Normalisation.Gathering(data.channels(), settings.channelStatistics);
    data.train().forEach(example -> example.addTo(gathering));
    normalisation = gathering.result();
    spec = new NetworkSpec(settings.cell, data.channels(), settings.layers, settings.hidden, settings.head.outputs(data.labels().size()),
        settings.head);
  }

  /** Has the run tell how far it is from now on, and look before each step whether it is to end. */
  public void attach(Progress to, Cancellation by) {
    progress = to;
    cancellation = by;
  }

  public Normalisation normalisation() {
    return normalisation;
  }

  /** Examples that will pass through a network before the run is over, pretraining included, as its progress counts them. */
  public long examples() {
    long epochs = (settings.dense ? settings.training.epochs() : 0L)
        + (settings.delta ? settings.training.epochs() : 0L);
    long measured = (settings.dense ? data.test().size() : 0L) + (settings.delta ? data.test().size() : 0L);
    return pretrainingExamples() + epochs * epochExamples() + measured;
  }

  /** Those of them that do so in pretraining. */
  public long pretrainingExamples() {
    return settings.pretrainEpochs * epochExamples();
  }

  private long epochExamples() {
    return (long) data.train().size() + data.validation().size();
  }

  private TrainingOptions pretrainingOptions() {
    return settings.training.withEpochs(settings.pretrainEpochs).withLearningRate(settings.pretrainLearningRate).withDeltaPenalty(0);
  }

  /** The beginning of this run, of which its listener is not told: for all runs that pretrain alike. */
  public Start start() {
    return pretrained(initial(), (_, _) -> {});
  }

  /** Trains and measures. */
  public RunResult run() {
    Network network = initial();
    return goOn(pretrained(network, (record, best) -> listener.epoch(Phase.PRETRAIN, record, best, network)));
  }

  /**
   * The same, from a beginning that was made before. The listener is told of its epochs, but of the best of them alone as the best so far,
   * as its weights are those there are.
   *
   * @param start of a run that pretrains alike; it stays as it is
   */
  public RunResult run(Start start) {
    EpochRecord best = start.epochs.stream().reduce((a, b) -> b.isBetterThan(a) ? b : a).orElse(null);
    start.epochs.forEach(record -> listener.epoch(Phase.PRETRAIN, record, record == best, start.network));
    return goOn(start);
  }

  private Network initial() {
    Network network = new Network(spec);
    network.setArithmetic(settings.arithmetic);
    Initialiser.initialise(network, RandomStreams.of(settings.training.seed(), "weights"));
    return network;
  }

  private Start pretrained(Network network, Trainer.EpochListener told) {
    if (settings.pretrainEpochs == 0) {
      return new Start(network, List.of());
    }
    Fit fit = fit(network, Mode.DENSE, "pretraining", pretrainingOptions(), 1, told);
    return new Start(network, fit.epochs());
  }

  private RunResult goOn(Start start) {
    Trained dense = settings.dense ? train(copy(start), Mode.DENSE, Phase.DENSE, start.macs()) : null;
    Trained delta = null;
    if (settings.delta) {
      Network network = copy(start);
      setThresholds(network);
      delta = train(network, Mode.DELTA, Phase.DELTA, start.macs());
    }
    return timed(dense, delta);
  }

  private Network copy(Start start) {
    Network network = start.network.copy();
    network.setArithmetic(settings.arithmetic);
    return network;
  }

  /** A finished network and what it reached. */
  private record Trained(Mode mode, Network network, ModelResult result) {}

  private void setThresholds(Network network) {
    for (int layer = 0; layer < spec.layers(); layer++) {
      network.setThresholds(layer, Thresholds.uniform(spec.inputs(layer), spec.hidden(), at(settings.thresholdX, layer),
          at(settings.thresholdH, layer)));
    }
  }

  private static float at(float[] values, int layer) {
    return values[values.length == 1 ? 0 : layer];
  }

  private Fit fit(Network network, Mode mode, String task, TrainingOptions options, int firstEpoch, Trainer.EpochListener told) {
    try (Trainer trainer = new Trainer(network, normalisation, mode, options, settings.budget)) {
      trainer.cancelBy(cancellation);
      return trainer.fit(data.train(), data.validation(), firstEpoch, task, progress, told);
    }
  }

  private Trained train(Network network, Mode mode, Phase phase, long pretrainingMacs) {
    TrainingOptions options = settings.training;
    Fit fit = fit(network, mode, "training " + phase.label(), options, settings.pretrainEpochs + 1,
        (record, best) -> listener.epoch(phase, record, best, network));
    listener.trained(mode, network);
    Evaluation test;
    try (Evaluator evaluator = new Evaluator(network, normalisation, mode, options.threads());
        Progress.Task task = progress.begin("testing " + phase.label(), data.test().size())) {
      test = evaluator.evaluate(data.test(), task);
    }
    long macs = fit.operations().total();
    long denseMacs = fit.operations().denseTotal();
    boolean isDelta = mode == Mode.DELTA;
    OperationCount any = fit.operations().layer(0);
    long head = spec.headMacs(any.backwardSequences(), any.backwardSteps());
    long other = head + fit.operations().sum(count -> count.pointwise(isDelta));
    long otherOfDense = head + fit.operations().sum(count -> count.pointwise(false));
    Target target = isDelta && settings.budget != null ? Target.of(settings.budget, fit.operations()) : null;
    return new Trained(mode, network, new ModelResult(test.accuracy(), fit.best().validationAccuracy(), spec.parameters(),
        fit.epochs().size(), fit.best().epoch(), Sparsity.of(fit.operations()), Sparsity.of(test.operations()), macs, denseMacs,
        denseMacs / (double) macs, fit.operations().paperTotal(), fit.operations().paperDenseTotal(), pretrainingMacs, other,
        (denseMacs + otherOfDense) / (double) (macs + other), target, fit.memory(), 0));
  }

  /** Times the training steps of what there is, in turn on the same batches, and puts the result together. */
  private RunResult timed(Trained dense, Trained delta) {
    List<Trained> all = Stream.of(dense, delta).filter(Objects::nonNull).toList();
    List<ModelResult> results = new ArrayList<>();
    try (Progress.Task task = progress.begin("timing", 1)) {
      double[] micros = StepComparison.medianMicros(all.stream().map(t -> new StepComparison.Contestant(t.network, t.mode)).toList(),
          normalisation, data.train(), settings.training, settings.timingSeconds);
      for (int i = 0; i < micros.length; i++) {
        results.add(all.get(i).result.withStepMicros(micros[i]));
      }
      task.advance(1);
    }
    Double speedup = results.size() == 2 ? (Double) (results.getFirst().stepMicros() / results.getLast().stepMicros()) : null;
    return new RunResult(data.name(), data.train().size(), data.validation().size(), data.test().size(),
        dense == null ? null : results.getFirst(), delta == null ? null : results.getLast(), settings.training.batch(),
        settings.training.threads(), KernelChoice.kernels().description(), speedup);
  }
}

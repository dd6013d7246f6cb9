package org.lull.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.lull.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.model.Head;
import org.lull.model.Initialiser;
import org.lull.model.Mode;
import org.lull.model.Network;
import org.lull.model.NetworkSpec;
import org.lull.model.Normalisation;
import org.lull.rnn.Cell;
import org.lull.rnn.OperationCount;
import org.lull.rnn.Thresholds;
import org.lull.train.RunResult.ModelResult;
import org.lull.train.RunResult.Sparsity;
import org.lull.train.RunResult.Target;

/**
 * The comparison a run makes: the same network from the same initial weights, trained densely and as a delta network, measured on the same
 * test examples.
 */
public final class Experiment {
  /** Training steps before the clock counts. */
  private static final int TIMING_WARM_UP = 10;
  /** Batches the clock goes through, at most: enough to be like all, few enough to lie ready. */
  private static final int TIMING_BATCHES = 32;

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
   * @param channelStatistics whether each channel is normalised by its own statistics
   * @param timingSeconds how long the training steps are timed at the end, in turn; 0 for the fewest steps that give a median
   */
  public record Settings(Cell cell, int layers, int hidden, Head head, float[] thresholdX, float[] thresholdH, Budget budget,
      boolean dense, boolean delta, int pretrainEpochs, boolean channelStatistics, double timingSeconds, TrainingOptions training) {
    private static final int LONGEST_TIMING = 3600;

    public Settings {
      new NetworkSpec(cell, 1, layers, hidden, 1, head); // refuses sizes that no network can have, before the data is known
      checkCount("x", thresholdX, layers);
      checkCount("h", thresholdH, layers);
      for (float theta : thresholdX) {
        Thresholds.uniform(1, 1, theta, 0); // refuses what is no threshold
      }
      for (float theta : thresholdH) {
        Thresholds.uniform(1, 1, 0, theta);
      }
      if (pretrainEpochs < 0) {
        throw new InvalidInputException("pretraining epochs: " + pretrainEpochs + ", expected 0 or more");
      }
      if (!(timingSeconds >= 0 && timingSeconds <= LONGEST_TIMING)) {
        throw new InvalidInputException("timing: " + timingSeconds + " seconds, expected 0 to " + LONGEST_TIMING);
      }
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
    /**
     * @param phase "dense", "pretrain" or "delta"
     * @param best whether this epoch is the best of its phase so far
     */
    void epoch(String phase, EpochRecord record, boolean best, Network network);

    /** A network is finished. */
    void trained(Mode mode, Network network);
  }

  private final Settings settings;
  private final Dataset data;
  private final Normalisation normalisation;
  private final NetworkSpec spec;
  private final Progress progress;
  private final Listener listener;

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
    data.train().forEach(example -> gathering.add(example.frames(), example.steps()));
    normalisation = gathering.result();
    spec = new NetworkSpec(settings.cell, data.channels(), settings.layers, settings.hidden, settings.head.outputs(data.labels().size()),
        settings.head);
  }

  public Normalisation normalisation() {
    return normalisation;
  }

  /** Examples that will pass through a network before the run is over, as its progress counts them. */
  public long examples() {
    long epochs = settings.pretrainEpochs + (settings.dense ? settings.training.epochs() : 0L)
        + (settings.delta ? settings.training.epochs() : 0L);
    long measured = (settings.dense ? data.test().size() : 0L) + (settings.delta ? data.test().size() : 0L);
    return epochs * (data.train().size() + data.validation().size()) + measured;
  }

  /** Trains and measures. */
  public RunResult run() {
    Network start = new Network(spec);
    Initialiser.initialise(start, RandomStreams.of(settings.training.seed(), "weights"));
    List<OperationCount> pretraining = start.operationCounts();
    if (settings.pretrainEpochs > 0) {
      pretraining = fit(start, Mode.DENSE, "pretrain", settings.training.withEpochs(settings.pretrainEpochs), 1).operations();
    }
    Trained dense = settings.dense ? train(start.copy(), Mode.DENSE, "dense", pretraining) : null;
    Trained delta = null;
    if (settings.delta) {
      setThresholds(start);
      delta = train(start, Mode.DELTA, "delta", pretraining);
    }
    return timed(dense, delta);
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

  private Fit fit(Network network, Mode mode, String phase, TrainingOptions options, int firstEpoch) {
    String name = phase.equals("pretrain") ? "pretraining" : "training " + phase;
    try (Trainer trainer = new Trainer(network, normalisation, mode, options, settings.budget)) {
      return trainer.fit(data.train(), data.validation(), firstEpoch, name, progress,
          (record, best) -> listener.epoch(phase, record, best, network));
    }
  }

  private Trained train(Network network, Mode mode, String phase, List<OperationCount> pretraining) {
    TrainingOptions options = settings.training;
    Fit fit = fit(network, mode, phase, options, settings.pretrainEpochs + 1);
    listener.trained(mode, network);
    Evaluation test;
    try (Evaluator evaluator = new Evaluator(network, normalisation, mode, options.threads());
        Progress.Task task = progress.begin("testing " + phase, data.test().size())) {
      test = evaluator.evaluate(data.test(), task);
    }
    long macs = OperationCount.sum(fit.operations(), OperationCount::total);
    long denseMacs = OperationCount.sum(fit.operations(), OperationCount::denseTotal);
    boolean isDelta = mode == Mode.DELTA;
    OperationCount any = fit.operations().getFirst();
    long head = spec.headMacs(any.backwardSequences(), any.backwardSteps());
    long other = head + OperationCount.sum(fit.operations(), count -> count.pointwise(isDelta));
    long otherOfDense = head + OperationCount.sum(fit.operations(), count -> count.pointwise(false));
    Target target = isDelta && settings.budget != null ? Target.of(settings.budget, fit.operations()) : null;
    return new Trained(mode, network, new ModelResult(test.accuracy(), fit.best().validationAccuracy(), spec.parameters(),
        fit.epochs().size(), fit.best().epoch(), Sparsity.of(fit.operations()), Sparsity.of(test.operations()), macs, denseMacs,
        denseMacs / (double) macs, OperationCount.sum(pretraining, OperationCount::total), other,
        (denseMacs + otherOfDense) / (double) (macs + other), target, fit.memory(), 0));
  }

  /** Times the training steps of what there is, in turn on the same batches, and puts the result together. */
  private RunResult timed(Trained dense, Trained delta) {
    List<Trained> all = Stream.of(dense, delta).filter(Objects::nonNull).toList();
    List<Trainer> trainers = all.stream().map(t -> new Trainer(t.network.copy(), normalisation, t.mode, settings.training)).toList();
    List<ModelResult> results = new ArrayList<>();
    try (Progress.Task task = progress.begin("timing", 1)) {
      List<Batch> batches = timingBatches(trainers.getFirst());
      double[] micros = StepTimer.medianMicros(trainers.stream().map(trainer -> steps(trainer, batches)).toList(), TIMING_WARM_UP,
          settings.timingSeconds);
      for (int i = 0; i < micros.length; i++) {
        results.add(all.get(i).result.withStepMicros(micros[i]));
      }
      task.advance(1);
    } finally {
      trainers.forEach(Trainer::close);
    }
    Double speedup = results.size() == 2 ? (Double) (results.getFirst().stepMicros() / results.getLast().stepMicros()) : null;
    return new RunResult(data.name(), data.train().size(), data.validation().size(), data.test().size(),
        dense == null ? null : results.getFirst(), delta == null ? null : results.getLast(), settings.training.batch(),
        settings.training.threads(), KernelChoice.kernels().description(), speedup);
  }

  /** Batches as the first epoch has them, shuffled, augmented and normalised: before the clock runs. */
  private List<Batch> timingBatches(Trainer trainer) {
    List<Example> order = trainer.shuffled(data.train(), 1);
    int size = Math.min(settings.training.batch(), order.size());
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from + size <= order.size() && batches.size() < TIMING_BATCHES; from += size) {
      batches.add(trainer.augmented(order.subList(from, from + size), 1, from).made());
    }
    return batches;
  }

  /** Training steps that go through the batches, again and again, with a learning rate too small to change what fires. */
  private static Runnable steps(Trainer trainer, List<Batch> batches) {
    int[] next = {0};
    return () -> {
      trainer.step(batches.get(next[0]), 1, 0, 1e-6);
      next[0] = (next[0] + 1) % batches.size();
    };
  }
}

package org.lull.train;

import java.util.ArrayList;
import java.util.List;
import org.lull.InvalidInputException;
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
   * @param dense whether to train the dense network
   * @param delta whether to train the delta network
   * @param pretrainEpochs epochs the delta network is trained densely before its thresholds are switched on; the dense network is trained
   *     for as many epochs more
   * @param channelStatistics whether each channel is normalised by its own statistics
   * @param timingSeconds how long the training steps are timed at the end, in turn; 0 for the fewest steps that give a median
   */
  public record Settings(Cell cell, int layers, int hidden, Head head, float[] thresholdX, float[] thresholdH, boolean dense, boolean delta,
      int pretrainEpochs, boolean channelStatistics, double timingSeconds, TrainingOptions training) {
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
    long epochs = (settings.dense ? settings.pretrainEpochs + settings.training.epochs() : 0L)
        + (settings.delta ? settings.pretrainEpochs + settings.training.epochs() : 0L);
    long measured = (settings.dense ? data.test().size() : 0L) + (settings.delta ? data.test().size() : 0L);
    return epochs * (data.train().size() + data.validation().size()) + measured;
  }

  /** Trains and measures. */
  public RunResult run() {
    Network dense = settings.dense ? network() : null;
    Network delta = settings.delta ? network() : null;
    ModelResult denseResult = null;
    ModelResult deltaResult = null;
    if (dense != null) {
      TrainingOptions longer = settings.training.withEpochs(settings.pretrainEpochs + settings.training.epochs());
      denseResult = train(dense, Mode.DENSE, "dense", longer, 0);
    }
    if (delta != null) {
      long before = 0;
      if (settings.pretrainEpochs > 0) {
        Fit fit = fit(delta, Mode.DENSE, "pretrain", settings.training.withEpochs(settings.pretrainEpochs));
        before = OperationCount.sum(fit.operations(), OperationCount::total);
      }
      setThresholds(delta);
      deltaResult = train(delta, Mode.DELTA, "delta", settings.training, before);
    }
    return timed(dense, denseResult, delta, deltaResult);
  }

  private Network network() {
    Network network = new Network(spec);
    Initialiser.initialise(network, RandomStreams.of(settings.training.seed(), "weights"));
    return network;
  }

  private void setThresholds(Network network) {
    for (int layer = 0; layer < spec.layers(); layer++) {
      network.setThresholds(layer, Thresholds.uniform(spec.inputs(layer), spec.hidden(), at(settings.thresholdX, layer),
          at(settings.thresholdH, layer)));
    }
  }

  private static float at(float[] values, int layer) {
    return values[values.length == 1 ? 0 : layer];
  }

  private Fit fit(Network network, Mode mode, String phase, TrainingOptions options) {
    try (Trainer trainer = new Trainer(network, normalisation, mode, options)) {
      return trainer.fit(data.train(), data.validation(), phase.equals("pretrain") ? "pretraining" : "training " + phase, progress,
          (record, best) -> listener.epoch(phase, record, best, network));
    }
  }

  private ModelResult train(Network network, Mode mode, String phase, TrainingOptions options, long pretrainingMacs) {
    Fit fit = fit(network, mode, phase, options);
    listener.trained(mode, network);
    Evaluation test;
    try (Trainer trainer = new Trainer(network, normalisation, mode, options);
        Progress.Task task = progress.begin("testing " + phase, data.test().size())) {
      test = trainer.evaluate(data.test(), task);
    }
    long macs = OperationCount.sum(fit.operations(), OperationCount::total);
    long denseMacs = OperationCount.sum(fit.operations(), OperationCount::denseTotal);
    double validation = fit.best() == 0 ? 0 : fit.epochs().get(fit.best() - 1).validationAccuracy();
    return new ModelResult(test.accuracy(), validation, spec.parameters(), fit.epochs().size(), fit.best(), Sparsity.of(fit.operations()),
        Sparsity.of(test.operations()), macs, denseMacs, denseMacs / (double) macs, pretrainingMacs, 0);
  }

  private RunResult timed(Network dense, ModelResult denseResult, Network delta, ModelResult deltaResult) {
    TrainingOptions options = settings.training.withAugmentation(Augmentation.NONE);
    List<Trainer> trainers = new ArrayList<>();
    ModelResult[] results = {denseResult, deltaResult};
    Network[] networks = {dense, delta};
    for (int i = 0; i < 2; i++) {
      if (networks[i] != null) {
        trainers.add(new Trainer(networks[i].copy(), normalisation, i == 0 ? Mode.DENSE : Mode.DELTA, options));
      }
    }
    double[] micros;
    try {
      micros = StepTimer.medianMicros(trainers, data.train(), options.batch(), settings.timingSeconds, progress);
    } finally {
      trainers.forEach(Trainer::close);
    }
    int next = 0;
    for (int i = 0; i < 2; i++) {
      if (results[i] != null) {
        results[i] = withMicros(results[i], micros[next++]);
      }
    }
    Double speedup = next == 2 ? micros[0] / micros[1] : null;
    return new RunResult(data.name(), data.train().size(), data.validation().size(), data.test().size(), results[0], results[1], speedup);
  }

  private static ModelResult withMicros(ModelResult r, double micros) {
    return new ModelResult(r.testAccuracy(), r.validationAccuracy(), r.parameters(), r.epochs(), r.bestEpoch(), r.sparsity(),
        r.testSparsity(), r.trainingMacs(), r.denseTrainingMacs(), r.reduction(), r.pretrainingMacs(), micros);
  }
}

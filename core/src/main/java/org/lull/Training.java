// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.io.Sha256;
import org.lull.network.Arithmetic;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.rnn.Thresholds;
import org.lull.train.Budget;
import org.lull.train.Checkpoints;
import org.lull.train.ClassWeights;
import org.lull.train.DefaultThresholds;
import org.lull.train.EpochRecord;
import org.lull.train.Evaluation;
import org.lull.train.Evaluator;
import org.lull.train.Example;
import org.lull.train.History;
import org.lull.train.Loss;
import org.lull.train.Progress;
import org.lull.train.RandomStreams;
import org.lull.train.Trainer;
import org.lull.train.TrainingOptions;

/**
 * Trains a network on a {@link Dataset}: {@code Training.builder().hidden(64).threshold(0.15f).epochs(20).build().fit(data).model()}.
 *
 * <p>A training is immutable: you may use it several times, and on other data. The same seed and data give the same model, byte for byte,
 * at any number of threads.
 */
public final class Training {
  private final TrainingBuilder settings;
  private final TrainingOptions options;

  Training(TrainingBuilder settings, TrainingOptions options) {
    this.settings = settings;
    this.options = options;
  }

  /**
   * A builder with the defaults: a delta LSTM with two layers of 64 units, thresholds that follow the data ({@link DefaultThresholds}), and
   * {@link TrainingOptions#defaults}.
   */
  public static TrainingBuilder builder() {
    return new TrainingBuilder();
  }

  /** A builder with the settings of this training. */
  public TrainingBuilder toBuilder() {
    return new TrainingBuilder(settings);
  }

  /** The options of the training loop. */
  public TrainingOptions options() {
    return options;
  }

  /**
   * Trains a network, keeps the weights of the epoch with the best validation accuracy (for regression: validation loss), and measures the
   * network on the test examples.
   *
   * <p>With {@link TrainingBuilder#checkpoints} it goes on from the checkpoints that are there, and ends with the same bytes as without an
   * interruption. An interrupt of the thread does not end it; {@link TrainingBuilder#cancellation} does.
   *
   * @throws InvalidInputException if there are no training examples, only one class, or a class without any; if an example is
   *     out of bounds after normalisation; or if the checkpoints are of other settings or data, or damaged
   * @throws org.lull.train.Diverged if the loss, a gradient or a weight is not finite
   */
  public TrainingResult fit(Dataset data) {
    return fit(data, pretrain(data));
  }

  /** The data with the labels in the order of the model to start from. */
  private Dataset ordered(Dataset data) {
    return settings.from == null || data.isRegression() || settings.from.isRegression() ? data : data.withLabels(settings.from.labels());
  }

  /**
   * Goes on with a training that was interrupted, from its checkpoints alone: its settings are in them. The result has the same bytes as
   * without an interruption.
   *
   * @param checkpoints the folder given to {@link TrainingBuilder#checkpoints}, or one of the files in it
   * @param data the same data
   * @throws InvalidInputException if there is no checkpoint or no whole one, the data is other data, or the settings have an augmentation
   *     or an optimiser that only the program can make
   */
  public static TrainingResult resume(Path checkpoints, Dataset data) {
    return saved(checkpoints).fit(data);
  }

  /**
   * The training that has left these checkpoints. To train for more epochs: {@code Training.saved(dir).toBuilder().epochs(300)}.
   *
   * @throws InvalidInputException as {@link #resume}
   */
  public static Training saved(Path checkpoints) {
    Path folder = Files.isDirectory(checkpoints) ? checkpoints : checkpoints.toAbsolutePath().getParent();
    SavedTraining saved = SavedTraining.read(checkpoints);
    TrainingBuilder builder = saved.builder().checkpoints(folder);
    Model start = saved.start(folder);
    if (start != null) {
      Arithmetic arithmetic = builder.arithmetic; // may be another than that of the model
      builder.from(start).arithmetic(arithmetic);
    }
    return builder.build();
  }

  /**
   * Makes the network that {@link #fit(Dataset)} starts from: that of the model given to {@link TrainingBuilder#from}, or initial weights,
   * or the result of dense pretraining if there is pretraining.
   */
  public Pretrained pretrain(Dataset data) {
    data.requireTrainable();
    if (settings.from != null) {
      requireOfModel(ordered(data));
      keepStart();
      return new Pretrained(settings.from, List.of());
    }
    Network network = new Network(spec(data));
    network.setArithmetic(settings.arithmetic);
    Initialiser.initialise(network, RandomStreams.of(options.seed(), "weights"));
    Prepared on = prepared(data);
    List<EpochRecord> epochs = List.of();
    if (settings.pretrainEpochs > 0) {
      TrainingOptions dense = options.withEpochs(settings.pretrainEpochs).withLearningRate(pretrainLearningRate()).withDeltaPenalty(0);
      epochs = train(on, network, Mode.DENSE, dense, null, SavedTraining.PRETRAINING, pretrainingIdentity(), "pretraining").epochs();
    }
    return new Pretrained(model(on, network, Mode.DENSE), epochs);
  }

  /** Keeps the model to start from beside the checkpoints, which do not suffice before the first of them. */
  private void keepStart() {
    if (settings.checkpoints == null) {
      return;
    }
    Path file = settings.checkpoints.dir().resolve(Checkpoints.START);
    if (!Files.exists(file)) {
      try {
        Files.createDirectories(file.toAbsolutePath().getParent());
      } catch (IOException e) {
        throw new InvalidInputException("cannot write " + file + ": " + AtomicFile.reason(e), e);
      }
      settings.from.save(file);
    } else if (!Model.load(file).fingerprint().equals(settings.from.fingerprint())) {
      throw new InvalidInputException(settings.checkpoints.dir() + " has checkpoints of a training that started from another model ("
          + Checkpoints.START + "); give that model, or another folder");
    }
  }

  private void requireOfModel(Dataset data) {
    Model model = settings.from;
    loss(data); // refuses numbers for classes, and classes for numbers
    if (data.channels() != model.normalisation().channels()) {
      throw new InvalidInputException(data.name() + ": " + data.channels() + " channels, expected " + model.normalisation().channels()
          + ", which the model to start from takes");
    }
    if (data.isRegression() && data.targets() != model.spec().outputs()) {
      throw new InvalidInputException(data.name() + ": " + data.targets() + " targets, expected " + model.spec().outputs()
          + ", which the model to start from predicts");
    }
  }

  private double pretrainLearningRate() {
    return settings.pretrainLearningRate == null ? options.schedule().learningRate() : settings.pretrainLearningRate;
  }

  /**
   * Trains with the thresholds switched on, from the result of an earlier {@link #pretrain}. Several trainings may share it.
   *
   * @param given the data
   * @param start from a training with the same settings of pretraining; it is not changed
   * @throws InvalidInputException as {@link #fit(Dataset)}, and if the start has another architecture
   */
  public TrainingResult fit(Dataset given, Pretrained start) {
    given.requireTrainable();
    Dataset data = ordered(given);
    if (start.model().isRegression() != data.isRegression()) {
      throw new InvalidInputException("training starts from a network that predicts " + (data.isRegression() ? "classes, expected numbers"
          : "numbers, expected classes") + " as in " + data.name() + "; pretrain on the same data");
    }
    if (!start.model().spec().equals(spec(data))) {
      throw new InvalidInputException("training starts from a network of " + start.model().spec() + ", expected " + spec(data)
          + ", the architecture of this training; pretrain with the same settings");
    }
    Network network = start.model().network().copy();
    network.setArithmetic(settings.arithmetic);
    Prepared on = prepared(data);
    if (settings.mode == Mode.DELTA) {
      setThresholds(network, on);
    }
    SortedMap<String, String> identity = values();
    identity.put("start", parametersHash(start.model()));
    History fit = train(on, network, settings.mode, options, settings.budget, SavedTraining.fileName(settings.mode), identity, "training");
    Evaluation test = null;
    if (!data.test().isEmpty()) {
      try (Evaluator evaluator = new Evaluator(network, on.normalisation, settings.mode, options.threads(), on.loss);
          Progress.Task task = settings.progress.begin("testing", data.test().size())) {
        test = evaluator.evaluate(data.test(), task);
      }
    }
    return new TrainingResult(model(on, network, settings.mode), start.epochs(), fit, test);
  }

  /** The data, and what all phases of a training have from it. */
  private record Prepared(Dataset data, Normalisation normalisation, Loss loss) {}

  /** Checks all examples: after hours of training it would be too late. */
  private Prepared prepared(Dataset data) {
    Prepared on = new Prepared(data, normalisation(data), loss(data));
    Stream.of(data.train(), data.validation(), data.test()).flatMap(List::stream).forEach(example -> example.normalised(on.normalisation));
    return on;
  }

  /** Trains a network, which then has the weights of the best epoch. */
  private History train(Prepared on, Network network, Mode mode, TrainingOptions options, Budget budget, String checkpoint,
      SortedMap<String, String> identity, String task) {
    int firstEpoch = checkpoint.equals(SavedTraining.PRETRAINING) ? 1 : settings.pretrainEpochs + 1;
    try (Trainer trainer = new Trainer(network, on.normalisation, mode, options, budget, on.loss)) {
      trainer.cancelBy(settings.cancellation);
      if (settings.checkpoints != null) {
        keep(trainer, checkpoint, identity, on.data);
      }
      return trainer.fit(on.data.train(), on.data.validation(), firstEpoch, task, settings.progress, (record, best) -> {
        settings.listener.epoch(record, best);
        if (best && settings.bestModel != null) {
          settings.bestModel.accept(model(on, network, mode));
        }
      });
    }
  }

  private void keep(Trainer trainer, String checkpoint, SortedMap<String, String> identity, Dataset data) {
    identity.remove("epochs"); // may be raised
    identity.put("data", data.contentHash());
    identity.put("front-end", settings.frontEnd);
    Provenance provenance = provenance(data);
    identity.put("version", provenance.lull());
    identity.put("java", provenance.java());
    trainer.keep(settings.checkpoints, checkpoint, identity, Map.of("training", settings.saved(options, pretrainLearningRate()).json()));
  }

  /** The values that decide the bytes of pretraining. */
  private SortedMap<String, String> pretrainingIdentity() {
    SortedMap<String, String> identity = values();
    identity.keySet().removeAll(Set.of("mode", "threshold-x", "threshold-h", "delta-penalty", "target", "lr"));
    return identity;
  }

  private static String parametersHash(Model model) {
    float[] parameters = model.network().parameters();
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * parameters.length);
    bytes.asFloatBuffer().put(parameters);
    return Sha256.of(bytes);
  }

  private Model model(Prepared on, Network network, Mode mode) {
    DetectorSettings detector = on.data.isStream() ? DetectorSettings.running() : null;
    return new Model(network, mode, on.normalisation, on.data.labels(), on.loss.targets(), settings.frontEnd, provenance(on.data),
        detector);
  }

  /** The architecture of the network for this data. */
  public NetworkSpec spec(Dataset data) {
    int outputs = data.isRegression() ? data.targets() : settings.head.outputs(data.labels().size());
    return new NetworkSpec(settings.cell, data.channels(), settings.layers, settings.hidden, outputs, settings.head);
  }

  /** Statistics of the training examples, or those of the model to start from; the input is normalised by them. */
  public Normalisation normalisation(Dataset data) {
    if (settings.from != null) {
      return settings.from.normalisation();
    }
    Normalisation.Accumulator accumulator = new Normalisation.Accumulator(data.channels(), settings.channelStatistics);
    data.train().forEach(example -> example.addTo(accumulator));
    return accumulator.result();
  }

  /**
   * The loss that training on this data minimises: the cross-entropy, or in regression the mean squared error.
   *
   * @throws InvalidInputException if the data has classes and the training is of regression, or the other way round
   */
  public Loss loss(Dataset data) {
    if (data.isRegression() != settings.regression) {
      throw new InvalidInputException(data.name() + ": " + (data.isRegression() ? "has numbers to predict, which want .regression()"
          : "has classes, expected numbers to predict for .regression(); make it by Dataset.ofTargets"));
    }
    if (!settings.regression) {
      return settings.classWeights.loss(data.train(), data.labels().size());
    }
    if (settings.from != null) {
      return settings.from.loss();
    }
    Normalisation.Accumulator accumulator = new Normalisation.Accumulator(data.targets(), true);
    for (Example example : data.train()) {
      accumulator.add(example.target(), 1);
    }
    return Loss.meanSquaredError(accumulator.resultOfTargets());
  }

  private void setThresholds(Network network, Prepared on) {
    NetworkSpec spec = network.spec();
    DefaultThresholds defaults = settings.budget == null ? DefaultThresholds.of(on.data.train(), on.normalisation)
        : DefaultThresholds.uniform(spec.inputs()); // a budget moves them anyway
    boolean perEntry = settings.arithmetic == Arithmetic.FLOAT32;
    for (int layer = 0; layer < spec.layers(); layer++) {
      Thresholds usual = settings.from != null && settings.from.mode() == Mode.DELTA ? settings.from.network().thresholds(layer)
          : defaults.of(spec, layer, perEntry);
      float[] x = settings.thresholdX == null ? usual.x() : filled(usual.x(), at(settings.thresholdX, layer));
      float[] h = settings.thresholdH == null ? usual.h() : filled(usual.h(), at(settings.thresholdH, layer));
      network.setThresholds(layer, new Thresholds(x, h));
    }
  }

  private static float[] filled(float[] array, float value) {
    Arrays.fill(array, value);
    return array;
  }

  private static String text(float[] thresholds) {
    return thresholds == null ? "auto" : Arrays.toString(thresholds);
  }

  static float at(float[] values, int layer) {
    return values[values.length == 1 ? 0 : layer];
  }

  private Provenance provenance(Dataset data) {
    return new Provenance(Provenance.version(), Runtime.version().toString(), data.name(), data.hash(), values());
  }

  /** All settings that decide the bytes of the model, as text. Keys are the options of the command line where it has them. */
  private SortedMap<String, String> values() {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("cell", settings.cell.name());
    values.put("layers", Integer.toString(settings.layers));
    values.put("hidden", Integer.toString(settings.hidden));
    values.put("head", settings.head.label());
    values.put("mode", settings.mode.toString());
    values.put("numeric", settings.arithmetic.name());
    values.put("channel-statistics", Boolean.toString(settings.channelStatistics));
    if (settings.mode == Mode.DELTA) {
      values.put("threshold-x", text(settings.thresholdX));
      values.put("threshold-h", text(settings.thresholdH));
      values.put("delta-penalty", Double.toString(options.deltaPenalty()));
      if (settings.budget != null) {
        values.put("target", settings.budget.toString());
      }
    }
    values.put("pretrain-epochs", Integer.toString(settings.pretrainEpochs));
    if (settings.pretrainEpochs > 0) {
      values.put("pretrain-lr", Double.toString(pretrainLearningRate()));
    }
    values.putAll(options.values());
    if (settings.classWeights != ClassWeights.NONE) {
      values.put("class-weights", settings.classWeights.toString());
    }
    if (settings.from != null) {
      values.put("from", settings.from.fingerprint());
    }
    return values;
  }
}

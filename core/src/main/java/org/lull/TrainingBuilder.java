// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.lull.input.InvalidInputException;
import org.lull.network.Arithmetic;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.NetworkSpec;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;
import org.lull.train.AdamW;
import org.lull.train.Augmentation;
import org.lull.train.Budget;
import org.lull.train.Cancellation;
import org.lull.train.Checkpoints;
import org.lull.train.ClassWeights;
import org.lull.train.DefaultThresholds;
import org.lull.train.LearningRate;
import org.lull.train.Optimiser;
import org.lull.train.Progress;
import org.lull.train.Sgd;
import org.lull.train.SpeechAugmentation;
import org.lull.train.Trainer;
import org.lull.train.TrainingOptions;

/**
 * The settings of a {@link Training}, which begin with their defaults. The comment of each method ends with the default. A method throws
 * {@link InvalidInputException} where its value is out of range; {@link #build} throws it where two settings exclude each other.
 */
public final class TrainingBuilder {
  Cell cell = Cell.named("lstm");
  int layers = 2;
  int hidden = 64;
  Head head = Head.MEAN;
  Mode mode = Mode.DELTA;
  float[] thresholdX; // null for the default, which follows the data
  float[] thresholdH;
  Budget budget;
  Arithmetic arithmetic = Arithmetic.FLOAT32;
  boolean channelStatistics = true;
  boolean regression;
  ClassWeights classWeights = ClassWeights.NONE;
  String frontEnd = "";
  int pretrainEpochs;
  Double pretrainLearningRate;
  Trainer.EpochListener listener = (_, _) -> {};
  Consumer<Model> bestModel;
  Progress progress = Progress.SILENT;
  Cancellation cancellation = new Cancellation();
  Checkpoints checkpoints;
  Model from; // null for initial weights
  TrainingOptions.Builder options = TrainingOptions.builder();

  TrainingBuilder() {}

  TrainingBuilder(TrainingBuilder other) {
    cell = other.cell;
    layers = other.layers;
    hidden = other.hidden;
    head = other.head;
    mode = other.mode;
    thresholdX = other.thresholdX;
    thresholdH = other.thresholdH;
    budget = other.budget;
    arithmetic = other.arithmetic;
    channelStatistics = other.channelStatistics;
    regression = other.regression;
    classWeights = other.classWeights;
    frontEnd = other.frontEnd;
    pretrainEpochs = other.pretrainEpochs;
    pretrainLearningRate = other.pretrainLearningRate;
    listener = other.listener;
    bestModel = other.bestModel;
    progress = other.progress;
    cancellation = other.cancellation;
    checkpoints = other.checkpoints;
    from = other.from;
    options = other.options.copy();
  }

  /** The cell: "lstm", "gru", "rnn", or another name of docs/algorithm.md. Default: "lstm". */
  public TrainingBuilder cell(String name) {
    cell = Cell.named(name);
    return this;
  }

  /** Number of recurrent layers. Each layer reads the hidden states of the layer below. Default: 2. */
  public TrainingBuilder layers(int value) {
    NetworkSpec.checkLayers(value);
    layers = value;
    return this;
  }

  /** Hidden units of each layer. Default: 64. */
  public TrainingBuilder hidden(int value) {
    NetworkSpec.checkHidden(value);
    hidden = value;
    return this;
  }

  /** What the output layer reads of the top layer. Default: the mean over time. */
  public TrainingBuilder head(Head value) {
    head = Objects.requireNonNull(value, "head");
    return this;
  }

  /** Delta mode computes only with the entries that moved by their threshold; dense mode computes with all. Default: delta. */
  public TrainingBuilder mode(Mode value) {
    mode = Objects.requireNonNull(value, "mode");
    return this;
  }

  /**
   * How far an entry must move before it is transmitted, in all layers. For an input of the network the unit is the standard deviation of
   * its channel; a hidden state is compared as it is. Default: {@link DefaultThresholds}, which follow the data.
   */
  public TrainingBuilder threshold(float theta) {
    return thresholds(new float[] {theta}, new float[] {theta});
  }

  /**
   * Sets separate thresholds for the inputs of the layers and for their hidden states.
   *
   * @param x thresholds of the inputs: one for each layer, or one for all layers; null for the default
   * @param h thresholds of the hidden states: one for each layer, or one for all layers; null for the default
   */
  public TrainingBuilder thresholds(float[] x, float[] h) {
    checkThresholds("x", x);
    checkThresholds("h", h);
    thresholdX = x == null ? null : x.clone();
    thresholdH = h == null ? null : h.clone();
    return this;
  }

  /**
   * What the training of a delta network may cost. All thresholds are multiplied by one factor, which training moves until the cost is
   * met. Default: null, which leaves the thresholds as they are.
   */
  public TrainingBuilder budget(Budget value) {
    budget = value;
    return this;
  }

  /** The numbers that the recurrent layers compute in. Default: float32. */
  public TrainingBuilder arithmetic(Arithmetic value) {
    arithmetic = Objects.requireNonNull(value, "arithmetic");
    return this;
  }

  /** Whether each channel is normalised by its own statistics, or all channels by the same. Default: true, by its own. */
  public TrainingBuilder channelStatistics(boolean value) {
    channelStatistics = value;
    return this;
  }

  /**
   * Predicts numbers instead of classes. The data must come from {@link Dataset#ofTargets}; the loss is the mean squared error. Default:
   * classes.
   */
  public TrainingBuilder regression() {
    regression = true;
    return this;
  }

  /** How much the examples of each class count in the loss, and in what is reported of it. Default: all the same. */
  public TrainingBuilder classWeights(ClassWeights value) {
    classWeights = Objects.requireNonNull(value, "classWeights");
    return this;
  }

  /** JSON with the settings that the features were made with; it is stored in the model. Default: "", for data that is used as it is. */
  public TrainingBuilder frontEnd(String json) {
    frontEnd = ModelFile.frontEnd(json);
    return this;
  }

  /**
   * Trains a dense network first. Then the thresholds are switched on, and the learning rate's schedule starts again. Default: 0 epochs.
   *
   * @param epochs of dense training; 0 for none
   */
  public TrainingBuilder pretraining(int epochs) {
    if (epochs < 0 || epochs > 1_000_000) {
      throw new InvalidInputException("pretraining epochs: " + epochs + ", expected 0 to 1000000");
    }
    pretrainEpochs = epochs;
    return this;
  }

  /** The same with a learning rate of its own. Without epochs it has no meaning. Default: that of the training. */
  public TrainingBuilder pretraining(int epochs, double learningRate) {
    pretraining(epochs);
    if (epochs > 0) {
      try {
        TrainingOptions.builder().learningRate(learningRate); // refuses an invalid rate
      } catch (InvalidInputException e) {
        throw new InvalidInputException("pretraining " + e.getMessage(), e);
      }
    }
    pretrainLearningRate = learningRate;
    return this;
  }

  /**
   * Starts from a trained model instead of initial weights, for example to go on with the weights of a dense model as a delta network.
   * Cell, layers, units, head, arithmetic and front end become those of the model. So do the normalisation and the order of the labels. The
   * thresholds are those of this training; where it sets none, a delta model begins with its own. There is no pretraining. Default: null.
   *
   * <p>The data must have the model's channels and labels, in any order.
   */
  public TrainingBuilder from(Model model) {
    from = Objects.requireNonNull(model, "model");
    NetworkSpec spec = model.spec();
    cell = spec.cell();
    layers = spec.layers();
    hidden = spec.hidden();
    head = spec.head();
    arithmetic = model.arithmetic();
    frontEnd = model.frontEnd();
    regression = model.isRegression();
    return this;
  }

  /** See {@link TrainingOptions.Builder#epochs}. */
  public TrainingBuilder epochs(int value) {
    options.epochs(value);
    return this;
  }

  /** See {@link TrainingOptions.Builder#batch}. */
  public TrainingBuilder batch(int value) {
    options.batch(value);
    return this;
  }

  /** See {@link TrainingOptions.Builder#learningRate}. */
  public TrainingBuilder learningRate(double value) {
    options.learningRate(value);
    return this;
  }

  /** See {@link TrainingOptions.Builder#schedule}. */
  public TrainingBuilder schedule(LearningRate.Shape value) {
    options.schedule(value);
    return this;
  }

  /** See {@link TrainingOptions.Builder#optimiser}. */
  public TrainingBuilder optimiser(Optimiser value) {
    options.optimiser(value);
    return this;
  }

  /** See {@link TrainingOptions.Builder#augmentation}. */
  public TrainingBuilder augmentation(Augmentation value) {
    options.augmentation(value);
    return this;
  }

  /** See {@link TrainingOptions.Builder#seed}. */
  public TrainingBuilder seed(long value) {
    options.seed(value);
    return this;
  }

  /** See {@link TrainingOptions.Builder#threads}. */
  public TrainingBuilder threads(int value) {
    options.threads(value);
    return this;
  }

  /** Sets all options of the training loop at once. */
  public TrainingBuilder options(TrainingOptions value) {
    options.options(value);
    return this;
  }

  /** A listener that is called after each epoch, including those of pretraining. */
  public TrainingBuilder listener(Trainer.EpochListener value) {
    listener = Objects.requireNonNull(value, "listener");
    return this;
  }

  /**
   * Receives the model after each epoch that is the best so far, after the {@link #listener}. Epochs of pretraining count too. A program
   * that saves the model there loses no more than an epoch if it is stopped.
   */
  public TrainingBuilder bestModel(Consumer<Model> value) {
    bestModel = Objects.requireNonNull(value, "bestModel");
    return this;
  }

  /** Receives the progress of training, counted in examples. */
  public TrainingBuilder progress(Progress value) {
    progress = Objects.requireNonNull(value, "progress");
    return this;
  }

  /**
   * Training stops before its next step if this token is requested, and throws {@link java.util.concurrent.CancellationException}.
   */
  public TrainingBuilder cancellation(Cancellation value) {
    cancellation = Objects.requireNonNull(value, "cancellation");
    return this;
  }

  /**
   * Keeps checkpoints in this folder: after each epoch, and when training is cancelled. {@link Training#fit} goes on from those that are
   * there. Default: no checkpoints.
   */
  public TrainingBuilder checkpoints(Path dir) {
    return checkpoints(Checkpoints.in(dir));
  }

  /** The same with settings of the checkpoints. */
  public TrainingBuilder checkpoints(Checkpoints value) {
    checkpoints = Objects.requireNonNull(value, "checkpoints");
    return this;
  }

  SavedTraining saved(TrainingOptions options, double pretrainRate) {
    Optimiser optimiser = options.optimiser();
    Augmentation augmentation = options.augmentation();
    return new SavedTraining(cell.name(), layers, hidden, head.label(), mode, thresholdX, thresholdH, budget, arithmetic.name(),
        channelStatistics, regression, frontEnd, pretrainEpochs, pretrainRate, options.epochs(), options.batch(), optimiser.toString(),
        optimiser instanceof AdamW adamW ? adamW : null, optimiser instanceof Sgd sgd ? sgd : null, options.schedule(), options.clip(),
        options.patience(), options.deltaPenalty(), options.values().get("augmentation"),
        augmentation instanceof SpeechAugmentation speech ? speech : null, classWeights, options.seed(),
        from == null ? null : from.fingerprint());
  }

  /** @throws InvalidInputException if two settings exclude each other, or the network is too large */
  public Training build() {
    TrainingOptions built = options.build();
    NetworkSpec spec = new NetworkSpec(cell, 1, layers, hidden, head.outputs(1), head);
    arithmetic.check(spec);
    if (arithmetic != Arithmetic.FLOAT32 && built.deltaPenalty() > 0) {
      throw new InvalidInputException("a penalty on deltas of " + built.deltaPenalty() + " with the numbers of " + arithmetic.name()
          + ", which train without one; leave either out");
    }
    if (regression && head == Head.FRAMES) {
      throw new InvalidInputException("the head frames tells classes apart; regression needs mean or last");
    }
    if (regression && classWeights != ClassWeights.NONE) {
      throw new InvalidInputException("class weights " + classWeights + " for regression, which has no classes; leave them out");
    }
    checkStart();
    checkCount("x", thresholdX);
    checkCount("h", thresholdH);
    if (budget != null && mode == Mode.DENSE) {
      throw new InvalidInputException("a budget in dense mode, which has no thresholds to meet it; leave either out");
    }
    if (budget != null && thresholdX != null && thresholdH != null
        && IntStream.range(0, layers).allMatch(layer -> Training.at(thresholdX, layer) == 0 && Training.at(thresholdH, layer) == 0)) {
      throw new InvalidInputException("a target with thresholds of 0, which stay 0 and meet none; leave the thresholds out");
    }
    return new Training(new TrainingBuilder(this), built);
  }

  /** Refuses settings that the model to start from contradicts. */
  private void checkStart() {
    if (from == null) {
      return;
    }
    NetworkSpec spec = from.spec();
    requireOfModel("the cell", cell.name(), spec.cell().name());
    requireOfModel("layers:", layers, spec.layers());
    requireOfModel("hidden units:", hidden, spec.hidden());
    requireOfModel("the head", head.label(), spec.head().label());
    requireOfModel("the front end", frontEnd, from.frontEnd());
    requireOfModel("regression:", regression, from.isRegression());
    if (pretrainEpochs > 0) {
      throw new InvalidInputException("pretraining of " + pretrainEpochs + " epochs for a training that starts from a model, which is"
          + " trained already; leave it out");
    }
  }

  private static void requireOfModel(String what, Object value, Object ofModel) {
    if (!value.equals(ofModel)) {
      throw new InvalidInputException(what + " " + value + ", expected " + ofModel + ", as the model to start from has; leave it out");
    }
  }

  /** Refuses thresholds that no layer can have. How many are needed is known once all is set. */
  private static void checkThresholds(String part, float[] thresholds) {
    for (float theta : thresholds == null ? new float[0] : thresholds) {
      Thresholds.uniform(1, 1, part.equals("x") ? theta : 0, part.equals("h") ? theta : 0);
    }
  }

  private void checkCount(String part, float[] thresholds) {
    if (thresholds != null && thresholds.length != 1 && thresholds.length != layers) {
      throw new InvalidInputException(
          thresholds.length + " thresholds on " + part + " for " + layers + " layers; give one for all, or one for each layer");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.lull.cost.MemoryUse;
import org.lull.cost.OperationCounts;
import org.lull.cost.TapeSize;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Normalisation;
import org.lull.network.Sequence;

/**
 * The training loop: trains a network on examples, on several threads. The bytes are the same at any number of threads (see
 * {@link BatchGradient}).
 */
public final class Trainer implements AutoCloseable {
  private final Network network;
  private final Normalisation normalisation;
  private final Mode mode;
  private final TrainingOptions options;
  private final Budget budget;
  private final Loss loss;
  private final boolean classes;
  private final BatchGradient batchGradient;
  private final Divergence divergence;
  private final Evaluator evaluator;
  private final Optimiser.State optimiser;
  private final int[] wholeArena = {0};
  private final float[] squaredNorm = new float[1];
  private final Slices.SliceTask update;
  private Cancellation cancellation = new Cancellation();
  private Checkpoint checkpoint;
  private TapeSize tapeBefore = TapeSize.ZERO;

  public Trainer(Network network, Normalisation normalisation, Mode mode, TrainingOptions options) {
    this(network, normalisation, mode, options, null);
  }

  /**
   * @param budget what {@link #fit} may cost; the thresholds of the network are moved to meet it. Null leaves the thresholds as they are.
   *     Without meaning in dense mode
   */
  public Trainer(Network network, Normalisation normalisation, Mode mode, TrainingOptions options, Budget budget) {
    this(network, normalisation, mode, options, budget, Loss.CROSS_ENTROPY);
  }

  /** @param loss the loss to minimise */
  public Trainer(Network network, Normalisation normalisation, Mode mode, TrainingOptions options, Budget budget, Loss loss) {
    this.budget = mode == Mode.DENSE ? null : budget;
    this.network = network;
    this.normalisation = normalisation;
    this.mode = mode;
    this.options = options;
    this.loss = loss;
    this.classes = loss.targets() == null;
    batchGradient = new BatchGradient(network, mode, loss, options.batch(), options.threads());
    batchGradient.penaliseDeltas((float) options.deltaPenalty());
    divergence = new Divergence(network, mode, batchGradient);
    evaluator = new Evaluator(network, normalisation, loss, batchGradient);
    optimiser = options.optimiser().state(network.parameters().length);
    update = (from, to) -> optimiser.update(network.kernels(), network.parameters(), batchGradient.gradient(), from, to);
  }

  /**
   * Checks this token at the beginning of every step. If cancellation was requested, the step throws
   * {@link java.util.concurrent.CancellationException}.
   */
  public void cancelBy(Cancellation token) {
    cancellation = token;
  }

  /**
   * Makes {@link #fit} keep checkpoints, and go on from the one that is there. The network then ends with the same bytes as without an
   * interruption. The thresholds of the network must be those that the training began with. If the checkpoint is of a finished training,
   * fit trains no further; with a larger number of epochs it does.
   *
   * @param name name of the file, without a suffix
   * @param identity names and values of all that decides the result beside the number of epochs, including the data. A checkpoint with
   *     other values is refused
   * @param notes additional metadata of the checkpoint, which {@link Checkpoints#note} reads
   */
  public void keep(Checkpoints checkpoints, String name, Map<String, String> identity, Map<String, String> notes) {
    checkpoint = checkpoints.of(name, identity, notes);
  }

  /**
   * The checkpoint of a training that takes its steps by {@link #step}. It is not written by the trainer: see {@link StepCheckpoint}.
   *
   * @param name name of the file, without a suffix
   * @param identity names and values of all that decides the result. A checkpoint with other values is refused
   */
  public StepCheckpoint ofSteps(Checkpoints checkpoints, String name, Map<String, String> identity) {
    return new StepCheckpoint(network, batchGradient, optimiser, checkpoints.of(name, identity, Map.of()));
  }

  /**
   * The result of one step.
   *
   * @param loss mean over the batch, weighted if the loss has weights, times the number of examples
   * @param correct number of correct predictions
   * @param gradientNorm norm of the mean gradient before clipping
   */
  public record Step(double loss, int correct, double gradientNorm) {}

  /** Is called at the end of each epoch. */
  @FunctionalInterface
  public interface EpochListener {
    /**
     * @param best whether the epoch is the best so far; the network has its weights at this moment
     */
    void epoch(EpochRecord record, boolean best);
  }

  /** As {@link #fit(List, List, int, String, Progress, EpochListener)}, from epoch 1. */
  public History fit(List<Example> train, List<Example> validation, String name, Progress progress, EpochListener listener) {
    return fit(train, validation, 1, name, progress, listener);
  }

  /**
   * Trains for the number of epochs of the options, keeps the best weights, and calls the listener at the end of each epoch.
   *
   * @param train training examples, at least one, in any order: each epoch shuffles them by the seed
   * @param validation examples that the best weights are chosen by; if there are none, the training accuracy decides
   * @param firstEpoch number of the first epoch. Use a number above 1 if the network was trained before, so that order and augmentation do
   *     not repeat. The schedule of the learning rate always starts again
   * @param name name of the task for {@code progress}, which counts examples
   * @throws Diverged if the loss, a gradient or a weight is not finite, in training or on the validation examples
   * @throws java.util.concurrent.CancellationException if cancellation was requested; a checkpoint is then kept, if they are
   * @throws InvalidInputException if an example does not fit the network: it has another number of channels, or a label or target without
   *     an output
   * @throws IllegalArgumentException if there are no training examples
   */
  public History fit(List<Example> train, List<Example> validation, int firstEpoch, String name, Progress progress,
      EpochListener listener) {
    if (train.isEmpty()) {
      throw new IllegalArgumentException("no training examples, expected at least one");
    }
    evaluator.check(train);
    evaluator.check(validation);
    long steps = (train.size() + options.batch() - 1L) / options.batch();
    LearningRate rate = new LearningRate(options.schedule(), steps, options.epochs() * steps);
    ThresholdControl control = budget == null ? null : new ThresholdControl(network, budget, options.epochs() * steps);
    FitState state = new FitState(network, batchGradient, optimiser, rate, control, train.size(), firstEpoch, options.epochs());
    long perEpoch = (long) train.size() + validation.size();
    resume(state, listener);
    long done = state.records.size() * perEpoch + state.position;
    try (Progress.Task task = progress.begin(name, options.epochs() * perEpoch)) {
      if (done > 0) {
        task.skip(done);
      }
      while (!state.finished()) {
        EpochRecord record = epoch(state, (state.epoch - firstEpoch) * steps, train, validation, task);
        state.records.add(record);
        rate.endOfEpoch(record.decidingLoss());
        boolean isBest = state.bestRecord == null || record.isBetterThan(state.bestRecord);
        listener.epoch(record, isBest);
        if (isBest) {
          state.bestRecord = record;
          state.best.set(network);
        }
        state.stoppedEarly = state.epoch - state.bestRecord.epoch() >= options.patience();
        state.nextEpoch();
        if (checkpoint != null && (state.finished() || checkpoint.dueAfterEpoch())) {
          state.save(checkpoint);
        }
      }
    }
    network.set(state.best);
    tapeBefore = state.tape;
    return new History(state.records, state.bestRecord, state.operations, memory());
  }

  /**
   * Goes on from the checkpoint if there is one. The listener is called for the epochs before; only the best of them counts as the best,
   * because the network can have the weights of no other.
   */
  private void resume(FitState state, EpochListener listener) {
    Checkpoint.Saved saved = checkpoint == null ? null : checkpoint.read();
    if (saved == null) {
      return;
    }
    state.restore(saved, checkpoint);
    if (!state.records.isEmpty()) {
      Network current = network.copy();
      network.set(state.best);
      state.records.forEach(record -> listener.epoch(record, record == state.bestRecord));
      network.set(current);
    }
  }

  private EpochRecord epoch(FitState state, long stepsBefore, List<Example> train, List<Example> validation, Progress.Task task) {
    int epoch = state.epoch;
    List<Example> order = shuffled(train, epoch);
    double spent = budget == null ? 0 : budget.spent(batchGradient.operations());
    double ofDense = budget == null ? 0 : budget.ofDense(batchGradient.operations());
    while (state.position < order.size()) {
      List<Example> batch = order.subList(state.position, Math.min(order.size(), state.position + options.batch()));
      checkCancelled(state);
      state.learningRate = state.rate.at(stepsBefore + state.steps);
      Step step = run(augmented(batch, epoch, state.position), epoch, state.position, state.learningRate);
      state.loss += step.loss();
      state.correct += step.correct();
      state.norm += step.gradientNorm();
      state.steps++;
      state.position += batch.size();
      if (state.control != null) {
        OperationCounts soFar = batchGradient.operations();
        state.control.step(budget.spent(soFar) - spent, budget.ofDense(soFar) - ofDense);
        spent = budget.spent(soFar);
        ofDense = budget.ofDense(soFar);
      }
      task.advance(batch.size());
      if (checkpoint != null && checkpoint.dueAfterStep()) {
        state.save(checkpoint);
      }
    }
    checkCancelled(state);
    OperationCounts operations = takeOperations();
    state.operations.add(operations);
    divergence.checkParameters(epoch);
    Evaluation evaluation = validation.isEmpty() ? null : evaluator.evaluate(validation, task);
    if (evaluation != null && !Double.isFinite(evaluation.loss())) {
      throw new Diverged(
          "epoch " + epoch + ", validation: " + divergence.worstExample(new Batch(validation, i -> normalised(validation.get(i)))));
    }
    return new EpochRecord(epoch, state.learningRate, state.loss / train.size(),
        accuracy(classes ? state.correct / (double) train.size() : Double.NaN),
        evaluation == null ? null : (Double) evaluation.loss(), evaluation == null ? null : accuracy(evaluation.accuracy()),
        state.norm / state.steps, operations.sparsityX(), operations.sparsityH(), operations.total(), operations.denseTotal(),
        EpochRecord.Layer.of(network, mode, operations));
  }

  /** If cancellation was requested, keeps where the training stands, and ends it. */
  private void checkCancelled(FitState state) {
    if (cancellation.isRequested()) {
      if (checkpoint != null) {
        state.save(checkpoint);
      }
      cancellation.check();
    }
  }

  /** Null in regression. */
  private static Double accuracy(double share) {
    return Double.isNaN(share) ? null : (Double) share;
  }

  /** The examples in the order of an epoch, by the seed. */
  List<Example> shuffled(List<Example> examples, int epoch) {
    return RandomStreams.shuffled(examples, RandomStreams.of(options.seed(), "shuffle", epoch));
  }

  /**
   * One training step: forward, backward, and the update of the weights.
   *
   * @param examples examples of the batch, at least one
   * @param epoch number of the epoch, for the random streams of augmentation
   * @param position index of the batch in the epoch, for the same random streams
   * @param learningRate 0 or more
   * @throws Diverged if the loss or a gradient is not finite; the weights are then unchanged
   * @throws InvalidInputException if the learning rate is no such number, or an example does not fit the network: it has another number of
   *     channels, or a label or target without an output
   * @throws IllegalArgumentException if there are no examples
   */
  public Step step(List<Example> examples, int epoch, int position, double learningRate) {
    if (!(learningRate >= 0 && learningRate <= Double.MAX_VALUE)) {
      throw new InvalidInputException("learning rate: " + learningRate + ", expected a finite number, 0 or more");
    }
    evaluator.check(examples);
    return step(augmented(examples, epoch, position), epoch, position, learningRate);
  }

  /** The batch that a step at that place makes from the examples. */
  Batch augmented(List<Example> examples, int epoch, int position) {
    return new Batch(examples, i -> {
      SplittableRandom random = RandomStreams.of(options.seed(), "augment", epoch, position + i);
      Example example = examples.get(i);
      return normalised(requireAugmented(example, options.augmentation().apply(example, normalisation, random)));
    });
  }

  /** An augmentation comes from users. What it makes must fit the network, and its target would not be read. */
  private Example requireAugmented(Example from, Example made) {
    if (made != from && (made == null || made.channels() != from.channels() || !made.hasTargetOf(from))) {
      throw new InvalidInputException("the augmentation " + options.augmentation().getClass().getName() + " makes of " + from + ": " + made
          + ", expected an example with the same channels and the same target; make it by Example.withFrames");
    }
    return made;
  }

  /** A step on a batch, whose inputs exist already or are made during the step. Epoch and position are for messages. */
  Step step(Batch batch, int epoch, int position, double learningRate) {
    cancellation.check();
    return run(batch, epoch, position, learningRate);
  }

  private Step run(Batch batch, int epoch, int position, double learningRate) {
    batchGradient.forwardAndBackward(batch);
    float[] gradient = batchGradient.gradient();
    double loss = 0;
    double weights = 0;
    int correct = 0;
    for (int i = 0; i < batch.size(); i++) {
      double weight = this.loss.weight(batch.examples().get(i));
      loss += weight * batchGradient.loss(i);
      weights += weight;
      correct += classes && batchGradient.decision(i) == batch.label(i) ? 1 : 0;
    }
    double norm = norm(gradient) / weights;
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      String where = "epoch " + epoch + ", step " + (position / options.batch() + 1) + ": ";
      throw new Diverged(where + (Double.isFinite(loss) ? divergence.worstGradient(norm) : divergence.worstExample(batch)));
    }
    double scale = Math.min(1, options.clip() / norm) / weights;
    optimiser.begin((float) scale, learningRate);
    batchGradient.slices().run(update);
    return new Step(loss * (batch.size() / weights), correct, norm);
  }

  private Sequence normalised(Example example) {
    return example.normalised(normalisation);
  }

  /** Euclidean norm, in a fixed order of summation. */
  private double norm(float[] gradient) {
    int from = network.first();
    network.kernels().gatherDot(gradient, from, 0, wholeArena, 0, 1, gradient, from, gradient.length - from, squaredNorm, 0, false);
    return Math.sqrt(squaredNorm[0]);
  }

  /** Peak memory of the arrays of this trainer. */
  public MemoryUse memory() {
    return new MemoryUse(Float.BYTES * (long) network.parameters().length, optimiser.bytes(), batchGradient.gradientBytes(),
        batchGradient.tapeSize().max(tapeBefore));
  }

  /**
   * Measures the network on examples, without training. Drops the counts of training steps that were not taken by {@link #takeOperations}.
   */
  public Evaluation evaluate(List<Example> examples) {
    return evaluator.evaluate(examples, _ -> {});
  }

  /** Multiply-adds of all passes since the last call; resets the count. */
  public OperationCounts takeOperations() {
    return batchGradient.takeOperations();
  }

  @Override
  public void close() {
    batchGradient.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.lull.cost.MemoryUse;
import org.lull.cost.OperationCounts;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.Normalisation;
import org.lull.network.Sequence;

/**
 * The training loop: trains a network on examples, on several threads. The bytes are the same at any number of threads (see
 * {@link BatchGradient}).
 */
public final class Trainer implements AutoCloseable {
  private static final String ADVICE = "; lower the learning rate or the clipping norm";

  private final Network network;
  private final Normalisation normalisation;
  private final Mode mode;
  private final TrainingOptions options;
  private final Budget budget;
  private final boolean classes;
  private final BatchGradient batchGradient;
  private final Evaluator evaluator;
  private final Optimiser.State optimiser;
  private final int[] wholeArena = {0};
  private final float[] squaredNorm = new float[1];
  private final Slices.SliceTask update;
  private Cancellation cancellation = new Cancellation();

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
    this.classes = loss.targets() == null;
    batchGradient = new BatchGradient(network, mode, loss, options.batch(), options.threads());
    batchGradient.penaliseDeltas((float) options.deltaPenalty());
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

  /** The result of one step: loss and correct predictions as sums over the examples, and the norm of the mean gradient before clipping. */
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
  public Fit fit(List<Example> train, List<Example> validation, String name, Progress progress, EpochListener listener) {
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
   * @throws InvalidInputException if an example does not fit the network: it has another number of channels, or a label or target without
   *     an output
   * @throws IllegalArgumentException if there are no training examples
   */
  public Fit fit(List<Example> train, List<Example> validation, int firstEpoch, String name, Progress progress, EpochListener listener) {
    if (train.isEmpty()) {
      throw new IllegalArgumentException("no training examples, expected at least one");
    }
    evaluator.check(train);
    evaluator.check(validation);
    long steps = (train.size() + options.batch() - 1L) / options.batch();
    LearningRate rate = new LearningRate(options.schedule(), steps, options.epochs() * steps);
    OperationCounts all = network.operationCounts();
    ThresholdControl control = budget == null ? null : new ThresholdControl(network, budget, options.epochs() * steps);
    List<EpochRecord> records = new ArrayList<>();
    Network best = network.copy();
    EpochRecord bestRecord = null;
    try (Progress.Task task = progress.begin(name, options.epochs() * ((long) train.size() + validation.size()))) {
      for (int epoch = firstEpoch; epoch < firstEpoch + options.epochs(); epoch++) {
        EpochRecord record = epoch(epoch, (epoch - firstEpoch) * steps, train, validation, rate, control, all, task);
        records.add(record);
        rate.endOfEpoch(record.decidingLoss());
        boolean isBest = bestRecord == null || record.isBetterThan(bestRecord);
        listener.epoch(record, isBest);
        if (isBest) {
          bestRecord = record;
          best.set(network);
        } else if (epoch - bestRecord.epoch() >= options.patience()) {
          break;
        }
      }
    }
    network.set(best);
    return new Fit(records, bestRecord, all, memory());
  }

  private EpochRecord epoch(int epoch, long stepsBefore, List<Example> train, List<Example> validation, LearningRate rate,
      ThresholdControl control, OperationCounts all, Progress.Task task) {
    List<Example> order = shuffled(train, epoch);
    double loss = 0;
    double norm = 0;
    int correct = 0;
    int steps = 0;
    double learningRate = 0;
    double spent = 0;
    double ofDense = 0;
    for (int from = 0; from < order.size(); from += options.batch()) {
      List<Example> batch = order.subList(from, Math.min(order.size(), from + options.batch()));
      learningRate = rate.at(stepsBefore + steps);
      Step step = step(batch, epoch, from, learningRate);
      loss += step.loss();
      correct += step.correct();
      norm += step.gradientNorm();
      steps++;
      if (control != null) {
        OperationCounts soFar = batchGradient.operations();
        control.step(budget.spent(soFar) - spent, budget.ofDense(soFar) - ofDense);
        spent = budget.spent(soFar);
        ofDense = budget.ofDense(soFar);
      }
      task.advance(batch.size());
    }
    OperationCounts operations = takeOperations();
    all.add(operations);
    checkParameters(epoch);
    Evaluation evaluation = validation.isEmpty() ? null : evaluator.evaluate(validation, task);
    if (evaluation != null && !Double.isFinite(evaluation.loss())) {
      throw new Diverged("epoch " + epoch + ", validation: " + worstExample(new Batch(validation, i -> normalised(validation.get(i)))));
    }
    return new EpochRecord(epoch, learningRate, loss / train.size(), accuracy(classes ? correct / (double) train.size() : Double.NaN),
        evaluation == null ? null : (Double) evaluation.loss(), evaluation == null ? null : accuracy(evaluation.accuracy()), norm / steps,
        operations.sparsityX(), operations.sparsityH(),
        operations.total(), operations.denseTotal(), EpochRecord.Layer.of(network, mode, operations));
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
   * @throws Diverged if the loss or a gradient is not finite; the weights are then unchanged
   * @throws InvalidInputException if an example does not fit the network: it has another number of channels, or a label or target without
   *     an output
   * @throws IllegalArgumentException if there are no examples
   */
  public Step step(List<Example> examples, int epoch, int position, double learningRate) {
    evaluator.check(examples);
    return step(augmented(examples, epoch, position), epoch, position, learningRate);
  }

  /** The batch that a step at that place makes from the examples. */
  Batch augmented(List<Example> examples, int epoch, int position) {
    return new Batch(examples, i -> {
      SplittableRandom random = RandomStreams.of(options.seed(), "augment", epoch, position + i);
      return normalised(options.augmentation().apply(examples.get(i), normalisation, random));
    });
  }

  /** A step on a batch, whose inputs exist already or are made during the step. Epoch and position are for messages. */
  Step step(Batch batch, int epoch, int position, double learningRate) {
    cancellation.check();
    batchGradient.forwardAndBackward(batch);
    float[] gradient = batchGradient.gradient();
    double loss = 0;
    int correct = 0;
    for (int i = 0; i < batch.size(); i++) {
      loss += batchGradient.loss(i);
      correct += classes && batchGradient.decision(i) == batch.label(i) ? 1 : 0;
    }
    double norm = norm(gradient) / batch.size();
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      String where = "epoch " + epoch + ", step " + (position / options.batch() + 1) + ": ";
      throw new Diverged(where + (Double.isFinite(loss) ? worstGradient(norm) : worstExample(batch)));
    }
    double scale = Math.min(1, options.clip() / norm) / batch.size();
    optimiser.begin((float) scale, learningRate);
    batchGradient.slices().run(update);
    return new Step(loss, correct, norm);
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

  /** The first example of the last batch whose loss is not finite, and the lowest part of the network that is not finite for it. */
  private String worstExample(Batch batch) {
    int i = 0;
    while (Double.isFinite(batchGradient.loss(i))) {
      i++;
    }
    NetworkPass pass = new NetworkPass(network, mode);
    pass.forward(List.of(batch.sequence(i)));
    return "the loss of " + batch.examples().get(i).id() + " is " + batchGradient.loss(i)
        + pass.firstNotFinite().map(part -> ", from " + part + " on").orElse("") + ADVICE + ", or look at that example";
  }

  /**
   * The part of the network where a gradient that is not finite comes from. Such gradients spread downwards, so it is the highest part that
   * has one.
   */
  private String worstGradient(double norm) {
    float[] gradient = batchGradient.gradient();
    for (int i = gradient.length - 1; i >= network.first(); i--) {
      if (!Float.isFinite(gradient[i])) {
        return "a gradient in " + network.partAt(i) + " is " + gradient[i] + ADVICE;
      }
    }
    return "the norm of the gradient is " + norm + ADVICE;
  }

  /** Checks the weights at the end of an epoch, because there may be no further step that would notice. */
  private void checkParameters(int epoch) {
    float[] parameters = network.parameters();
    for (int i = network.first(); i < parameters.length; i++) {
      if (!Float.isFinite(parameters[i])) {
        throw new Diverged("epoch " + epoch + ": a weight in " + network.partAt(i) + " is " + parameters[i] + ADVICE);
      }
    }
  }

  /** Peak memory of the arrays of this trainer. */
  public MemoryUse memory() {
    return new MemoryUse(Float.BYTES * (long) network.parameters().length, optimiser.bytes(), batchGradient.gradientBytes(),
        batchGradient.tapeSize());
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

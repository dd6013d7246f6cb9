package org.lull.train;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.lull.model.Mode;
import org.lull.model.Network;
import org.lull.model.Normalisation;
import org.lull.model.Sequence;
import org.lull.rnn.OperationCount;

/**
 * Trains a network on labelled examples, several threads at a time; the same bytes at any number of threads (see {@link BatchGradient}).
 */
public final class Trainer implements AutoCloseable {
  private final Network network;
  private final Normalisation normalisation;
  private final TrainingOptions options;
  private final BatchGradient batchGradient;
  private final Optimizer optimizer;
  private final int[] wholeArena = {0};
  private final float[] squaredNorm = new float[1];

  public Trainer(Network network, Normalisation normalisation, Mode mode, TrainingOptions options) {
    this.network = network;
    this.normalisation = normalisation;
    this.options = options;
    batchGradient = new BatchGradient(network, mode, options.batch(), options.threads());
    optimizer = Optimizer.named(options.optimizer(), network.parameters().length, options.weightDecay());
  }

  /** What one step gave: sums over its examples, and the norm of the mean gradient before clipping. */
  public record Step(double loss, int correct, double gradientNorm) {}

  /** Told of each epoch as it ends. */
  @FunctionalInterface
  public interface EpochListener {
    /**
     * @param best whether it is the best so far; the network then holds its weights
     */
    void epoch(EpochRecord record, boolean best);
  }

  /**
   * Trains for the epochs of the options, keeps the best weights, and tells each epoch as it ends.
   *
   * @param train in any order: each epoch shuffles them, from the seed
   * @param validation what the best weights are chosen by; if empty, the training examples
   * @param name of the task, for {@code progress}, which counts examples
   * @throws Diverged if the loss or a gradient is not finite, in training or on the validation examples
   */
  public Fit fit(List<Example> train, List<Example> validation, String name, Progress progress, EpochListener listener) {
    long steps = (train.size() + options.batch() - 1L) / options.batch();
    LearningRate rate = new LearningRate(options.schedule(), options.learningRate(), Math.round(options.warmup() * steps),
        options.epochs() * steps);
    List<OperationCount> all = network.operationCounts();
    List<EpochRecord> records = new ArrayList<>();
    float[] best = network.parameters().clone();
    EpochRecord bestRecord = null;
    try (Progress.Task task = progress.begin(name, options.epochs() * ((long) train.size() + validation.size()))) {
      for (int epoch = 1; epoch <= options.epochs(); epoch++) {
        EpochRecord record = epoch(epoch, train, validation, rate, all, task);
        records.add(record);
        rate.endOfEpoch(record.validationLoss());
        boolean isBest = bestRecord == null || better(record, bestRecord);
        listener.epoch(record, isBest);
        if (isBest) {
          bestRecord = record;
          best = network.parameters().clone();
        } else if (epoch - bestRecord.epoch() >= options.patience()) {
          break;
        }
      }
    }
    System.arraycopy(best, 0, network.parameters(), 0, best.length);
    return new Fit(records, bestRecord == null ? 0 : bestRecord.epoch(), all);
  }

  private static boolean better(EpochRecord a, EpochRecord b) {
    int byAccuracy = Double.compare(a.validationAccuracy(), b.validationAccuracy());
    return byAccuracy > 0 || byAccuracy == 0 && a.validationLoss() < b.validationLoss();
  }

  private EpochRecord epoch(int epoch, List<Example> train, List<Example> validation, LearningRate rate, List<OperationCount> all,
      Progress.Task task) {
    List<Example> order = shuffled(train, epoch);
    long stepsBefore = (epoch - 1L) * ((train.size() + options.batch() - 1) / options.batch());
    double loss = 0;
    double norm = 0;
    int correct = 0;
    int steps = 0;
    double learningRate = 0;
    for (int from = 0; from < order.size(); from += options.batch()) {
      List<Example> batch = order.subList(from, Math.min(order.size(), from + options.batch()));
      learningRate = rate.at(stepsBefore + steps);
      Step step = step(batch, epoch, from, learningRate);
      loss += step.loss();
      correct += step.correct();
      norm += step.gradientNorm();
      steps++;
      task.advance(batch.size());
    }
    List<OperationCount> operations = takeOperations();
    for (int layer = 0; layer < all.size(); layer++) {
      all.get(layer).add(operations.get(layer));
    }
    List<Example> measured = validation.isEmpty() ? train : validation;
    Evaluation evaluation = validation.isEmpty() ? evaluate(train) : evaluate(validation, task);
    if (!Double.isFinite(evaluation.loss())) { // no later step may follow to notice
      throw new Diverged("epoch " + epoch + ": the loss of the validation examples is " + evaluation.loss() + advice(measured));
    }
    return new EpochRecord(epoch, learningRate, loss / train.size(), correct / (double) train.size(), evaluation.loss(),
        evaluation.accuracy(), norm / steps, OperationCount.sparsityX(operations), OperationCount.sparsityH(operations),
        OperationCount.sum(operations, OperationCount::total), OperationCount.sum(operations, OperationCount::denseTotal));
  }

  private List<Example> shuffled(List<Example> examples, int epoch) {
    List<Example> order = new ArrayList<>(examples);
    SplittableRandom random = RandomStreams.of(options.seed(), "shuffle", epoch);
    for (int i = order.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      order.set(i, order.set(j, order.get(i)));
    }
    return order;
  }

  /**
   * One training step: forward, backward, and the update of the weights.
   *
   * @param epoch for the random streams of augmentation
   * @param position of the batch in the epoch, likewise
   * @throws Diverged if the loss or a gradient is not finite; the weights are then unchanged
   */
  public Step step(List<Example> batch, int epoch, int position, double learningRate) {
    batchGradient.forwardAndBackward(batch.size(), new BatchGradient.Source() {
      @Override
      public Sequence sequence(int i) {
        SplittableRandom random = RandomStreams.of(options.seed(), "augment", epoch, position + i);
        return normalised(options.augmentation().apply(batch.get(i), normalisation, random));
      }

      @Override
      public int label(int i) {
        return batch.get(i).label();
      }
    });
    float[] gradient = batchGradient.gradient();
    double loss = 0;
    int correct = 0;
    for (int i = 0; i < batch.size(); i++) {
      loss += batchGradient.loss(i);
      correct += batchGradient.decision(i) == batch.get(i).label() ? 1 : 0;
    }
    double norm = norm(gradient) / batch.size();
    check(loss, norm, epoch, position, batch);
    double scale = Math.min(1, options.clip() / norm) / batch.size();
    optimizer.step(network.kernels(), network.parameters(), gradient, network.first(), (float) scale, learningRate);
    return new Step(loss, correct, norm);
  }

  private Sequence normalised(Example example) {
    return normalisation.sequence(example.frames(), example.steps());
  }

  /** Euclidean norm, in a fixed order of summation. */
  private double norm(float[] gradient) {
    int from = network.first();
    network.kernels().dots(gradient, from, 0, wholeArena, 0, 1, gradient, from, gradient.length - from, squaredNorm, 0, false);
    return Math.sqrt(squaredNorm[0]);
  }

  private void check(double loss, double norm, int epoch, int position, List<Example> batch) {
    if (Double.isFinite(loss) && Double.isFinite(norm)) {
      return;
    }
    String step = "epoch " + epoch + ", step " + (position / options.batch() + 1);
    float[] gradient = batchGradient.gradient();
    for (int i = network.first(); i < gradient.length; i++) {
      if (!Float.isFinite(gradient[i])) {
        throw new Diverged(step + ": a gradient in " + network.partAt(i) + " is " + gradient[i] + advice(batch));
      }
    }
    throw new Diverged(step + ": the loss is " + loss + ", the norm of the gradient " + norm + advice(batch));
  }

  private static String advice(List<Example> examples) {
    return "; lower the learning rate or the clipping norm, or look at the examples from " + examples.getFirst().id() + " on";
  }

  /** Measures the network on examples, without training. Operations of training steps not taken before are dropped. */
  public Evaluation evaluate(List<Example> examples) {
    return evaluate(examples, done -> {});
  }

  /** The same, telling how far it is, in examples. */
  public Evaluation evaluate(List<Example> examples, Progress.Task task) {
    takeOperations();
    batchGradient.forward(examples.size(), new BatchGradient.Source() {
      @Override
      public Sequence sequence(int i) {
        task.advance(1);
        return normalised(examples.get(i));
      }

      @Override
      public int label(int i) {
        return examples.get(i).label();
      }
    });
    int classes = network.spec().head().classes(network.spec().outputs());
    int[][] confusion = new int[classes][classes];
    double loss = 0;
    for (int i = 0; i < examples.size(); i++) {
      confusion[examples.get(i).label()][batchGradient.decision(i)]++;
      loss += batchGradient.loss(i);
    }
    return new Evaluation(confusion, loss / Math.max(1, examples.size()), takeOperations());
  }

  /** Multiply-adds of all passes since they were last taken. */
  public List<OperationCount> takeOperations() {
    return batchGradient.takeOperations();
  }

  @Override
  public void close() {
    batchGradient.close();
  }
}

package org.lull.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.lull.model.Mode;
import org.lull.model.Network;
import org.lull.model.NetworkSpec;
import org.lull.model.Normalisation;
import org.lull.model.Pass;
import org.lull.model.Sequence;
import org.lull.rnn.OperationCount;

/**
 * Trains a network on labelled examples, several threads at a time.
 *
 * <p>A batch is cut into groups, by position and not by thread. Each group sums its gradients in an arena of its own, in order, and the
 * arenas are added in order: the same bytes at any number of threads.
 */
public final class Trainer implements AutoCloseable {
  /** Sequences a dense pass runs together, and the smallest group. */
  private static final int TOGETHER = 8;
  /** At most so many arenas of gradients. */
  private static final int GROUPS = 8;

  private final Network network;
  private final Normalisation normalisation;
  private final Mode mode;
  private final TrainingOptions options;
  private final Workers workers;
  private final List<Pass> passes = new ArrayList<>();
  private final Optimizer optimizer;
  private final float[][] gradients;
  private final int[] wholeArena = {0};
  private final float[] squaredNorm = new float[1];

  public Trainer(Network network, Normalisation normalisation, Mode mode, TrainingOptions options) {
    this.network = network;
    this.normalisation = normalisation;
    this.mode = mode;
    this.options = options;
    workers = new Workers(options.threads());
    for (int w = 0; w < options.threads(); w++) {
      passes.add(new Pass(network, mode));
    }
    int size = network.parameters().length;
    optimizer = Optimizer.named(options.optimizer(), size, options.weightDecay());
    gradients = new float[Math.min(GROUPS, (options.batch() + TOGETHER - 1) / TOGETHER)][size];
  }

  /** What one group of examples, or all of them, summed up to. */
  private record Sums(double loss, int correct) {
    Sums plus(Sums other) {
      return new Sums(loss + other.loss, correct + other.correct);
    }

    static Sums of(Sums[] parts) {
      return Arrays.stream(parts).reduce(new Sums(0, 0), Sums::plus);
    }
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
    int group = Math.max(TOGETHER, (batch.size() + gradients.length - 1) / gradients.length);
    int groups = (batch.size() + group - 1) / group;
    Sums[] sums = new Sums[groups];
    workers.run(groups, (worker, g) -> {
      Arrays.fill(gradients[g], 0f);
      int from = g * group;
      List<Example> examples = batch.subList(from, Math.min(batch.size(), from + group));
      sums[g] = train(passes.get(worker), examples, gradients[g], epoch, position + from);
    });
    Sums sum = Sums.of(sums);
    for (int g = 1; g < groups; g++) {
      for (int i = network.first(); i < gradients[0].length; i++) {
        gradients[0][i] += gradients[g][i];
      }
    }
    double norm = norm(gradients[0]) / batch.size();
    check(sum.loss, norm, epoch, position, batch);
    double scale = Math.min(1, options.clip() / norm) / batch.size();
    optimizer.step(network.kernels(), network.parameters(), gradients[0], network.first(), (float) scale, learningRate);
    return new Step(sum.loss, sum.correct, norm);
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
    for (int i = network.first(); i < gradients[0].length; i++) {
      if (!Float.isFinite(gradients[0][i])) {
        throw new Diverged(step + ": a gradient in " + network.partAt(i) + " is " + gradients[0][i] + advice(batch));
      }
    }
    throw new Diverged(step + ": the loss is " + loss + ", the norm of the gradient " + norm + advice(batch));
  }

  private static String advice(List<Example> examples) {
    return "; lower the learning rate or the clipping norm, or look at the examples from " + examples.getFirst().id() + " on";
  }

  /** Runs a group of examples forward and backward, with augmentation, and adds to the gradients. */
  private Sums train(Pass pass, List<Example> examples, float[] gradients, int epoch, int position) {
    List<Input> inputs = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      SplittableRandom random = RandomStreams.of(options.seed(), "augment", epoch, position + i);
      Example changed = options.augmentation().apply(examples.get(i), normalisation, random);
      inputs.add(new Input(normalisation.sequence(changed.frames(), changed.steps()), changed.label(), i));
    }
    return run(pass, inputs, new int[inputs.size()], gradients);
  }

  /**
   * An example as the network sees it.
   *
   * @param place of its decision
   */
  private record Input(Sequence sequence, int label, int place) {}

  /**
   * Runs inputs, as many together as the mode allows.
   *
   * @param decisions what each is taken for, by its place
   * @param gradients to add to, or null for a forward pass alone
   */
  private Sums run(Pass pass, List<Input> inputs, int[] decisions, float[] gradients) {
    NetworkSpec spec = network.spec();
    int together = mode == Mode.DENSE ? TOGETHER : 1;
    double loss = 0;
    int correct = 0;
    for (int from = 0; from < inputs.size(); from += together) {
      List<Input> some = new ArrayList<>(inputs.subList(from, Math.min(inputs.size(), from + together)));
      some.sort(Comparator.comparingInt((Input input) -> input.sequence.steps()).reversed()); // stable
      pass.forward(some.stream().map(Input::sequence).toList());
      for (int s = 0; s < some.size(); s++) {
        Input input = some.get(s);
        int decision = Targets.decide(pass, spec.head(), s, spec.outputs());
        decisions[input.place] = decision;
        correct += decision == input.label ? 1 : 0;
        loss += Targets.replaceByGradient(pass, spec.head(), s, input.label, spec.outputs(), 1);
      }
      if (gradients != null) {
        pass.backward(gradients);
      }
    }
    return new Sums(loss, correct);
  }

  /** Measures the network on examples, without training. Operations of training steps not taken before are dropped. */
  public Evaluation evaluate(List<Example> examples) {
    return evaluate(examples, done -> {});
  }

  /** The same, telling how far it is, in examples. */
  public Evaluation evaluate(List<Example> examples, Progress.Task task) {
    takeOperations();
    int[] decisions = new int[examples.size()];
    int groups = (examples.size() + TOGETHER - 1) / TOGETHER;
    Sums[] sums = new Sums[groups];
    workers.run(groups, (worker, g) -> {
      List<Input> inputs = new ArrayList<>();
      for (int i = g * TOGETHER; i < Math.min(examples.size(), (g + 1) * TOGETHER); i++) {
        Example example = examples.get(i);
        inputs.add(new Input(normalisation.sequence(example.frames(), example.steps()), example.label(), i));
      }
      sums[g] = run(passes.get(worker), inputs, decisions, null);
      task.advance(inputs.size());
    });
    int classes = network.spec().head().classes(network.spec().outputs());
    int[][] confusion = new int[classes][classes];
    for (int i = 0; i < decisions.length; i++) {
      confusion[examples.get(i).label()][decisions[i]]++;
    }
    return new Evaluation(confusion, Sums.of(sums).loss / Math.max(1, examples.size()), takeOperations());
  }

  /** Multiply-adds of all passes since they were last taken. */
  public List<OperationCount> takeOperations() {
    List<OperationCount> sum = network.operationCounts();
    for (Pass pass : passes) {
      for (int layer = 0; layer < sum.size(); layer++) {
        sum.get(layer).add(pass.operations().get(layer));
        pass.operations().get(layer).reset();
      }
    }
    return sum;
  }

  @Override
  public void close() {
    workers.close();
  }
}

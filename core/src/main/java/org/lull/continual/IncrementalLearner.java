// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.lull.cost.OperationCounts;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.train.Cancellation;
import org.lull.train.Checkpoints;
import org.lull.train.Example;
import org.lull.train.LearningRate;
import org.lull.train.Progress;
import org.lull.train.RandomStreams;
import org.lull.train.StepCheckpoint.Place;
import org.lull.train.StepCheckpoint;
import org.lull.train.Trainer;
import org.lull.train.TrainingOptions;

/**
 * Teaches a trained network more classes, one task after another, from clips of the new classes and a memory of exemplars of the old
 * classes.
 *
 * <pre>
 *   remember(clips of the classes the network knows)        chooses their exemplars
 *   learn(clips of new classes, how many)                   grows the head, trains, chooses exemplars of the new classes
 *   classifier()                                            the network that decides
 * </pre>
 *
 * There are no validation examples, because a device has none: the last weights are kept. The same seed gives the same bytes.
 */
public final class IncrementalLearner {
  private static final Place BEGIN = new Place(0, 0, new long[0][]);

  private final Mode mode;
  private final Normalisation normalisation;
  private final ExemplarMemory memory;
  private final Method method;
  private final TrainingOptions options;
  private final OperationCounts training;
  private final OperationCounts inference;
  private Network network;
  private Cancellation cancellation = new Cancellation();
  private Checkpoints checkpoints; // null for none
  private int epochs;
  private long steps;

  /**
   * @param network trained network of the old classes; it is not changed
   * @param memory exemplars; filled by {@link #remember} or read from a file
   * @param options options of one task: epochs, batch, learning rate, augmentation
   * @throws InvalidInputException if the network decides frame by frame, because then a sequence has no single feature vector;
   *     or if the normalisation has other channels
   */
  public IncrementalLearner(Network network, Mode mode, Normalisation normalisation, ExemplarMemory memory, Method method,
      TrainingOptions options) {
    if (network.spec().head() == Head.FRAMES) {
      throw new InvalidInputException("a network with the head frames cannot learn more classes; train one with --head mean or last");
    }
    if (normalisation.channels() != network.spec().inputs()) {
      throw new InvalidInputException("a normalisation of " + normalisation.channels() + " channels for a network of "
          + network.spec().inputs() + " inputs");
    }
    this.network = network.copy();
    this.mode = mode;
    this.normalisation = normalisation;
    this.memory = memory;
    this.method = method;
    this.options = options;
    training = network.operationCounts();
    inference = network.operationCounts();
  }

  /** A copy of the network with more classes. The new outputs have random weights; all other weights and the thresholds stay the same. */
  public static Network grown(Network network, int count, long seed) {
    int known = network.spec().outputs();
    Network grown = network.withOutputs(IntStream.range(0, known + count).map(k -> k < known ? k : -1).toArray());
    Initialiser.outputs(grown, known, RandomStreams.of(seed, "outputs", known));
    return grown;
  }

  /** See {@link Trainer#cancelBy}. */
  public void cancelBy(Cancellation token) {
    cancellation = token;
  }

  /**
   * Makes {@link #learn} keep checkpoints, one for each task, and go on from those that are there. So the same calls, in a process that
   * starts again after an interruption, end with the same bytes as without the interruption.
   */
  public void keep(Checkpoints value) {
    checkpoints = value;
  }

  /** Number of classes known so far. */
  public int classes() {
    return network.spec().outputs();
  }

  /** The network that is trained. For predictions use {@link #classifier}. */
  public Network network() {
    return network;
  }

  public ExemplarMemory memory() {
    return memory;
  }

  /**
   * Chooses exemplars for the classes of these clips by herding, and replaces the exemplars that these classes have.
   *
   * @throws InvalidInputException if a clip is of no known class, or does not have the channels of the network
   */
  public void remember(List<Example> clips) {
    require(clips, 0, classes());
    Inference run = new Inference(network, mode, normalisation);
    for (int label = 0; label < classes(); label++) {
      List<Example> ofClass = of(label, clips);
      if (!ofClass.isEmpty()) {
        memory.replace(label, Herding.order(run.features(ofClass)).stream().map(ofClass::get).toList());
      }
    }
    inference.add(run.operations());
  }

  /** Clips of other classes would be left out without a word, and other channels misread. */
  private void require(List<Example> clips, int from, int to) {
    for (Example clip : clips) {
      if (clip.label() < from || clip.label() >= to || clip.channels() != normalisation.channels()) {
        throw new InvalidInputException(clip + ", expected a class of " + from + " to " + (to - 1) + " and " + normalisation.channels()
            + " channels");
      }
    }
  }

  private static List<Example> of(int label, List<Example> examples) {
    return examples.stream().filter(example -> example.label() == label).toList();
  }

  private static List<List<Example>> byClass(int classes, List<Example> examples) {
    return IntStream.range(0, classes).mapToObj(label -> of(label, examples)).toList();
  }

  /**
   * Learns new classes.
   *
   * @param clips clips of the new classes; their labels follow those of the known classes
   * @param count number of new classes
   * @param task receives the progress, in examples
   * @throws InvalidInputException if a clip is of no new class or does not have the channels of the network, or a new class has no clip;
   *     the learner is then unchanged
   * @throws org.lull.train.Diverged if a number in training is not finite; the learner is then unchanged
   * @throws InvalidInputException if there is a checkpoint of another task, or none that is whole
   * @throws java.util.concurrent.CancellationException if cancellation was requested; a checkpoint is then kept, if they are
   */
  public void learn(List<Example> clips, int count, Progress.Task task) {
    if (count < 1 || count > NetworkSpec.LARGEST - classes()) {
      throw new InvalidInputException(count + " new classes, expected 1 or more");
    }
    require(clips, classes(), classes() + count);
    for (int label = classes(); label < classes() + count; label++) {
      if (of(label, clips).isEmpty()) {
        throw new InvalidInputException("class " + label + " has no clips, expected at least one for each of " + count + " new classes, "
            + classes() + " to " + (classes() + count - 1));
      }
    }
    List<Example> exemplars = method.replays() ? memory.examples() : List.of();
    List<Example> pool = new ArrayList<>(exemplars);
    pool.addAll(clips);
    List<List<Example>> classes = byClass(classes() + count, pool);
    Network grown = grown(network, count, options.seed());
    if (method.trains()) {
      train(grown, classes, exemplars.size(), task);
    }
    network = grown;
    remember(clips);
  }

  /** Trains the grown network, which starts from the previous network. */
  private void train(Network grown, List<List<Example>> classes, int exemplars, Progress.Task progress) {
    LearningTask task = new LearningTask(network, mode, normalisation, classes, counts(classes), exemplars, options);
    Inference run = new Inference(grown, mode, normalisation);
    method.initialise(task, grown, run);
    inference.add(run.operations());
    train(grown, task, progress);
    inference.add(task.distillationOperations());
  }

  /** The number of examples that {@link #learn} will train on, over all epochs. */
  public long size(List<Example> clips, int count) {
    if (!method.trains()) {
      return 0;
    }
    List<Example> pool = new ArrayList<>(method.replays() ? memory.examples() : List.of());
    pool.addAll(clips);
    return (long) options.epochs() * IntStream.of(counts(byClass(classes() + count, pool))).sum();
  }

  /** Number of clips that an epoch takes from each class. */
  private int[] counts(List<List<Example>> classes) {
    return IntStream.range(0, classes.size()).map(label -> {
      int there = classes.get(label).size();
      return label < classes() ? method.clipsOfOldClass(there) : there;
    }).toArray();
  }

  private void train(Network student, LearningTask task, Progress.Task progress) {
    int[] counts = task.clipsPerEpoch();
    int batch = options.batch();
    long perEpoch = (IntStream.of(counts).sum() + batch - 1) / batch;
    LearningRate rates = new LearningRate(options.schedule(), perEpoch,
        options.epochs() * perEpoch);
    try (Trainer trainer = new Trainer(student, normalisation, mode, options, null, method.loss(task))) {
      trainer.cancelBy(cancellation);
      StepCheckpoint kept = checkpoints == null ? null
          : trainer.ofSteps(checkpoints, "classes-" + student.spec().outputs(), task.identity(method, memory.budget()));
      Place begin = kept == null ? BEGIN : restored(kept, task, progress);
      int epochsBefore = epochs; // of all tasks: neither order nor augmentation comes again
      int from = begin.position();
      for (int epoch = begin.epochs(); epoch < options.epochs(); epoch++) {
        epochs = epochsBefore + epoch + 1;
        List<Example> order = epoch(task.examples(), counts);
        while (from < order.size()) {
          if (kept != null && cancellation.isRequested()) {
            save(kept, epoch, from, task);
          }
          List<Example> examples = order.subList(from, Math.min(order.size(), from + batch));
          double rate = rates.at(epoch * perEpoch + from / batch);
          trainer.step(examples, epochs, from, rate);
          method.afterStep(task, student, examples.size(), rate);
          progress.advance(examples.size());
          from += examples.size();
          if (kept != null && kept.dueAfterStep()) {
            save(kept, epoch, from, task);
          }
        }
        from = 0;
        if (kept != null && (epoch + 1 == options.epochs() || kept.dueAfterEpoch())) {
          save(kept, epoch + 1, from, task);
        }
      }
      epochs = epochsBefore + options.epochs();
      steps += options.epochs() * perEpoch;
      training.add(trainer.takeOperations());
    }
  }

  /** Goes on from the checkpoint of a task, if there is one. */
  private Place restored(StepCheckpoint kept, LearningTask task, Progress.Task progress) {
    int perEpoch = IntStream.of(task.clipsPerEpoch()).sum();
    Place place = kept.restore(options.epochs(), perEpoch);
    if (place == null) {
      return BEGIN;
    }
    task.restoreDistillation(place.otherOperations());
    progress.skip((long) place.epochs() * perEpoch + place.position());
    return place;
  }

  private static void save(StepCheckpoint kept, int epochs, int position, LearningTask task) {
    kept.save(new Place(epochs, position, task.distillationOperations().state()));
  }

  /**
   * The clips of an epoch in random order: the given number from each class. The clips of a class are drawn as evenly as this number
   * allows.
   */
  private List<Example> epoch(List<List<Example>> classes, int[] counts) {
    List<Example> chosen = new ArrayList<>();
    for (int label = 0; label < counts.length; label++) {
      List<Example> order = RandomStreams.shuffled(classes.get(label), RandomStreams.of(options.seed(), "choice", epochs, label));
      for (int i = 0; i < counts[label]; i++) {
        chosen.add(order.get(i % order.size()));
      }
    }
    return RandomStreams.shuffled(chosen, RandomStreams.of(options.seed(), "shuffle", epochs));
  }

  /** The network to use for predictions: with the trained head, or with a head computed from the exemplars. */
  public Network classifier() {
    Inference run = new Inference(network, mode, normalisation);
    List<List<Example>> exemplars = byClass(classes(), memory.examples());
    Network classifier = method.classifier(network, exemplars, run);
    inference.add(run.operations());
    return classifier;
  }

  /** Multiply-adds of all training steps so far, one count per layer. */
  public OperationCounts trainingOperations() {
    return training;
  }

  /** Multiply-adds of forward passes outside training steps: to choose exemplars, for distillation, and for the class means. */
  public OperationCounts inferenceOperations() {
    return inference;
  }

  /** Number of training steps so far. */
  public long steps() {
    return steps;
  }
}

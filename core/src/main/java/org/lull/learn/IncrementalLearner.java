package org.lull.learn;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.lull.InvalidInputException;
import org.lull.model.Head;
import org.lull.model.Initialiser;
import org.lull.model.Mode;
import org.lull.model.Network;
import org.lull.model.Normalisation;
import org.lull.rnn.OperationCount;
import org.lull.train.Example;
import org.lull.train.LearningRate;
import org.lull.train.Loss;
import org.lull.train.Progress;
import org.lull.train.RandomStreams;
import org.lull.train.Trainer;
import org.lull.train.TrainingOptions;

/**
 * A trained network that learns more classes, one task after another, from the clips of the new ones and a memory of exemplars of the old.
 *
 * <pre>
 *   remember(clips of the classes the network knows)        chooses their exemplars
 *   learn(clips of new classes, how many)                   grows the head, trains, chooses exemplars of the new classes
 *   classifier()                                            the network that decides
 * </pre>
 *
 * No validation examples are used: what would choose the best weights is not there on a device. The same seed gives the same bytes.
 */
public final class IncrementalLearner {
  private final Mode mode;
  private final Normalisation normalisation;
  private final ExemplarMemory memory;
  private final Recipe recipe;
  private final TrainingOptions options;
  private final List<OperationCount> training;
  private final List<OperationCount> inference;
  private Network network;
  private int epochs;
  private long steps;

  /**
   * @param network that knows its classes already; it stays as it is
   * @param memory filled by {@link #remember} or read from where it was kept
   * @param options of a task: its epochs, batch, learning rate, augmentation
   * @throws InvalidInputException if the network decides frame by frame, for which there is no feature vector of a sequence
   */
  public IncrementalLearner(Network network, Mode mode, Normalisation normalisation, ExemplarMemory memory, Recipe recipe,
      TrainingOptions options) {
    if (network.spec().head() == Head.FRAMES) {
      throw new InvalidInputException("a network with the head frames cannot learn more classes; train one with --head mean or last");
    }
    this.network = network.copy();
    this.mode = mode;
    this.normalisation = normalisation;
    this.memory = memory;
    this.recipe = recipe;
    this.options = options;
    training = network.operationCounts();
    inference = network.operationCounts();
  }

  /** Classes it knows. */
  public int classes() {
    return network.spec().outputs();
  }

  /** The network that is trained; see {@link #classifier} for the one that decides. */
  public Network network() {
    return network;
  }

  public ExemplarMemory memory() {
    return memory;
  }

  /** Chooses exemplars of the classes of these clips by herding, in the place of those there are. */
  public void remember(List<Example> clips) {
    Inference run = new Inference(network, mode, normalisation);
    for (int label = 0; label < classes(); label++) {
      List<Example> its = of(label, clips);
      if (!its.isEmpty()) {
        memory.replace(label, Herding.order(run.features(its)).stream().map(its::get).toList());
      }
    }
    add(inference, run.operations());
  }

  private static List<Example> of(int label, List<Example> examples) {
    return examples.stream().filter(example -> example.label() == label).toList();
  }

  /**
   * Learns new classes.
   *
   * @param clips of the new classes, whose labels follow those known
   * @param count how many new classes
   * @param task told how far it is, in examples
   * @throws org.lull.train.Diverged if training does not go well; the learner is then as it was
   */
  public void learn(List<Example> clips, int count, Progress.Task task) {
    List<Example> pool = new ArrayList<>(recipe.replay() ? memory.examples() : List.of());
    pool.addAll(clips);
    Loss loss = loss(pool);
    Network grown = grown(network, count, options.seed());
    if (Boolean.getBoolean("imprint")) {
      discriminant(grown, pool).imprint(grown, classes());
    }
    train(grown, pool, recipe.perClass(), loss, options, task);
    network = grown;
    remember(clips);
    if (recipe.balancedEpochs() > 0) {
      Network tuned = network.copy();
      train(tuned, memory.examples(), 0, loss(memory.examples()), options.withEpochs(recipe.balancedEpochs()), task);
      network = tuned;
    }
  }

  /** A network of more classes: weights and thresholds are those of the old one, the new outputs' weights are random. */
  public static Network grown(Network network, int count, long seed) {
    int known = network.spec().outputs();
    Network grown = network.withOutputs(IntStream.range(0, known + count).map(k -> k < known ? k : -1).toArray());
    Initialiser.outputs(grown, known, RandomStreams.of(seed, "outputs", known));
    return grown;
  }

  /** Cross-entropy, with the scores of the network as it is now distilled where the recipe says so. */
  private Loss loss(List<Example> pool) {
    if (recipe.distillation() == Distillation.Kind.NONE) {
      return Loss.CROSS_ENTROPY;
    }
    Inference run = new Inference(network, mode, normalisation);
    Map<Example, float[]> before = new IdentityHashMap<>();
    pool.forEach(example -> {
      if (Boolean.getBoolean("kdold") && example.label() >= classes()) {
        return;
      }
      before.put(example, run.scores(example));
    });
    add(inference, run.operations());
    return new Distillation(recipe.distillation(), recipe.strength(), recipe.temperature(), before);
  }

  private void train(Network student, List<Example> pool, int perClass, Loss loss, TrainingOptions schedule, Progress.Task task) {
    try (Trainer trainer = new Trainer(student, normalisation, mode, schedule, null, loss)) {
      int size = epoch(pool, perClass, 0, student.spec().outputs()).size();
      int batch = schedule.batch();
      long perEpoch = (size + batch - 1) / batch;
      LearningRate rate = new LearningRate(schedule.schedule(), schedule.learningRate(), Math.round(schedule.warmup() * perEpoch),
          schedule.epochs() * perEpoch);
      for (int epoch = 0; epoch < schedule.epochs(); epoch++) {
        epochs++;
        List<Example> order = epoch(pool, perClass, epochs, student.spec().outputs());
        for (int from = 0; from < order.size(); from += batch) {
          List<Example> examples = order.subList(from, Math.min(order.size(), from + batch));
          trainer.step(examples, epochs, from, rate.at(epoch * perEpoch + from / batch));
          task.advance(examples.size());
          steps++;
        }
      }
      add(training, trainer.takeOperations());
    }
  }

  /** The examples of an epoch in random order. */
  private List<Example> epoch(List<Example> pool, int perClass, int epoch, int outputs) {
    List<Example> chosen = new ArrayList<>();
    for (int label = 0; label < outputs && perClass > 0; label++) {
      List<Example> its = RandomStreams.shuffled(of(label, pool), RandomStreams.of(options.seed(), "choice", epoch, label));
      for (int i = 0; i < perClass && !its.isEmpty(); i++) {
        chosen.add(its.get(i % its.size()));
      }
    }
    return RandomStreams.shuffled(perClass > 0 ? chosen : pool, RandomStreams.of(options.seed(), "shuffle", epoch));
  }

  /** The network that decides: with the trained head, or with the means of the exemplars. */
  public Network classifier() {
    if (Boolean.getBoolean("lda")) {
      return discriminant(network, memory.examples()).classifier(network);
    }
    if (!recipe.nearestMean()) {
      return network.copy();
    }
    Inference run = new Inference(network, mode, normalisation);
    List<Example> all = memory.examples();
    Network classifier = NearestMean.classifier(network,
        IntStream.range(0, classes()).mapToObj(label -> run.features(of(label, all))).toList());
    add(inference, run.operations());
    return classifier;
  }

  private Discriminant discriminant(Network of, List<Example> examples) {
    Inference run = new Inference(of, mode, normalisation);
    Discriminant discriminant = Discriminant.of(IntStream.range(0, of.spec().outputs())
        .mapToObj(label -> of(label, examples).stream().map(run::read).toList()).toList());
    add(inference, run.operations());
    return discriminant;
  }

  /** Forgets a class and its exemplars; those after it move up by one. */
  public void forget(int label) {
    network = network.withOutputs(IntStream.range(0, classes()).filter(k -> k != label).toArray());
    memory.forget(label);
  }

  /** Multiply-adds of all training steps so far, one count a layer. */
  public List<OperationCount> trainingOperations() {
    return List.copyOf(training);
  }

  /** Multiply-adds of what was run forward alone: to choose exemplars, to distil, and for the means. */
  public List<OperationCount> inferenceOperations() {
    return List.copyOf(inference);
  }

  /** Training steps so far. */
  public long steps() {
    return steps;
  }

  static void add(List<OperationCount> sum, List<OperationCount> more) {
    for (int layer = 0; layer < sum.size(); layer++) {
      sum.get(layer).add(more.get(layer));
    }
  }
}

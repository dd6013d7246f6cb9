// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.cost.MemoryAccess;
import org.lull.cost.OperationCounts;
import org.lull.input.InvalidInputException;
import org.lull.io.CheckpointFaults;
import org.lull.io.CheckpointFile;
import org.lull.io.Safetensors;
import org.lull.io.Safetensors.Contents;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Sequence;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;
import org.lull.train.Augmentation;
import org.lull.train.Cancellation;
import org.lull.train.Checkpoints;
import org.lull.train.Evaluator;
import org.lull.train.Example;
import org.lull.train.Loss;
import org.lull.train.Progress;
import org.lull.train.Trainer;
import org.lull.train.TrainingOptions;

class LearnTest {
  private static final int CHANNELS = 6;
  private static final int CLASSES = 6;
  private static final int START = 4;
  private static final int HIDDEN = 16;
  private static final Normalisation AS_IT_IS = new Normalisation(new float[CHANNELS], new float[] {1, 1, 1, 1, 1, 1});

  /** Shared by tests that do not change it. */
  private static final Network START_NETWORK = trained(Mode.DELTA);

  /** Sequences in which the channel of the class is louder than noise. */
  private static List<Example> examples(int perClass, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < perClass * CLASSES; e++) {
      int steps = random.nextInt(8, 14);
      float[] frames = new float[steps * CHANNELS];
      for (int i = 0; i < frames.length; i++) {
        frames[i] = (float) (0.3 * random.nextGaussian() + (i % CHANNELS == e % CLASSES ? 1 : 0));
      }
      examples.add(new Example("example " + e, frames, steps, CHANNELS, e % CLASSES));
    }
    return examples;
  }

  private static List<Example> of(List<Example> examples, int from, int to) {
    return examples.stream().filter(example -> example.label() >= from && example.label() < to).toList();
  }

  private static TrainingOptions options(int batch, int threads) {
    return TrainingOptions.builder().epochs(6).batch(batch).learningRate(batch == 1 ? 0.005 : 0.02).threads(threads).build();
  }

  /** A network that knows the first classes. */
  private static Network trained(Mode mode) {
    Network network = new Network(new NetworkSpec(Cell.named("lstm"), CHANNELS, 1, HIDDEN, START, Head.MEAN));
    Initialiser.initialise(network, new SplittableRandom(1));
    network.setThresholds(0, Thresholds.uniform(CHANNELS, HIDDEN, 0.2f, 0.02f));
    List<Example> known = of(examples(20, 1), 0, START);
    try (Trainer trainer = new Trainer(network, AS_IT_IS, mode, options(8, 1))) {
      trainer.fit(known, List.of(), "start", Progress.SILENT, (_, _) -> {});
    }
    return network;
  }

  private static IncrementalLearner learned(String method, Mode mode, int batch, int threads, double share) {
    List<Example> all = examples(20, 1);
    IncrementalLearner learner = new IncrementalLearner(trained(mode), mode, AS_IT_IS,
        new ExemplarMemory(AS_IT_IS, ExemplarMemory.share(share, all)), Methods.named(method), options(batch, threads));
    learner.remember(of(all, 0, START));
    learner.learn(of(all, START, CLASSES), CLASSES - START, _ -> {});
    return learner;
  }

  private static double accuracy(Network network, Mode mode, List<Example> examples) {
    try (Evaluator evaluator = new Evaluator(network, AS_IT_IS, mode, 1)) {
      return evaluator.evaluate(examples, _ -> {}).accuracy();
    }
  }

  // ------------------------------------------------------------------------------------------------ it learns

  @ParameterizedTest
  @CsvSource({"icarl, DENSE, 8", "icarl, DELTA, 8", "balanced, DENSE, 8", "balanced, DELTA, 8", "balanced, DELTA, 1", "replay, DELTA, 8"})
  void newClassesAreLearntAndOldOnesKept(String method, Mode mode, int batch) {
    Network network = learned(method, mode, batch, 1, 0.2).classifier();
    List<Example> test = examples(15, 2);
    assertThat(accuracy(network, mode, of(test, START, CLASSES))).as("new classes").isGreaterThan(0.8);
    assertThat(accuracy(network, mode, of(test, 0, START))).as("old classes").isGreaterThan(0.8);
  }

  /** A method of another kind needs only the interface. */
  @Test
  void aMethodOfOnesOwnIsTrained() {
    int[] steps = {0};
    Method own = new Method() {
      @Override
      public String name() {
        return "own";
      }

      @Override
      public int clipsOfOldClass(int exemplars) {
        return 2;
      }

      @Override
      public Loss loss(LearningTask task) {
        assertThat(task.oldClasses()).isEqualTo(START);
        assertThat(task.examples()).hasSize(CLASSES);
        assertThat(task.clipsPerEpoch()).containsExactly(2, 2, 2, 2, 20, 20);
        return Loss.CROSS_ENTROPY;
      }

      @Override
      public void afterStep(LearningTask task, Network student, int examples, double learningRate) {
        steps[0]++;
        System.arraycopy(task.before().parameters(), student.first(), student.parameters(), student.first(),
            student.headWeight() - student.first()); // only the head learns
      }
    };
    List<Example> all = examples(20, 1);
    IncrementalLearner learner = new IncrementalLearner(trained(Mode.DELTA), Mode.DELTA, AS_IT_IS,
        new ExemplarMemory(AS_IT_IS, ExemplarMemory.share(0.2, all)), own, options(8, 1));
    learner.remember(of(all, 0, START));
    learner.learn(of(all, START, CLASSES), CLASSES - START, _ -> {});
    assertThat(steps[0]).isEqualTo(6 * 6);
    Network before = trained(Mode.DELTA);
    assertThat(Arrays.copyOfRange(learner.network().parameters(), before.first(), before.headWeight()))
        .isEqualTo(Arrays.copyOfRange(before.parameters(), before.first(), before.headWeight()));
    assertThatThrownBy(() -> Methods.named("own")).isInstanceOf(InvalidInputException.class).hasMessageContaining("choose icarl, finetune");
  }

  @Test
  void withoutMemoryOldClassesAreForgotten() {
    Network network = learned("finetune", Mode.DELTA, 8, 1, 0.2).classifier();
    List<Example> test = examples(15, 2);
    assertThat(accuracy(network, Mode.DELTA, of(test, START, CLASSES))).isGreaterThan(0.8);
    assertThat(accuracy(network, Mode.DELTA, of(test, 0, START))).isLessThan(0.6);
  }

  private static List<String> methods() {
    return Methods.names();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void theSameSeedGivesTheSameBytesOnAnyThreads(String method) {
    IncrementalLearner expected = learned(method, Mode.DELTA, 20, 1, 0.1);
    IncrementalLearner again = learned(method, Mode.DELTA, 20, 3, 0.1);
    assertThat(again.network().parameters()).isEqualTo(expected.network().parameters());
    assertThat(again.classifier().parameters()).isEqualTo(expected.classifier().parameters());
  }

  // ------------------------------------------------------------------------------------------------ it goes on

  /** Learns two tasks, of one class each, until so many reports of progress have come; 0 for to the end. */
  private static IncrementalLearner inTwoTasks(String method, int batch, int threads, Checkpoints checkpoints, int reports, int seed) {
    List<Example> all = examples(12, 1);
    Cancellation token = new Cancellation();
    IncrementalLearner learner = new IncrementalLearner(START_NETWORK, Mode.DELTA, AS_IT_IS,
        new ExemplarMemory(AS_IT_IS, ExemplarMemory.share(0.2, all)), Methods.named(method),
        options(batch, threads).toBuilder().epochs(3).augmentation(Augmentation.speech()).seed(seed).build());
    learner.cancelBy(token);
    if (checkpoints != null) {
      learner.keep(checkpoints);
    }
    learner.remember(of(all, 0, START));
    AtomicInteger left = new AtomicInteger(reports);
    Progress.Task task = new Progress.Task() {
      @Override
      public void advance(long steps) {
        if (left.decrementAndGet() == 0) {
          token.request();
        }
      }

      @Override
      public void skip(long steps) {} // not by this process
    };
    for (int known = START; known < CLASSES; known++) {
      learner.learn(of(all, known, known + 1), 1, task);
    }
    return learner;
  }

  /** What is left of learning. */
  private record Learned(float[] parameters, float[] classifier, List<Exemplar> exemplars, long steps, long[][] training,
      long[][] inference) {
    static Learned of(IncrementalLearner learner) {
      return new Learned(learner.network().parameters(), learner.classifier().parameters(), learner.memory().exemplars(), learner.steps(),
          learner.trainingOperations().state(), learner.inferenceOperations().state());
    }
  }

  private static void assertSame(IncrementalLearner actual, Learned expected) {
    assertThat(Learned.of(actual)).usingRecursiveComparison().isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"balanced, 8, 1, 1", "balanced, 1, 2, 40", "icarl, 8, 2, 3", "replay, 5, 1, 7", "finetune, 3, 1, 5"})
  void whatIsInterruptedAnywhereEndsTheSame(String method, int batch, int threads, int reports, @TempDir Path folder) {
    Learned expected = Learned.of(inTwoTasks(method, batch, 1, null, 0, 1));
    List<String> warnings = new ArrayList<>();
    Checkpoints checkpoints = Checkpoints.in(folder).warnings(warnings::add);
    for (int pieces = 1; pieces < 1000; pieces++) {
      try {
        IncrementalLearner learner = inTwoTasks(method, batch, threads, checkpoints, reports, 1);
        assertThat(pieces).isGreaterThan(2);
        assertSame(learner, expected);
        break;
      } catch (CancellationException e) {
        // the next piece
      }
    }
    assertSame(inTwoTasks(method, batch, 1, checkpoints, 1, 1), expected); // of the last checkpoints, without a step
    assertThat(warnings).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"MOVED", "HALF", "WRITTEN", "DONE"})
  void whatIsKilledWhileACheckpointIsWrittenEndsTheSame(String stage, @TempDir Path folder) {
    Learned expected = Learned.of(inTwoTasks("balanced", 8, 1, null, 0, 1));
    List<String> warnings = new ArrayList<>();
    Checkpoints checkpoints = Checkpoints.in(folder).warnings(warnings::add).everySteps(2);
    try (CheckpointFaults _ = CheckpointFaults.at(stage, 9)) {
      assertThatThrownBy(() -> inTwoTasks("balanced", 8, 1, checkpoints, 0, 1)).isInstanceOf(CheckpointFaults.Killed.class);
    }
    assertSame(inTwoTasks("balanced", 8, 2, checkpoints, 0, 1), expected);
    assertThat(warnings).hasSize(stage.equals("DONE") ? 0 : 1).allMatch(line -> line.contains("the one before"));
  }

  @Test
  void checkpointsOfAnotherTaskAreRefusedByName(@TempDir Path folder) {
    Checkpoints checkpoints = Checkpoints.in(folder);
    inTwoTasks("balanced", 8, 1, checkpoints, 0, 1);
    assertThatThrownBy(() -> inTwoTasks("balanced", 4, 1, checkpoints, 0, 1)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("batch was 8 and is 4");
    assertThatThrownBy(() -> inTwoTasks("replay", 8, 1, checkpoints, 0, 1)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("method was balanced and is replay");
    assertThatThrownBy(() -> inTwoTasks("balanced", 8, 1, checkpoints, 0, 2)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("seed was 1 and is 2");
  }

  /** Numbers that a program changed, with the right checksum. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"epochs\":3 | epochs\":4", "epochs\":3 | epochs\":-1", "position\":0 | position\":99",
      "position\":0 | position\":null", "otherOperations\":[[ | otherOperations\":[[1],[", "optimizerSteps\": | optimizerSteps\":-",
      "\"place\": | \"elsewhere\":", "operations\":[[ | operations\":[[],["})
  void wrongPlacesAreRefused(String was, String is, @TempDir Path folder) {
    Checkpoints checkpoints = Checkpoints.in(folder);
    inTwoTasks("balanced", 8, 1, checkpoints, 0, 1);
    Path file = folder.resolve("classes-5.safetensors");
    Contents good = Safetensors.read(file);
    Map<String, String> metadata = new TreeMap<>(good.metadata());
    String progress = metadata.get("progress");
    assertThat(progress).contains(was);
    metadata.put("progress", progress.replace(was, is));
    new CheckpointFile(file).write(List.copyOf(good.tensors().values()), metadata);
    assertThatThrownBy(() -> inTwoTasks("balanced", 8, 1, checkpoints, 0, 1)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("classes-5.safetensors cannot be used");
  }

  // ------------------------------------------------------------------------------------------------ what is refused

  @Test
  void aNetworkThatDecidesByFramesIsRefused() {
    Network frames = new Network(new NetworkSpec(Cell.named("gru"), CHANNELS, 1, 4, 3, Head.FRAMES));
    ExemplarMemory memory = new ExemplarMemory(AS_IT_IS, 0);
    assertThatThrownBy(() -> new IncrementalLearner(frames, Mode.DENSE, AS_IT_IS, memory, Methods.named("icarl"), options(1, 1)))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("--head mean");
    Normalisation narrow = new Normalisation(new float[2], new float[] {1, 1});
    assertThatThrownBy(() -> new IncrementalLearner(trained(Mode.DENSE), Mode.DENSE, narrow, memory, Methods.named("icarl"), options(1, 1)))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("2 channels");
  }

  /** A clip of another class would be left out without a word. */
  @ParameterizedTest
  @MethodSource("methods")
  void clipsThatDoNotFitTheTaskAreRefused(String method) {
    IncrementalLearner learner = new IncrementalLearner(trained(Mode.DELTA), Mode.DELTA, AS_IT_IS, new ExemplarMemory(AS_IT_IS, 1 << 16),
        Methods.named(method), options(8, 1));
    List<Example> all = examples(3, 3);
    learner.remember(of(all, 0, START));
    List<Exemplar> before = learner.memory().exemplars();
    Example narrow = new Example("narrow", new float[4], 2, 2, START);
    Example number = new Example("number", new float[CHANNELS], 1, CHANNELS, new float[] {1});
    for (List<Example> wrong : List.of(of(all, START - 1, START + 1), of(all, START, START + 2), List.of(narrow), List.of(number),
        List.<Example>of())) {
      assertThatThrownBy(() -> learner.learn(wrong, 1, _ -> {})).isInstanceOf(InvalidInputException.class);
    }
    assertThatThrownBy(() -> learner.learn(of(all, START, START + 1), 2, _ -> {})).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("class 5 has no clips");
    for (int count : new int[] {0, -1, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> learner.learn(of(all, START, START + 1), count, _ -> {})).isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(count + " new classes");
    }
    assertThatThrownBy(() -> learner.remember(of(all, START, START + 1))).isInstanceOf(InvalidInputException.class);
    assertThat(learner.classes()).isEqualTo(START);
    assertThat(learner.memory().exemplars()).isEqualTo(before);
  }

  // ------------------------------------------------------------------------------------------------ its parts

  @Test
  void whatIsNoExemplarIsRefused() {
    ExemplarMemory memory = new ExemplarMemory(AS_IT_IS, 1000);
    for (Exemplar wrong : List.of(new Exemplar("x", -1, 1, new byte[CHANNELS]), new Exemplar("x", 1 << 28, 1, new byte[CHANNELS]),
        new Exemplar("x", 0, 2, new byte[CHANNELS]))) {
      assertThatThrownBy(() -> memory.add(wrong)).isInstanceOf(InvalidInputException.class).hasMessageContaining("x: class");
    }
    assertThat(memory.size()).isZero();
    assertThatThrownBy(() -> new Exemplar("x", 0, 0, new byte[0])).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("0 timesteps");
    Example narrow = new Example("narrow", new float[4], 2, 2, 0);
    assertThatThrownBy(() -> Exemplar.of(narrow, AS_IT_IS)).isInstanceOf(InvalidInputException.class).hasMessageContaining("2 channels");
    for (double share : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> ExemplarMemory.share(share, List.of())).isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  void anExemplarIsWithinHalfALevelOfItsExample() {
    Normalisation normalisation = new Normalisation(new float[] {-50, 10, 0, 0, 0, 0}, new float[] {14, 2, 1, 1, 1, 0.5f});
    for (Example example : examples(2, 7)) {
      Example again = Exemplar.of(example, normalisation).example(normalisation);
      for (int i = 0; i < example.frames().length; i++) {
        float deviation = normalisation.deviation()[i % CHANNELS];
        float mean = normalisation.mean()[i % CHANNELS];
        float kept = Math.clamp(example.frames()[i], mean - deviation * 127 / 32, mean + deviation * 127 / 32);
        assertThat(again.frames()[i]).isCloseTo(kept, within(deviation / 64 + 1e-4f));
      }
      assertThat(again.label()).isEqualTo(example.label());
    }
  }

  @Test
  void theMemoryKeepsToItsBudgetAndToTheFirstOfEachClass() {
    List<Example> all = examples(10, 1);
    ExemplarMemory memory = new ExemplarMemory(AS_IT_IS, ExemplarMemory.share(0.25, all));
    for (int label = 0; label < CLASSES; label++) {
      memory.replace(label, of(all, label, label + 1));
    }
    assertThat(memory.bytes()).isLessThanOrEqualTo(memory.budget()).isEqualTo(memory.exemplars().stream().mapToLong(Exemplar::bytes).sum());
    for (int label = 0; label < CLASSES; label++) {
      int k = label;
      assertThat(memory.of(label)).hasSizeBetween(2, 3);
      assertThat(memory.of(label)).extracting(Exemplar::id)
          .isEqualTo(of(all, k, k + 1).stream().limit(memory.of(label).size()).map(Example::id).toList());
    }
    memory.add(Exemplar.of(all.getFirst(), AS_IT_IS));
    assertThat(memory.bytes()).isLessThanOrEqualTo(memory.budget());
  }

  /** A memory too small for any exemplar leaves the head that there is; one of each class gives finite scores. */
  @Test
  void discriminantsOfFewExemplarsAreFinite() {
    for (double share : new double[] {0, 0.05}) {
      for (float parameter : learned("discriminant", Mode.DELTA, 20, 1, share).classifier().parameters()) {
        assertThat(parameter).isFinite();
      }
    }
  }

  @Test
  void herdingKeepsTheMeanOfTheChosenNearTheMeanOfAll() {
    SplittableRandom random = new SplittableRandom(3);
    List<float[]> vectors = IntStream.range(0, 40).mapToObj(_ -> new float[] {random.nextFloat(), random.nextFloat(), random.nextFloat()})
        .toList();
    List<Integer> order = Herding.order(vectors);
    assertThat(order).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 40).boxed().toList());
    double herded = distance(vectors, order.subList(0, 5));
    double[] others = IntStream.range(0, 50)
        .mapToDouble(_ -> distance(vectors, random.ints(0, 40).distinct().limit(5).boxed().toList())).sorted().toArray();
    assertThat(herded).as("against the tenth part of random choices").isLessThan(others[5]);
  }

  private static double distance(List<float[]> vectors, List<Integer> chosen) {
    double[] mean = Herding.mean(vectors);
    double[] ofChosen = Herding.mean(chosen.stream().map(vectors::get).toList());
    return IntStream.range(0, mean.length).mapToDouble(u -> Math.pow(mean[u] - ofChosen[u], 2)).sum();
  }

  @Test
  void theNearestMeanIsDecidedFor() {
    Network network = trained(Mode.DENSE);
    Inference run = new Inference(network, Mode.DENSE, AS_IT_IS);
    List<List<float[]>> features = IntStream.range(0, CLASSES).mapToObj(k -> run.features(of(examples(5, 1), k, k + 1))).toList();
    Inference classifier = new Inference(NearestMean.classifier(network, features), Mode.DENSE, AS_IT_IS);
    for (Example example : examples(4, 9)) {
      float[] x = run.features(example);
      int nearest = IntStream.range(0, CLASSES).boxed()
          .min((a, b) -> Double.compare(toMean(x, features.get(a)), toMean(x, features.get(b)))).orElseThrow();
      float[] scores = classifier.scores(example);
      assertThat(IntStream.range(0, CLASSES).boxed().max((a, b) -> Float.compare(scores[a], scores[b]))).hasValue(nearest);
    }
  }

  /** Distance to the mean at length 1, as iCaRL defines it. */
  private static double toMean(float[] x, List<float[]> features) {
    double[] mean = Herding.mean(features);
    double length = Math.sqrt(Arrays.stream(mean).map(value -> value * value).sum());
    return IntStream.range(0, mean.length).mapToDouble(u -> Math.pow(x[u] - mean[u] / length, 2)).sum();
  }

  @ParameterizedTest
  @EnumSource(Distillation.Kind.class)
  void theGradientOfDistillationIsItsSlope(Distillation.Kind kind) {
    float[] taught = {1.5f, -0.5f, 0.3f};
    Loss loss = new Distillation(LogitAdjustment.of(new int[] {5, 5, 2, 20}), kind, 0.7, 2, (_, _) -> taught);
    float[] at = {0.2f, 0.4f, -0.9f, 0.8f};
    float[] gradient = at.clone();
    loss.lossAndGradient(null, null, gradient, 0, 4, 3, 1);
    for (int k = 0; k < 4; k++) {
      double slope = (value(loss, at, k, 1e-2f) - value(loss, at, k, -1e-2f)) / 2e-2;
      assertThat((double) gradient[k]).as("output %d", k).isCloseTo(slope, within(1e-3));
    }
  }

  private static double value(Loss loss, float[] at, int k, float moved) {
    float[] logits = at.clone();
    logits[k] += moved;
    return loss.lossAndGradient(null, (Sequence) null, logits, 0, 4, 3, 1);
  }

  @Test
  void imprintedClassesAreToldFromEachOtherAtOnce() {
    Network network = trained(Mode.DENSE);
    Network grown = IncrementalLearner.grown(network, CLASSES - START, 1);
    Inference run = new Inference(network, Mode.DENSE, AS_IT_IS);
    Discriminant.imprint(grown, START, IntStream.range(0, CLASSES)
        .mapToObj(k -> of(examples(10, 1), k, k + 1).stream().map(run::read).toList()).toList());
    Inference grownRun = new Inference(grown, Mode.DENSE, AS_IT_IS);
    assertThat(of(examples(10, 2), START, CLASSES)).filteredOn(example -> {
      float[] scores = grownRun.scores(example);
      return scores[example.label()] == Math.max(scores[START], scores[START + 1]);
    }).hasSizeGreaterThan(15);
  }

  @Test
  void accessesToMemoryFollowFromWhatFired() {
    IncrementalLearner learner = learned("replay", Mode.DELTA, 1, 1, 0.2);
    OperationCounts counts = learner.trainingOperations();
    MemoryAccess delta = MemoryAccess.of(counts, true, 10);
    MemoryAccess dense = MemoryAccess.ofDense(counts, 10);
    assertThat(delta.weightReads() + delta.gradientReads()).isEqualTo(counts.total());
    assertThat(dense.weightReads() + dense.gradientReads()).isEqualTo(counts.denseTotal());
    assertThat(dense.gradientReads()).isEqualTo(4L * HIDDEN * (CHANNELS + HIDDEN) * counts.layer(0).steps());
    assertThat(delta.optimiser()).isEqualTo(70);
    assertThat(delta.matrices()).isLessThan(dense.matrices());
    assertThat(delta.joules(new MemoryAccess.Energy(1, 0, 0))).isCloseTo(1e-12 * (delta.matrices() + 70), within(1e-18));
  }
}

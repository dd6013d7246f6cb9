// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lull.input.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.kernel.Kernels;
import org.lull.kernel.ScalarKernels;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.ReferenceTwin;
import org.lull.rnn.Cell;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.ReferenceLayer;
import org.lull.rnn.ReferenceNetwork;
import org.lull.rnn.Thresholds;

class TrainerTest {
  private static final int CHANNELS = 4;
  private static final int CLASSES = 3;
  private static final Normalisation AS_IT_IS = new Normalisation(new float[CHANNELS], new float[] {1, 1, 1, 1});

  private static TrainingOptions options(String optimiser, double learningRate) {
    return TrainingOptions.builder().epochs(10).batch(20).optimiser(Optimiser.named(optimiser, 0.01)).learningRate(learningRate)
        .schedule(LearningRate.Shape.CONSTANT).warmup(0).threads(1).build();
  }

  private static Network network(String cell, Head head, Kernels kernels) {
    Network network = new Network(new NetworkSpec(Cell.named(cell), CHANNELS, 2, 12, head.outputs(CLASSES), head), kernels);
    Initialiser.initialise(network, new SplittableRandom(1));
    network.setThresholds(0, Thresholds.uniform(CHANNELS, 12, 0.2f, 0.02f));
    network.setThresholds(1, Thresholds.uniform(12, 12, 0.02f, 0.02f));
    return network;
  }

  private static Network network(String cell) {
    return network(cell, Head.MEAN, KernelChoice.kernels());
  }

  /** Sequences of several lengths in which, for a while, the channel of the class is louder than noise. */
  private static List<Example> examples(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < n; e++) {
      int steps = random.nextInt(8, 20);
      int label = e % CLASSES;
      int begin = random.nextInt(steps - 5);
      float[] frames = new float[steps * CHANNELS];
      for (int t = 0; t < steps; t++) {
        for (int i = 0; i < CHANNELS; i++) {
          frames[t * CHANNELS + i] = (float) (0.2 * random.nextGaussian() + (i == label && t >= begin && t < begin + 5 ? 1 : 0));
        }
      }
      examples.add(new Example("example " + e, frames, steps, CHANNELS, label));
    }
    return examples;
  }

  private static History fit(Network network, Mode mode, TrainingOptions options, List<Example> train, List<Example> validation) {
    try (Trainer trainer = new Trainer(network, AS_IT_IS, mode, options)) {
      return trainer.fit(train, validation, "test", Progress.SILENT, (_, _) -> {});
    }
  }

  // ------------------------------------------------------------------------------------------------ reproducible

  @ParameterizedTest
  @CsvSource({"lstm, DENSE, MEAN", "lstm, DELTA, FRAMES", "gru, DENSE, FRAMES", "gru, DELTA, LAST", "rnn, DENSE, LAST", "rnn, DELTA, MEAN"})
  void theSameSeedGivesTheSameBytesOnAnyThreadsAndKernels(String cell, Mode mode, Head head) {
    TrainingOptions options =
        TrainingOptions.builder().epochs(2).batch(20).augmentation(Augmentation.speech()).seed(7).threads(1).build();
    List<Example> train = examples(50, 1);
    List<Example> validation = examples(13, 2);
    Network expected = network(cell, head, KernelChoice.kernels());
    History fit = fit(expected, mode, options, train, validation);
    for (int threads = 2; threads <= 3; threads++) {
      Network network = network(cell, head, KernelChoice.kernels());
      assertThat(fit(network, mode, options.withThreads(threads), train, validation).epochs()).isEqualTo(fit.epochs());
      assertThat(network.parameters()).isEqualTo(expected.parameters());
    }
    Network scalar = network(cell, head, new ScalarKernels());
    assertThat(fit(scalar, mode, options, train, validation).epochs()).isEqualTo(fit.epochs());
    assertThat(scalar.parameters()).isEqualTo(expected.parameters());

    Network otherSeed = network(cell, head, KernelChoice.kernels());
    fit(otherSeed, mode, TrainingOptions.builder().epochs(2).batch(20).augmentation(Augmentation.speech()).seed(8).threads(1).build(),
        train, validation);
    assertThat(otherSeed.parameters()).isNotEqualTo(expected.parameters());
  }

  /** Gradients are added and weights are updated in slices, of which this network has three, the last one short. */
  @ParameterizedTest
  @CsvSource({"adamw", "sgd"})
  void anArenaOfSeveralSlicesIsTheSameOnAnyThreads(String optimiser) {
    List<float[]> results = new ArrayList<>();
    for (int threads = 1; threads <= 4; threads++) {
      Network network = new Network(new NetworkSpec(Cell.named("lstm"), CHANNELS, 1, 90, CLASSES, Head.MEAN));
      Initialiser.initialise(network, new SplittableRandom(1));
      assertThat(network.parameters().length).isBetween(2 << 14, 3 << 14);
      try (Trainer trainer = new Trainer(network, AS_IT_IS, Mode.DENSE, options(optimiser, 0.01).withThreads(threads))) {
        for (int step = 0; step < 3; step++) {
          trainer.step(examples(20, step), 1, 0, 0.01);
        }
      }
      results.add(network.parameters());
    }
    assertThat(results).allSatisfy(parameters -> assertThat(parameters).isEqualTo(results.getFirst()));
  }

  // ------------------------------------------------------------------------------------------------ it learns

  @ParameterizedTest
  @CsvSource({"lstm, DENSE, MEAN", "lstm, DELTA, MEAN", "gru, DENSE, LAST", "gru, DELTA, LAST", "rnn, DENSE, MEAN", "rnn, DELTA, MEAN",
      "lstm, DELTA, FRAMES"})
  void aSmallTaskIsLearnt(String cell, Mode mode, Head head) {
    Network network = network(cell, head, KernelChoice.kernels());
    List<Example> test = examples(60, 3);
    TrainingOptions options = options("adamw", 0.02).withEpochs(15).withThreads(2);
    History fit = fit(network, mode, options, examples(120, 1), examples(60, 2));
    assertThat(fit.epochs().getLast().trainLoss()).isLessThan(0.5 * fit.epochs().getFirst().trainLoss());
    try (Trainer trainer = new Trainer(network, AS_IT_IS, mode, options)) {
      assertThat(trainer.evaluate(test).accuracy()).isGreaterThan(0.95);
    }
    EpochRecord last = fit.epochs().getLast();
    if (mode == Mode.DELTA) {
      assertThat(last.sparsityX()).isBetween(0.1, 0.95);
      assertThat(last.macs()).isLessThan(last.denseMacs());
    } else {
      assertThat(last.macs()).isEqualTo(last.denseMacs());
    }
  }

  /** The trainer's losses, and the weights it ends with, are those of a loop in double precision that shares nothing with it. */
  @ParameterizedTest
  @CsvSource({"lstm, MEAN, DENSE, sgd, 0.3", "gru, MEAN, DENSE, adamw, 0.45", "rnn, MEAN, DENSE, sgd, 0.8", "lstm, MEAN, DELTA, adamw, 0.4",
      "gru, MEAN, DELTA, sgd, 0.45", "rnn, MEAN, DELTA, adamw, 0.9", "lstm, FRAMES, DENSE, adamw, 0.27", "gru, FRAMES, DELTA, sgd, 0.4"})
  void tenStepsAreThoseOfADoublePrecisionLoop(String cell, Head head, Mode mode, String optimiser, double clip) {
    Network network = network(cell, head, KernelChoice.kernels());
    ReferenceTraining reference = new ReferenceTraining(network, mode, optimiser, 0.02, 0.01, clip);
    List<Example> all = examples(110, 5);
    List<Double> norms = new ArrayList<>();
    try (Trainer trainer = new Trainer(network, AS_IT_IS, mode,
        TrainingOptions.builder().epochs(1).batch(11).optimiser(Optimiser.named(optimiser, 0.01)).learningRate(0.02)
            .schedule(LearningRate.Shape.CONSTANT).warmup(0).clip(clip).patience(1).threads(1).build())) {
      for (int step = 0; step < 10; step++) {
        List<Example> batch = all.subList(11 * step, 11 * step + 11);
        ReferenceTraining.Step expected = reference.step(batch);
        Trainer.Step actual = trainer.step(batch, 1, 11 * step, 0.02);
        assertThat(actual.loss() / batch.size()).as("loss of step %d", step).isCloseTo(expected.loss(), within(1e-4 * expected.loss()));
        assertThat(actual.gradientNorm()).as("norm of step %d", step).isCloseTo(expected.norm(), within(1e-3 * expected.norm()));
        norms.add(expected.norm());
      }
    }
    assertThat(norms).as("some are clipped, others not").anyMatch(norm -> norm > clip).anyMatch(norm -> norm < clip);
    List<double[][]> actual = ReferenceTwin.of(network).tensors().toList();
    List<double[][]> expected = reference.network.tensors().toList();
    for (int i = 0; i < expected.size(); i++) {
      for (int row = 0; row < expected.get(i).length; row++) {
        assertThat(actual.get(i)[row]).as("tensor %d, row %d", i, row).containsExactly(expected.get(i)[row], within(5e-4));
      }
    }
  }

  /** Gradient descent as a textbook has it, on the reference network. */
  private static final class ReferenceTraining {
    final ReferenceNetwork network;
    final List<double[]> first = new ArrayList<>();
    final List<double[]> second = new ArrayList<>();
    final boolean adam;
    final double rate;
    final double decay;
    final double clip;
    int steps;

    /** What a step gave: mean loss, and norm of the gradient before clipping. */
    record Step(double loss, double norm) {}

    ReferenceTraining(Network product, Mode mode, String optimiser, double rate, double decay, double clip) {
      ReferenceNetwork twin = ReferenceTwin.of(product);
      List<ReferenceLayer> layers = new ArrayList<>();
      for (int layer = 0; layer < twin.layers().size(); layer++) {
        Thresholds theta = product.thresholds(layer);
        ReferenceLayer.Thresholds thresholds =
            mode == Mode.DENSE ? new ReferenceLayer.Thresholds(0, 0) : new ReferenceLayer.Thresholds(theta.x()[0], theta.h()[0]);
        layers.add(new ReferenceLayer(twin.layers().get(layer).cell(), twin.layers().get(layer).weights(), thresholds));
      }
      network = new ReferenceNetwork(layers, twin.pooling(), twin.head());
      adam = optimiser.equals("adamw");
      this.rate = rate;
      this.decay = decay;
      this.clip = clip;
      rows(network.tensors().toList()).forEach(row -> {
        first.add(new double[row.length]);
        second.add(new double[row.length]);
      });
    }

    static List<double[]> rows(List<double[][]> tensors) {
      return tensors.stream().flatMap(Arrays::stream).toList();
    }

    Step step(List<Example> batch) {
      List<double[]> parameters = rows(network.tensors().toList());
      List<double[]> gradient = parameters.stream().map(row -> new double[row.length]).toList();
      double loss = 0;
      for (Example example : batch) {
        ReferenceNetwork.Run run = network.forward(
            ReferenceTwin.doubles(AS_IT_IS.sequence(example.frames(), example.steps()), CHANNELS), labels(example));
        loss += run.loss() / batch.size();
        ReferenceNetwork.Gradients gradients = run.backward();
        gradients.layers().forEach(layer -> clearSecondBias(layer.weights()));
        List<double[]> of = rows(gradients.tensors().toList());
        for (int row = 0; row < of.size(); row++) {
          for (int i = 0; i < of.get(row).length; i++) {
            gradient.get(row)[i] += of.get(row)[i] / batch.size();
          }
        }
      }
      double norm = Math.sqrt(gradient.stream().flatMapToDouble(Arrays::stream).map(g -> g * g).sum());
      double scale = Math.min(1, clip / norm);
      steps++;
      for (int row = 0; row < gradient.size(); row++) {
        for (int i = 0; i < gradient.get(row).length; i++) {
          double g = gradient.get(row)[i] * scale;
          parameters.get(row)[i] += -rate * decay * parameters.get(row)[i] - rate * move(row, i, g);
        }
      }
      return new Step(loss, norm);
    }

    /** One for the sequence; or one a frame, silence (0) in the first two and the last two, the class elsewhere. */
    private int[] labels(Example example) {
      if (network.pooling() != ReferenceNetwork.Pooling.EVERY_FRAME) {
        return new int[] {example.label()};
      }
      int[] labels = new int[example.steps()];
      Arrays.fill(labels, 2, labels.length - 2, example.label() + 1);
      return labels;
    }

    private double move(int row, int i, double g) {
      double[] m = first.get(row);
      double[] v = second.get(row);
      if (!adam) {
        m[i] = 0.9 * m[i] + g;
        return m[i];
      }
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.999 * v[i] + 0.001 * g * g;
      return m[i] / (1 - Math.pow(0.9, steps)) / (Math.sqrt(v[i] / (1 - Math.pow(0.999, steps))) + 1e-8);
    }

    /** The product has one bias where PyTorch has two of the same gradient: all but the GRU's last gate of the second are not trained. */
    private void clearSecondBias(ReferenceLayer.Weights gradient) {
      int rows = gradient.biasHh().length;
      int hidden = gradient.hh()[0].length;
      Arrays.fill(gradient.biasHh(), 0, rows == 3 * hidden ? 2 * hidden : rows, 0);
    }
  }

  // ------------------------------------------------------------------------------------------------ clipping

  @Test
  void aLongGradientIsShortenedToTheClippingNorm() {
    Network network = network("lstm");
    float[] before = network.parameters().clone();
    TrainingOptions options =
        TrainingOptions.builder().epochs(1).batch(20).optimiser(Optimiser.sgd(0.9)).learningRate(1)
            .schedule(LearningRate.Shape.CONSTANT).warmup(0).clip(1e-2).patience(1).threads(1).build();
    try (Trainer trainer = new Trainer(network, AS_IT_IS, Mode.DELTA, options)) {
      assertThat(trainer.step(examples(20, 1), 1, 0, 1).gradientNorm()).isGreaterThan(0.1);
    }
    double moved = Math.sqrt(IntStream.range(0, before.length).mapToDouble(i -> network.parameters()[i] - before[i]).map(d -> d * d).sum());
    assertThat(moved).isCloseTo(1e-2, within(1e-5));
  }

  // ------------------------------------------------------------------------------------------------ divergence

  /** A huge value would saturate a gate: the loss would stay finite. So it is refused, and named. */
  @ParameterizedTest
  @EnumSource
  void aNumberThatIsNoneIsRefused(Mode mode) {
    for (float bad : new float[] {1.1e6f, -1e12f}) { // what is beyond that is no example at all
      List<Example> batch = new ArrayList<>(examples(20, 1));
      float[] frames = batch.get(13).frames();
      frames[2 * CHANNELS + 1] = bad;
      batch.set(13, new Example("broken.wav", frames, batch.get(13).steps(), CHANNELS, 0));
      Network network = network("lstm");
      network.setThresholds(0, Thresholds.uniform(CHANNELS, 12, 0.2f, 100));
      float[] before = network.parameters().clone();
      try (Trainer trainer = new Trainer(network, AS_IT_IS, mode, options("adamw", 1e-3).withThreads(2))) {
        assertThatThrownBy(() -> trainer.step(batch, 3, 40, 1e-3)).as("%s", bad).isInstanceOf(InvalidInputException.class)
            .hasMessage("broken.wav: timestep 2, channel 1 is " + bad + ", " + bad + " after normalisation, "
                + "expected a finite number within +-1000000; look at what the features were made from");
        assertThatThrownBy(() -> trainer.evaluate(batch)).isInstanceOf(InvalidInputException.class).hasMessageStartingWith("broken.wav: ");
        assertThat(network.parameters()).isEqualTo(before);
        trainer.step(examples(20, 1), 3, 60, 1e-3); // and training can go on
      }
      assertThat(IntStream.range(0, before.length).allMatch(i -> Float.isFinite(network.parameters()[i]))).isTrue();
    }
  }

  private static final double HUGE = 3e38;

  /** What overflows in the upper layer is not blamed on the lower one, nor on an example before it. */
  @ParameterizedTest
  @EnumSource
  void namesTheLayerThatOverflows(Mode mode) {
    Network network = network("lstm");
    LayerLayout layer1 = network.layers().get(1);
    for (int j = 0; j < layer1.inputs(); j++) { // infinities of either sign meet in one unit
      network.parameters()[layer1.weight(j, 0, 5)] = Float.POSITIVE_INFINITY;
    }
    assertDiverged(network, mode, examples(20, 1), "the loss of example 0 is NaN, from layer 1 on; .*");
  }

  @ParameterizedTest
  @EnumSource
  void namesTheHeadThatOverflows(Mode mode) {
    Network network = network("gru");
    Arrays.fill(network.parameters(), network.headWeight(), network.headWeight() + 12, Float.POSITIVE_INFINITY);
    assertDiverged(network, mode, examples(20, 1), "the loss of example 0 is NaN, from the head on; .*");
  }

  /** Unit 0 of both layers says 0, so that the loss is finite; the gradient the head sends it is not, and spreads to the layer below. */
  @ParameterizedTest
  @EnumSource
  void namesTheHighestPartWhoseGradientOverflows(Mode mode) {
    Network network = network("rnn");
    network.setThresholds(1, Thresholds.uniform(12, 12, 0, 0));
    for (LayerLayout layer : network.layers()) {
      for (int j = 0; j < layer.columns(); j++) {
        network.parameters()[layer.weight(j, 0, 0)] = 0;
      }
    }
    network.parameters()[network.layers().get(1).weight(0, 0, 0)] = 1;
    network.parameters()[network.headWeight()] = (float) HUGE; // from unit 0 to class 0, which no example is of
    List<Example> others = examples(60, 1).stream().filter(example -> example.label() != 0).toList();
    assertDiverged(network, mode, others, "a gradient in layer 1 is Infinity; .*");
  }

  private static void assertDiverged(Network network, Mode mode, List<Example> batch, String message) {
    float[] before = network.parameters().clone();
    try (Trainer trainer = new Trainer(network, AS_IT_IS, mode, options("adamw", 1e-3))) {
      assertThatThrownBy(() -> trainer.step(batch, 1, 0, 1e-3)).isInstanceOf(Diverged.class)
          .hasMessageMatching("epoch 1, step 1: " + message);
    }
    assertThat(network.parameters()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void aHugeLearningRateEndsWithAMessage(Mode mode) {
    TrainingOptions options =
        TrainingOptions.builder().epochs(50).batch(20).optimiser(Optimiser.adamW(100)).learningRate(900)
            .schedule(LearningRate.Shape.CONSTANT).warmup(0).threads(1).build();
    assertThatThrownBy(() -> fit(network("lstm"), mode, options, examples(40, 1), examples(20, 2)))
        .isInstanceOf(Diverged.class).hasMessageMatching("epoch \\d+.*: .* (NaN|-?Infinity).*lower the learning rate.*");
  }

  /** What the last step of an epoch did to the weights may show in the validation alone. */
  @ParameterizedTest
  @EnumSource
  void aValidationThatIsNoNumberStopsTraining(Mode mode) {
    List<Example> validation = examples(20, 2);
    Loss loss = (example, input, logits, at, n, target, weight) -> example == validation.get(9) ? Double.NaN
        : Loss.CROSS_ENTROPY.lossAndGradient(example, input, logits, at, n, target, weight);
    try (Trainer trainer = new Trainer(network("gru"), AS_IT_IS, mode, options("adamw", 1e-3), null, loss)) {
      assertThatThrownBy(() -> trainer.fit(examples(20, 1), validation, "test", Progress.SILENT, (_, _) -> {}))
          .isInstanceOf(Diverged.class).hasMessageStartingWith("epoch 1, validation: the loss of example 9 is NaN;")
          .hasMessageNotContaining("\n");
    }
  }

  /** Without validation nothing runs after the last step: it is the weights themselves that tell. */
  @Test
  void aLastStepThatOverflowsIsNoticed() {
    TrainingOptions options =
        TrainingOptions.builder().epochs(1).batch(20).optimiser(new Sgd(0.9, 999)).learningRate(900)
            .schedule(LearningRate.Shape.CONSTANT).warmup(0).threads(1).build();
    Network network = network("lstm");
    network.parameters()[network.headBias()] = -Float.MAX_VALUE; // which such a weight decay throws out of range
    assertThatThrownBy(() -> fit(network, Mode.DENSE, options, examples(20, 1).stream().filter(e -> e.label() != 0).toList(), List.of()))
        .isInstanceOf(Diverged.class).hasMessageMatching("epoch 1: a weight in the head is -?Infinity; lower the learning rate.*");
  }

  // ------------------------------------------------------------------------------------------------ phases

  /** A second phase must not see what the first one saw, in the same order. */
  @Test
  void epochsGoOnWhereAnEarlierPhaseEnded() {
    TrainingOptions both =
        TrainingOptions.builder().epochs(2).batch(20).optimiser(Optimiser.sgd(0.9)).learningRate(1e-30)
            .schedule(LearningRate.Shape.CONSTANT).warmup(0).augmentation(Augmentation.speech()).threads(1).build();
    TrainingOptions one = both.withEpochs(1); // weights stand still: the losses tell what was seen
    List<Example> train = examples(41, 1);
    List<EpochRecord> expected = fit(network("lstm"), Mode.DENSE, both, train, List.of()).epochs();
    try (Trainer trainer = new Trainer(network("lstm"), AS_IT_IS, Mode.DENSE, one)) {
      History second = trainer.fit(train, List.of(), 2, "test", Progress.SILENT, (_, _) -> {});
      assertThat(second.epochs()).containsExactly(expected.getLast());
      assertThat(second.best().epoch()).isEqualTo(2);
    }
    assertThat(expected.getFirst().trainLoss()).isNotEqualTo(expected.getLast().trainLoss());
  }

  // ------------------------------------------------------------------------------------------------ nothing there

  @Test
  void nothingToTrainOnOrToMeasureIsRefused() {
    try (Trainer trainer = new Trainer(network("lstm"), AS_IT_IS, Mode.DELTA, options("adamw", 1e-3))) {
      assertThatThrownBy(() -> trainer.fit(List.of(), examples(5, 1), "test", Progress.SILENT, (_, _) -> {}))
          .isInstanceOf(IllegalArgumentException.class).hasMessage("no training examples, expected at least one");
      assertThatThrownBy(() -> trainer.step(List.of(), 1, 0, 1e-3)).isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no examples, expected at least one");
      assertThatThrownBy(() -> trainer.evaluate(List.of())).isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no examples, expected at least one");
    }
  }

  @Test
  void withoutValidationTheAccuracyOfTrainingDecides() {
    History fit = fit(network("lstm"), Mode.DELTA, options("adamw", 0.02).withEpochs(6), examples(60, 1), List.of());
    assertThat(fit.epochs()).allSatisfy(record -> {
      assertThat(record.validationAccuracy()).isNull();
      assertThat(record.validationLoss()).isNull();
      assertThat(record.trainAccuracy()).isLessThanOrEqualTo(fit.best().trainAccuracy());
    });
  }

  // ------------------------------------------------------------------------------------------------ early stopping

  @Test
  void stopsWhenNothingImprovesAndKeepsTheBestWeights() {
    List<Example> validation = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (Example e : examples(41, 2)) { // labels of chance: accuracy cannot rise for long
      validation.add(new Example(e.id(), e.frames(), e.steps(), CHANNELS, random.nextInt(CLASSES)));
    }
    TrainingOptions options =
        TrainingOptions.builder().epochs(60).batch(20).optimiser(Optimiser.adamW(0)).learningRate(0.02)
            .schedule(LearningRate.Shape.CONSTANT).warmup(0).patience(4).threads(2).build();
    Network network = network("lstm");
    List<EpochRecord> heard = new ArrayList<>();
    try (Trainer trainer = new Trainer(network, AS_IT_IS, Mode.DELTA, options)) {
      History fit = trainer.fit(examples(60, 1), validation, "test", Progress.SILENT, (record, _) -> heard.add(record));
      assertThat(fit.epochs()).isEqualTo(heard).hasSize(fit.best().epoch() + 4).hasSizeLessThan(60);
      EpochRecord best = fit.best();
      assertThat(fit.epochs()).allSatisfy(record -> assertThat(record.validationAccuracy()).isLessThanOrEqualTo(best.validationAccuracy()));
      Evaluation evaluation = trainer.evaluate(validation);
      assertThat(evaluation.accuracy()).isEqualTo(best.validationAccuracy());
      assertThat(evaluation.loss()).isEqualTo(best.validationLoss());
      assertThat(evaluation.examples()).isEqualTo(41);
    }
  }

  @Test
  void anEpochShowsEveryExampleOnceAndCountsItsOperations() {
    Network network = network("lstm");
    List<Example> train = examples(50, 1);
    History fit = fit(network, Mode.DENSE, options("adamw", 1e-3).withEpochs(3), train, examples(5, 2));
    int steps = train.stream().mapToInt(Example::steps).sum();
    long rows = 4 * 12;
    long layer0 = rows * ((CHANNELS + 12) + 12 + (CHANNELS + 12));
    long layer1 = rows * 3 * (12 + 12);
    long firstStates = 2 * rows * 12 * train.size(); // whose gradient nothing asks for
    assertThat(fit.epochs()).hasSize(3)
        .allSatisfy(record -> assertThat(record.macs()).isEqualTo(steps * (layer0 + layer1) - firstStates).isEqualTo(record.denseMacs()));
    assertThat(fit.operations()).extracting(count -> count.steps()).containsExactly(3L * steps, 3L * steps);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.Dataset;
import org.lull.Training;
import org.lull.TrainingBuilder;
import org.lull.TrainingResult;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.rnn.Cell;

class ClassWeightsTest {
  private static final Normalisation UNIT = new Normalisation(new float[] {0}, new float[] {1});
  private static final double[] WEIGHTS = {0.5, 3};

  private static Example example(int i, int label) {
    float[] frames = new float[6];
    for (int t = 0; t < frames.length; t++) {
      frames[t] = (float) Math.sin(i + t * (label + 0.3));
    }
    return new Example("example " + i, frames, frames.length, 1, label);
  }

  private static final List<Example> EXAMPLES = IntStream.range(0, 10).mapToObj(i -> example(i, i % 5 == 0 ? 1 : 0)).toList();

  private static Network network(Head head) {
    Network network = new Network(new NetworkSpec(Cell.named("lstm"), 1, 1, 5, head.outputs(2), head));
    Initialiser.initialise(network, RandomStreams.of(3, "weights"));
    return network;
  }

  /** n_examples / (n_classes n_of_class): scikit-learn's documentation has [1, 1, 2] of counts such as these as 0.75 and 1.5. */
  @Test
  void balancedAsScikitLearnDefinesIt() {
    List<Example> examples = List.of(example(0, 0), example(1, 0), example(2, 1));
    assertThat(ClassWeights.BALANCED.of(examples, 2)).containsExactly(0.75, 1.5);
    assertThat(ClassWeights.BALANCED.of(examples, 3)).containsExactly(0.5, 1, 1); // a class without examples
    assertThat(ClassWeights.NONE.of(examples, 2)).containsExactly(1, 1);
  }

  /**
   * PyTorch documents l_n = -w[y_n] log softmax(x_n)[y_n], and the mean as sum(l_n) / sum(w[y_n]). Here for logits whose softmax is
   * (1/4, 3/4), (1/2, 1/2) and (9/10, 1/10), with the labels 0, 1, 0: l = ln 4, ln 2 and ln 10/9.
   */
  @Test
  void theMeanIsThatOfPyTorchsFormula() {
    Loss loss = Loss.crossEntropy(WEIGHTS);
    float[][] logits = {{0, (float) Math.log(3)}, {7, 7}, {(float) Math.log(9), 0}};
    int[] labels = {0, 1, 0};
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < 3; i++) {
      double weight = loss.weight(example(i, labels[i]));
      sum += weight * loss.lossAndGradient(example(i, labels[i]), null, logits[i], 0, 2, labels[i], weight);
      weights += weight;
    }
    assertThat(sum / weights).isCloseTo((0.5 * Math.log(4) + 3 * Math.log(2) + 0.5 * Math.log(10 / 9.0)) / 4, within(1e-7));
    assertThat(logits[0]).containsExactly(new float[] {0.5f * -0.75f, 0.5f * 0.75f}, within(1e-7f));
    assertThat(logits[1]).containsExactly(new float[] {3 * 0.5f, 3 * -0.5f}, within(1e-7f));
    assertThat(logits[2]).containsExactly(new float[] {0.5f * -0.1f, 0.5f * 0.1f}, within(1e-7f));
  }

  /** The loss that a step and an evaluation report, from the scores of the network. */
  @Test
  void stepsAndEvaluationsReportTheWeightedMean() {
    Network network = network(Head.MEAN);
    double sum = 0;
    double weights = 0;
    for (Example example : EXAMPLES) {
      NetworkPass pass = new NetworkPass(network, Mode.DENSE);
      pass.forward(List.of(example.normalised(UNIT)));
      double a = pass.logits()[example.label()];
      double b = pass.logits()[1 - example.label()];
      sum += WEIGHTS[example.label()] * Math.log(1 + Math.exp(b - a));
      weights += WEIGHTS[example.label()];
    }
    try (Trainer trainer = new Trainer(network, UNIT, Mode.DENSE, options(), null, Loss.crossEntropy(WEIGHTS))) {
      assertThat(trainer.evaluate(EXAMPLES).loss()).isCloseTo(sum / weights, within(1e-6));
      assertThat(trainer.step(EXAMPLES, 1, 0, 0.01).loss() / EXAMPLES.size()).isCloseTo(sum / weights, within(1e-6));
    }
  }

  private static TrainingOptions options() {
    return TrainingOptions.builder().threads(1).optimiser(Optimiser.sgd(0)).clip(1e9).batch(64).build();
  }

  private static float[] afterAStep(Head head, List<Example> examples, Loss loss) {
    Network network = network(head);
    try (Trainer trainer = new Trainer(network, UNIT, Mode.DENSE, options(), null, loss)) {
      trainer.step(examples, 1, 0, 0.1);
    }
    return network.parameters();
  }

  /** A weight of 3 is an example that is there three times: the gradient and its mean, not only the loss. */
  @ParameterizedTest
  @ValueSource(strings = {"mean", "last", "frames"})
  void aWeightOfThreeIsAnExampleThreeTimes(String head) {
    List<Example> repeated = new ArrayList<>(EXAMPLES);
    EXAMPLES.stream().filter(example -> example.label() == 1).forEach(example -> repeated.addAll(List.of(example, example)));
    float[] weighted = afterAStep(Head.named(head), EXAMPLES, Loss.crossEntropy(new double[] {1, 3}));
    assertThat(weighted).containsExactly(afterAStep(Head.named(head), repeated, Loss.CROSS_ENTROPY), within(2e-6f));
    assertThat(weighted).isNotEqualTo(afterAStep(Head.named(head), EXAMPLES, Loss.CROSS_ENTROPY));
  }

  /** Only their ratios count, as in PyTorch. */
  @Test
  void equalWeightsAreNone() {
    assertThat(afterAStep(Head.MEAN, EXAMPLES, Loss.crossEntropy(new double[] {4, 4})))
        .isEqualTo(afterAStep(Head.MEAN, EXAMPLES, Loss.CROSS_ENTROPY));
  }

  /** One example in twelve is of the small class, and noise hides it: without weights it is never predicted. */
  @Test
  void smallClassesAreNotGivenUp() {
    List<float[][]> sequences = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    SplittableRandom random = RandomStreams.of(5, "test");
    for (int i = 0; i < 96; i++) {
      boolean small = i % 12 == 0;
      float[][] sequence = new float[8][1];
      for (float[] frame : sequence) {
        frame[0] = (float) ((small ? 0.35 : 0) + random.nextGaussian());
      }
      sequences.add(sequence);
      labels.add(small ? "small" : "large");
    }
    Dataset data = Dataset.of(sequences, labels).withTest(sequences, labels);
    TrainingBuilder training = Training.builder().layers(1).hidden(4).epochs(4).threads(1).learningRate(0.02).threshold(0);
    int[][] plain = training.build().fit(data).test().confusion();
    TrainingResult balanced = training.classWeights(ClassWeights.BALANCED).build().fit(data);
    int[][] weighted = balanced.test().confusion();
    assertThat(plain[1][1]).isZero();
    assertThat(weighted[1][1]).isGreaterThanOrEqualTo(4); // of 8
    assertThat(balanced.model().provenance().options()).containsEntry("class-weights", "balanced");
  }

  @Test
  void refused() {
    assertThatThrownBy(() -> ClassWeights.named("equal")).isInstanceOf(InvalidInputException.class)
        .hasMessage("class weights \"equal\" are unknown; choose none or balanced");
    assertThatThrownBy(() -> Training.builder().regression().classWeights(ClassWeights.BALANCED).build())
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("no classes");
    assertThatThrownBy(() -> Loss.crossEntropy(new double[] {1, 0})).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("weight 0.0 of class 1");
    assertThatThrownBy(() -> afterAStep(Head.MEAN, EXAMPLES, Loss.crossEntropy(new double[] {1}))).hasMessageContaining("1 classes");
  }
}

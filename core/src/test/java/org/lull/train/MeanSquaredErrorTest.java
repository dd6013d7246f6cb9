// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.input.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.network.Execution;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.ReferenceTwin;
import org.lull.network.Sequence;
import org.lull.rnn.Cell;
import org.lull.rnn.ReferenceNetwork;

class MeanSquaredErrorTest {
  private static final int CHANNELS = 5;
  private static final int TARGETS = 3;
  private static final Normalisation STATISTICS = new Normalisation(new float[] {100, -3, 0}, new float[] {50, 0.5f, 1});
  private static final Normalisation AS_IT_IS = new Normalisation(new float[CHANNELS], new float[] {1, 1, 1, 1, 1});

  private static Example example(int steps, float... target) {
    SplittableRandom random = new SplittableRandom(steps);
    float[][] frames = new float[steps][CHANNELS];
    for (float[] frame : frames) {
      for (int i = 0; i < CHANNELS; i++) {
        frame[i] = (float) random.nextGaussian();
      }
    }
    return Example.of("example", frames, target);
  }

  /** The double-precision reference, given the gradient of the loss as it is defined. */
  @ParameterizedTest
  @CsvSource({"lstm,MEAN", "lstm,LAST", "gru,MEAN", "gru,LAST", "rnn,MEAN", "rnn,LAST"})
  void gradientsAreThoseOfTheReference(String cell, Head head) {
    Network network =
        ReferenceTwin.randomNetwork(new NetworkSpec(Cell.named(cell), CHANNELS, 2, 17, TARGETS, head), KernelChoice.kernels(), 3);
    Example example = example(23, 180, -3.2f, 0.4f);
    Sequence sequence = example.normalised(AS_IT_IS);
    NetworkPass pass = new NetworkPass(network, Mode.DENSE);
    pass.forward(List.of(sequence), Execution.DENSE);
    double loss = Targets.lossAndGradient(Loss.meanSquaredError(STATISTICS), pass, head, 0, example, sequence, TARGETS, 1);
    float[] gradients = new float[network.parameters().length];
    pass.backward(gradients, true);

    double[] z = {(180 - 100) / 50.0, (-3.2 + 3) / 0.5, 0.4};
    List<boolean[][]> everything = IntStream.range(0, 2).mapToObj(layer -> {
      boolean[][] active = new boolean[23][(layer == 0 ? CHANNELS : 17) + 17];
      for (boolean[] row : active) {
        Arrays.fill(row, true);
      }
      return active;
    }).toList();
    ReferenceNetwork.Run run = ReferenceTwin.of(network).forward(ReferenceTwin.doubles(sequence, CHANNELS), everything, 0);
    double[] y = run.logits()[0];
    assertThat(loss).isCloseTo(IntStream.range(0, TARGETS).mapToDouble(k -> (y[k] - z[k]) * (y[k] - z[k])).sum() / TARGETS, within(1e-5));
    double[] dy = IntStream.range(0, TARGETS).mapToDouble(k -> 2.0 / TARGETS * (y[k] - z[k])).toArray();
    List<double[][]> expected = run.backward(new double[][] {dy}).tensors().toList();
    List<double[][]> actual = ReferenceTwin.gradients(network, gradients);
    for (int i = 0; i < expected.size(); i++) {
      double largest = Arrays.stream(expected.get(i)).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
      for (int row = 0; row < expected.get(i).length; row++) {
        for (int k = 0; k < expected.get(i)[row].length; k++) {
          assertThat(actual.get(i)[row][k]).as("tensor %d [%d][%d]", i, row, k)
              .isCloseTo(expected.get(i)[row][k], within(1e-4 * Math.max(largest, 1e-9)));
        }
      }
    }
  }

  @Test
  void anEvaluationIsInTheUnitsOfTheTargets() {
    Network network = new Network(new NetworkSpec(Cell.named("rnn"), CHANNELS, 1, 4, TARGETS, Head.MEAN)); // of zeros: predicts the means
    try (Evaluator evaluator = new Evaluator(network, AS_IT_IS, Mode.DENSE, 1, Loss.meanSquaredError(STATISTICS))) {
      Evaluation evaluation = evaluator.evaluate(List.of(example(4, 150, -3, 0), example(5, 100, -2, -2)), _ -> {});
      assertThat(evaluation.examples()).isEqualTo(2);
      assertThat(evaluation.rmse()).isCloseTo(Math.sqrt((2500 + 1 + 4) / 6.0), within(1e-9));
      assertThat(evaluation.mae()).isCloseTo((50 + 1 + 2) / 6.0, within(1e-9));
      assertThat(evaluation.loss()).isCloseTo((1.0 + 4 + 4) / 6, within(1e-9));
      assertThat(evaluation.accuracy()).isNaN();
      assertThat(evaluation.operations().denseTotal()).isPositive();
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Network network = new Network(new NetworkSpec(Cell.named("rnn"), CHANNELS, 1, 4, TARGETS, Head.MEAN));
    TrainingOptions options = TrainingOptions.builder().epochs(1).threads(1).build();
    try (Trainer trainer = new Trainer(network, AS_IT_IS, Mode.DENSE, options, null, Loss.meanSquaredError(STATISTICS))) {
      assertThatThrownBy(() -> trainer.step(List.of(example(4, 1, 2)), 1, 0, 0.1)).isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll("example", "2 targets", "expected 3");
      Example classed = Example.of("classed", new float[3][CHANNELS], 1);
      assertThatThrownBy(() -> trainer.step(List.of(classed), 1, 0, 0.1)).isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll("classed", "0 targets", "expected 3");
    }
    Network frames = new Network(new NetworkSpec(Cell.named("rnn"), CHANNELS, 1, 4, TARGETS, Head.FRAMES));
    try (Trainer trainer = new Trainer(frames, AS_IT_IS, Mode.DENSE, options, null, Loss.meanSquaredError(STATISTICS))) {
      assertThatThrownBy(() -> trainer.step(List.of(example(4, 1, 2, 3)), 1, 0, 0.1)).isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("frames");
    }
  }
}

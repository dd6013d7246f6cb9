// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.cost.OperationCount;
import org.lull.network.Execution;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;

/** Delta mode in the sparse form and in the dense one: which is taken, and that it does not matter which. */
class BatchGradientTest {
  private static final int CHANNELS = 5;
  private static final int CLASSES = 4;
  private static final Normalisation AS_IT_IS = new Normalisation(new float[CHANNELS], new float[] {1, 1, 1, 1, 1});

  private static Network network(String cell, float threshold) {
    Network network = new Network(new NetworkSpec(Cell.named(cell), CHANNELS, 2, 20, CLASSES, Head.MEAN));
    Initialiser.initialise(network, new SplittableRandom(1));
    network.setThresholds(0, Thresholds.uniform(CHANNELS, 20, threshold, 0.02f * threshold));
    network.setThresholds(1, Thresholds.uniform(20, 20, 0.02f * threshold, 0.02f * threshold));
    return network;
  }

  private static Batch batch(int n) {
    SplittableRandom random = new SplittableRandom(n);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < n; e++) {
      int steps = 5 + random.nextInt(20);
      float[] frames = new float[steps * CHANNELS];
      for (int i = 0; i < frames.length; i++) {
        frames[i] = (float) random.nextGaussian();
      }
      examples.add(new Example("example " + e, frames, steps, CHANNELS, e % CLASSES));
    }
    return new Batch(examples, i -> AS_IT_IS.sequence(examples.get(i).frames(), examples.get(i).steps())).made();
  }

  @ParameterizedTest
  @CsvSource({"lstm, 0.3, DENSE", "gru, 0.3, DENSE", "rnn, 0.3, DENSE", "lstm, 3, SPARSE", "gru, 3, SPARSE", "rnn, 3, SPARSE"})
  void backwardTheFormFollowsTheBatchBefore(String cell, float threshold, Execution expected) {
    Batch batch = batch(20);
    float[] gradient = null;
    for (int threads = 1; threads <= 3; threads++) {
      Network network = network(cell, threshold);
      try (BatchGradient runs = new BatchGradient(network, Mode.DELTA, Loss.CROSS_ENTROPY, batch.size(), threads)) {
        runs.forwardAndBackward(batch);
        assertThat(runs.execution()).isEqualTo(Execution.SPARSE); // nothing is known yet
        float[] sparse = runs.gradient().clone();
        double loss = runs.loss(7);
        OperationCount ofSparse = runs.takeOperations().layer(1);

        runs.forwardAndBackward(batch);
        assertThat(runs.execution()).isEqualTo(expected);
        assertThat(runs.loss(7)).isCloseTo(loss, within(1e-5));
        assertClose(runs.gradient(), sparse);
        assertThat(runs.takeOperations().layer(1).total()).isEqualTo(ofSparse.total());
        gradient = gradient == null ? runs.gradient().clone() : gradient;
        assertThat(runs.gradient()).as("%d threads", threads).isEqualTo(gradient);
      }
    }
  }

  /** Forward, the form is found anew each time: what was run before leaves no trace. */
  @ParameterizedTest
  @CsvSource({"lstm, 0.3, DENSE", "lstm, 3, SPARSE"})
  void forwardTheFormFollowsTheFirstSequence(String cell, float threshold, Execution expected) {
    Network network = network(cell, threshold);
    double[] losses = new double[20];
    try (BatchGradient runs = BatchGradient.forwardOnly(network, Mode.DELTA, Loss.CROSS_ENTROPY, 1)) {
      runs.forward(batch(20));
      assertThat(runs.execution()).isEqualTo(expected);
      Arrays.setAll(losses, runs::loss);
    }
    try (BatchGradient runs = new BatchGradient(network, Mode.DELTA, Loss.CROSS_ENTROPY, 30, 3)) {
      runs.forwardAndBackward(batch(30));
      runs.forwardAndBackward(batch(30));
      runs.takeOperations();
      runs.forward(batch(20));
      for (int i = 0; i < losses.length; i++) {
        assertThat(runs.loss(i)).isEqualTo(losses[i]);
      }
      int steps = batch(20).examples().stream().mapToInt(Example::steps).sum();
      assertThat(runs.takeOperations()).allSatisfy(count -> assertThat(count.steps()).isEqualTo(steps)); // each sequence once
    }
  }

  @Test
  void thresholdsOfZeroAreTheDenseNetworkFromTheFirstStepOn() {
    Network network = network("lstm", 0);
    try (BatchGradient delta = new BatchGradient(network, Mode.DELTA, Loss.CROSS_ENTROPY, 20, 2);
        BatchGradient dense = new BatchGradient(network, Mode.DENSE, Loss.CROSS_ENTROPY, 20, 2)) {
      delta.forwardAndBackward(batch(20));
      dense.forwardAndBackward(batch(20));
      assertThat(delta.execution()).isEqualTo(Execution.DENSE);
      assertThat(delta.gradient()).isEqualTo(dense.gradient());
    }
  }

  @Test
  void weightsBeyondTheCacheMakeTheSparseFormWorthMore() {
    Network small = network("lstm", 1);
    Network large = new Network(new NetworkSpec(Cell.named("lstm"), 256, 1, 256, CLASSES, Head.MEAN));
    for (Network network : List.of(small, large)) {
      assertThat(ExecutionChoice.of(network, 0.4, 8)).isEqualTo(Execution.DENSE);
      assertThat(ExecutionChoice.of(network, 0.5, 8)).isEqualTo(Execution.SPARSE);
      assertThat(ExecutionChoice.of(network, 0.2, 1)).isEqualTo(Execution.DENSE);
      assertThat(ExecutionChoice.of(network, 0.4, 1)).isEqualTo(Execution.SPARSE);
    }
    assertThat(ExecutionChoice.of(small, 0.3, 1)).isEqualTo(Execution.DENSE);
    assertThat(ExecutionChoice.of(large, 0.3, 1)).isEqualTo(Execution.SPARSE);
  }

  private static void assertClose(float[] actual, float[] expected) {
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-5 * largest));
    }
  }
}

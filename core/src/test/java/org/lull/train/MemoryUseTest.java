// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.cost.MemoryUse;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;

class MemoryUseTest {
  private static final int CHANNELS = 3;
  private static final int HIDDEN = 32;
  private static final int STEPS = 11;

  private static List<Example> examples(int n) {
    SplittableRandom random = new SplittableRandom(1);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < n; e++) {
      float[] frames = new float[STEPS * CHANNELS];
      for (int i = 0; i < frames.length; i++) {
        frames[i] = (float) random.nextGaussian();
      }
      examples.add(new Example("example " + e, frames, STEPS, CHANNELS, 0));
    }
    return examples;
  }

  /** Of a network of one layer, after one step of one thread. */
  private static MemoryUse afterAStep(String cell, Mode mode, String optimiser, float threshold, int batch) {
    Network network = new Network(new NetworkSpec(Cell.named(cell), CHANNELS, 1, HIDDEN, 2, Head.MEAN));
    Initialiser.initialise(network, new SplittableRandom(1));
    network.setThresholds(0, Thresholds.uniform(CHANNELS, HIDDEN, threshold, threshold));
    try (Trainer trainer = new Trainer(network, new Normalisation(new float[CHANNELS], new float[] {1, 1, 1}), mode,
        TrainingOptions.builder().epochs(1).batch(batch).optimiser(Optimiser.named(optimiser, 0)).learningRate(1e-3)
            .schedule(LearningRate.Shape.CONSTANT).warmup(0).patience(1).threads(1).build())) {
      trainer.step(examples(batch), 1, 0, 1e-3);
      MemoryUse memory = trainer.memory();
      assertThat(memory.weights()).isEqualTo(4L * network.parameters().length);
      return memory;
    }
  }

  /** A gradient for every group of 8; AdamW's two numbers for each parameter; h, c and what the cell saves of each timestep. */
  @ParameterizedTest
  @CsvSource({"lstm, 5, adamw, 2, 8, 1, 8", "lstm, 5, sgd, 1, 9, 2, 8", "gru, 4, adamw, 2, 3, 1, 3", "gru, 4, sgd, 1, 100, 8, 8"})
  void aDenseNetworkHoldsTheActivationsOfAllThatRunTogether(String cell, int saved, String optimiser, int moments, int batch, int groups,
      int together) {
    MemoryUse memory = afterAStep(cell, Mode.DENSE, optimiser, 0, batch);
    assertThat(memory.optimiser()).isEqualTo(moments * memory.weights());
    assertThat(memory.gradients()).isEqualTo(groups * memory.weights());
    assertThat(memory.activations()).isEqualTo(4L * HIDDEN * together * ((saved + 2) * STEPS + 2));
    assertThat(memory.activeEntries()).isZero();
    assertThat(memory.tape()).isGreaterThan(memory.activations());
  }

  /** One sequence at a time, whatever the batch; at a tiny threshold every entry but h_0 fires, at one out of reach none. */
  @ParameterizedTest
  @CsvSource({"1e-12, 1, 1", "1e-12, 20, 1", "1000, 20, 0"})
  void aDeltaNetworkHoldsOneSequenceAndTheEntriesThatFired(float threshold, int batch, int firing) {
    MemoryUse memory = afterAStep("lstm", Mode.DELTA, "adamw", threshold, batch);
    assertThat(memory.activations()).isEqualTo(4L * HIDDEN * (7 * STEPS + 2));
    long masks = 4L * STEPS * (1 + HIDDEN / 16);
    assertThat(memory.activeEntries()).isEqualTo(8L * firing * (STEPS * (CHANNELS + HIDDEN) - HIDDEN) + masks);
    assertThat(memory.tape()).isGreaterThan(memory.activations() + memory.activeEntries());
  }
}

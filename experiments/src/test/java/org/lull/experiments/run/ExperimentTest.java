// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.lull.Dataset;
import org.lull.input.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.network.Arithmetic;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.rnn.Cell;
import org.lull.train.Augmentation;
import org.lull.train.Budget;
import org.lull.train.EpochRecord;
import org.lull.train.Example;
import org.lull.train.Progress;
import org.lull.train.TrainingOptions;

class ExperimentTest {
  private static final int CHANNELS = 3;

  private static List<Example> examples(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < n; e++) {
      float[] frames = new float[10 * CHANNELS];
      for (int i = 0; i < frames.length; i++) {
        frames[i] = (float) random.nextGaussian() + e % 2;
      }
      examples.add(new Example("example " + e, frames, 10, CHANNELS, e % 2));
    }
    return examples;
  }

  private static Dataset data(int train, int validation, int test) {
    return new Dataset("noise", List.of("a", "b"), CHANNELS, examples(train, 1), examples(validation, 2), examples(test, 3), "",
        List.of(), List.of());
  }

  private static Experiment.Settings settings(int pretrainEpochs) {
    return settings(pretrainEpochs, null);
  }

  private static Experiment.Settings settings(int pretrainEpochs, Budget budget) {
    return settings(pretrainEpochs, budget, 8, 0.2f, true, true, options(1, 1));
  }

  private static Experiment.Settings settings(int pretrainEpochs, Budget budget, int hidden, float theta, boolean dense, boolean delta,
      TrainingOptions options) {
    return settings(pretrainEpochs, 0.01, budget, hidden, theta, dense, delta, options);
  }

  private static Experiment.Settings settings(int pretrainEpochs, double pretrainLearningRate, Budget budget, int hidden, float theta,
      boolean dense, boolean delta, TrainingOptions options) {
    return new Experiment.Settings(Cell.named("lstm"), 1, hidden, Head.MEAN, new float[] {theta}, new float[] {theta}, budget, dense, delta,
        pretrainEpochs, pretrainLearningRate, Arithmetic.FLOAT32, true, 0, options);
  }

  private static TrainingOptions options(long seed, int threads) {
    return TrainingOptions.builder().epochs(2).batch(8).learningRate(0.01).augmentation(Augmentation.speech()).seed(seed)
        .threads(threads).build();
  }

  /** Epochs, as "phase number". */
  private static final class Heard implements Experiment.Listener {
    final List<String> epochs = new ArrayList<>();
    final List<EpochRecord> records = new ArrayList<>();
    final List<float[]> trained = new ArrayList<>();

    @Override
    public void epoch(Phase phase, EpochRecord record, boolean best, Network network) {
      epochs.add(phase.label() + " " + record.epoch());
      records.add(record);
    }

    @Override
    public void trained(Mode mode, Network network) {
      trained.add(network.parameters().clone());
    }
  }

  @Test
  void pretrainingIsFollowedByOtherEpochsOnAScheduleOfTheirOwn() {
    Heard heard = new Heard();
    RunResult result = new Experiment(settings(2), data(20, 6, 6), Progress.SILENT, heard).run();
    assertThat(heard.epochs)
        .containsExactly("pretrain 1", "pretrain 2", "dense 3", "dense 4", "delta 3", "delta 4");
    List<Double> rates = heard.records.stream().map(EpochRecord::learningRate).toList();
    assertThat(rates.subList(2, 4)).as("dense").isEqualTo(rates.subList(0, 2));
    assertThat(rates.subList(4, 6)).as("delta").isEqualTo(rates.subList(0, 2));
    assertThat(result.delta().epochs()).isEqualTo(2);
    assertThat(result.delta().bestEpoch()).isBetween(3, 4);
    assertThat(result.delta().pretrainingMacs()).isEqualTo(heard.records.get(0).macs() + heard.records.get(1).macs());
  }

  @Test
  void pretrainingHasALearningRateOfItsOwn() {
    Heard heard = new Heard();
    new Experiment(settings(2, 0.001, null, 8, 0.2f, true, true, options(1, 1)), data(20, 6, 6), Progress.SILENT, heard).run();
    List<Double> rates = heard.records.stream().map(EpochRecord::learningRate).toList();
    for (int epoch = 0; epoch < 2; epoch++) {
      assertThat(rates.get(2 + epoch)).as("dense").isCloseTo(10 * rates.get(epoch), within(1e-6));
      assertThat(rates.get(4 + epoch)).as("delta").isEqualTo(rates.get(2 + epoch));
    }
  }

  /** Each of the two networks apart, from one beginning, and both in a run of their own. */
  @Test
  void runsThatShareTheirBeginningAreTheRunsTheyWouldBeAlone() {
    Dataset data = data(20, 6, 6);
    Heard alone = new Heard();
    RunResult both = new Experiment(settings(3), data, Progress.SILENT, alone).run();
    Heard dense = new Heard();
    Heard delta = new Heard();
    Experiment control =
        new Experiment(settings(3, null, 8, 0.2f, true, false, options(1, 1)), data, Progress.SILENT, dense);
    Experiment compared =
        new Experiment(settings(3, null, 8, 0.2f, false, true, options(1, 1)), data, Progress.SILENT, delta);

    Experiment.Start start = compared.start();
    assertThat(delta.epochs).as("told nobody").isEmpty();
    RunResult ofDelta = compared.run(start);
    RunResult ofDense = control.run(start);

    assertThat(delta.epochs).containsExactly("pretrain 1", "pretrain 2", "pretrain 3", "delta 4", "delta 5");
    assertThat(dense.records).isEqualTo(alone.records.subList(0, 5));
    assertThat(delta.records.subList(0, 3)).isEqualTo(alone.records.subList(0, 3));
    assertThat(delta.records.subList(3, 5)).isEqualTo(alone.records.subList(5, 7));
    assertThat(dense.trained).containsExactly(alone.trained.get(0));
    assertThat(delta.trained).containsExactly(alone.trained.get(1));
    assertThat(ofDense.dense().withStepMicros(0)).isEqualTo(both.dense().withStepMicros(0));
    assertThat(ofDelta.delta().withStepMicros(0)).isEqualTo(both.delta().withStepMicros(0));
  }

  @Test
  void theResultSaysWhatItWasTimedWith() {
    RunResult result = new Experiment(settings(0), data(20, 6, 6), Progress.SILENT, new Heard()).run();
    assertThat(result.batch()).isEqualTo(8);
    assertThat(result.threads()).isEqualTo(1);
    assertThat(result.kernels()).isEqualTo(KernelChoice.kernels().description());
    assertThat(result.dense().stepMicros()).isPositive();
    assertThat(result.delta().stepMicros()).isPositive();
  }

  /** Fewer training examples than a batch, and none for validation. */
  @Test
  void whatWasNotValidatedHasNoValidationAccuracy() {
    RunResult result = new Experiment(settings(0), data(5, 0, 4), Progress.SILENT, new Heard()).run();
    assertThat(result.dense().validationAccuracy()).isNull();
    assertThat(result.delta().validationAccuracy()).isNull();
    assertThat(result.delta().testAccuracy()).isBetween(0.0, 1.0);
  }

  @Test
  void nothingToTrainOnOrToTestIsRefusedAtOnce() {
    for (Dataset data : List.of(data(0, 4, 4), data(4, 4, 0))) {
      assertThatThrownBy(() -> new Experiment(settings(0), data, Progress.SILENT, new Heard())).isInstanceOf(InvalidInputException.class)
          .hasMessageMatching("noise has \\d examples for training and \\d for testing, expected at least one of each; .*");
    }
  }
}

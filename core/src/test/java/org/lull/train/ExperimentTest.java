package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.lull.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.model.Head;
import org.lull.model.Mode;
import org.lull.model.Network;
import org.lull.rnn.Cell;

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
    TrainingOptions options =
        new TrainingOptions(2, 8, "adamw", 0.01, LearningRate.Shape.COSINE, 1, 0.01, 1, 100, Augmentation.SPEECH, 1, 1);
    return new Experiment.Settings(Cell.named("lstm"), 1, 8, Head.MEAN, new float[] {0.2f}, new float[] {0.2f}, budget, true, true,
        pretrainEpochs, true, 0, options);
  }

  /** Epochs, as "phase number". */
  private static final class Heard implements Experiment.Listener {
    final List<String> epochs = new ArrayList<>();
    final List<EpochRecord> records = new ArrayList<>();

    @Override
    public void epoch(String phase, EpochRecord record, boolean best, Network network) {
      epochs.add(phase + " " + record.epoch());
      records.add(record);
    }

    @Override
    public void trained(Mode mode, Network network) {}
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

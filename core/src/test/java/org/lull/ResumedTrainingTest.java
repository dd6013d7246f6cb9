// SPDX-License-Identifier: Apache-2.0
package org.lull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.train.Augmentation;
import org.lull.train.Budget;
import org.lull.train.Cancellation;
import org.lull.train.Checkpoints;
import org.lull.train.LearningRate;
import org.lull.train.Optimiser;

/** Checkpoints through the face of the library. */
class ResumedTrainingTest {
  @TempDir
  private Path folder;

  private final List<String> warnings = new ArrayList<>();

  private static Dataset sines(int n, double noise) {
    List<float[][]> sequences = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      SplittableRandom random = new SplittableRandom(i);
      float[][] frames = new float[random.nextInt(10, 20)][1];
      for (int t = 0; t < frames.length; t++) {
        frames[t][0] = (float) (Math.sin(2 * Math.PI * t / (4 + 4 * (i % 3))) + noise * random.nextGaussian());
      }
      sequences.add(frames);
      labels.add("period " + (4 + 4 * (i % 3)));
    }
    return Dataset.of(sequences, labels).split(0.2, 0.2, 1);
  }

  private static final Dataset DATA = sines(36, 0.05);

  private static TrainingBuilder small() {
    return Training.builder().cell("gru").layers(1).hidden(6).pretraining(2, 0.01).epochs(3).batch(8).threads(1);
  }

  private byte[] bytes(TrainingResult result) {
    Path file = folder.resolve("model.safetensors");
    result.model().save(file);
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void assertSame(TrainingResult result, TrainingResult expected) {
    assertThat(bytes(result)).isEqualTo(bytes(expected));
    assertThat(result.pretraining()).isEqualTo(expected.pretraining());
    assertThat(result.epochs()).isEqualTo(expected.epochs());
    assertThat(result.fit().operations().state()).isDeepEqualTo(expected.fit().operations().state());
    assertThat(result.test().loss()).isEqualTo(expected.test().loss());
  }

  /** Trains until the end of an epoch, where the training is cancelled. */
  private void interrupt(TrainingBuilder training, int epoch) {
    Cancellation token = new Cancellation();
    Training one = training.checkpoints(Checkpoints.in(folder.resolve("run")).warnings(warnings::add)).cancellation(token)
        .listener((record, _) -> {
          if (record.epoch() == epoch) {
            token.request();
          }
        }).build();
    assertThatThrownBy(() -> one.fit(DATA)).isInstanceOf(CancellationException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aTrainingGoesOnFromItsFolder(int epoch) {
    TrainingBuilder training = small().budget(Budget.reduction(3)).augmentation(Augmentation.speech());
    TrainingResult expected = training.build().fit(DATA);
    interrupt(training, epoch);
    assertSame(Training.resume(folder.resolve("run"), DATA), expected);
    Training again = training.cancellation(new Cancellation()).build();
    assertSame(again.fit(DATA), expected);
    assertSame(again.toBuilder().threads(2).build().fit(DATA), expected);
    assertThat(warnings).isEmpty();
  }

  @Test
  void theProgramMayMakePartsOfTheTraining() {
    TrainingBuilder training = small().mode(Mode.DENSE).optimiser(Optimiser.sgd(0.5)).augmentation((example, _, _) -> example);
    TrainingResult expected = training.build().fit(DATA);
    interrupt(training, 4);
    assertThatThrownBy(() -> Training.resume(folder.resolve("run"), DATA)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("augmentation", "ResumedTrainingTest", "call fit");
    assertSame(training.cancellation(new Cancellation()).build().fit(DATA), expected);
  }

  @Test
  void aDenseAndADeltaTrainingShareAFolderAndTheirPretraining() {
    TrainingResult expected = small().mode(Mode.DELTA).build().fit(DATA);
    interrupt(small().mode(Mode.DENSE), 4);
    interrupt(small().mode(Mode.DELTA), 3);
    assertThatThrownBy(() -> Training.saved(folder.resolve("run"))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("give one of the files");
    assertSame(Training.resume(folder.resolve("run/delta.safetensors"), DATA), expected);
  }

  @Test
  void moreEpochsThanAtFirst() {
    TrainingBuilder training = small().schedule(LearningRate.Shape.CONSTANT);
    TrainingResult expected = training.epochs(6).build().fit(DATA);
    training.epochs(3).checkpoints(folder.resolve("run")).build().fit(DATA);
    assertSame(Training.saved(folder.resolve("run")).toBuilder().epochs(6).build().fit(DATA), expected);
    assertThat(expected.model().provenance().options()).containsEntry("epochs", "6");
  }

  @Test
  void otherSettingsOrDataAreRefusedByName() {
    interrupt(small(), 4);
    Path run = folder.resolve("run");
    assertThatThrownBy(() -> small().hidden(8).checkpoints(run).build().fit(DATA)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("hidden was 6 and is 8");
    assertThatThrownBy(() -> small().pretraining(3, 0.01).checkpoints(run).build().fit(DATA)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("pretrain-epochs was 2 and is 3");
    assertThatThrownBy(() -> small().threshold(0.2f).checkpoints(run).build().fit(DATA)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("threshold-h was auto and is [0.2], threshold-x was");
    assertThatThrownBy(() -> small().epochs(2).checkpoints(run).build().fit(DATA)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("3 epochs");
    assertThatThrownBy(() -> Training.resume(run, sines(36, 0.06))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("data was");
    assertThatThrownBy(() -> Training.resume(folder.resolve("none"), DATA)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("there is no checkpoint");
  }
}

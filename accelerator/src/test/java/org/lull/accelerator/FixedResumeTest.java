// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.Dataset;
import org.lull.Training;
import org.lull.TrainingBuilder;
import org.lull.TrainingResult;
import org.lull.network.Mode;
import org.lull.train.Budget;
import org.lull.train.Cancellation;
import org.lull.train.Progress;

/** A training in integers that was interrupted is the one that was not: the weights that are trained are floats, and all state there is. */
class FixedResumeTest {
  @TempDir
  private Path folder;

  private static Dataset data() {
    List<float[][]> sequences = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 24; i++) {
      float[][] frames = new float[random.nextInt(6, 12)][2];
      for (float[] frame : frames) {
        frame[0] = (float) random.nextGaussian();
        frame[1] = (float) random.nextGaussian() + i % 2;
      }
      sequences.add(frames);
      labels.add("class " + i % 2);
    }
    return Dataset.of(sequences, labels).split(0.2, 0.2, 1);
  }

  @Timeout(60)
  @ParameterizedTest
  @CsvSource({"DENSE, 1", "DELTA, 2"})
  void interruptedAndResumed(Mode mode, int threads) {
    TrainingBuilder training = Training.builder().mode(mode).arithmetic(new Fixed16()).layers(1).hidden(5).epochs(3).batch(6)
        .threads(threads).budget(mode == Mode.DENSE ? null : Budget.reduction(2));
    TrainingResult expected = training.build().fit(data());
    training.checkpoints(folder);
    int interruptions = 0;
    for (TrainingResult result = null; result == null;) {
      Cancellation token = new Cancellation();
      Progress oneStep = (_, _) -> new Progress.Task() {
        @Override
        public void advance(long steps) {
          token.request();
        }

        @Override
        public void skip(long steps) {} // not by this process
      };
      try {
        result = training.cancellation(token).progress(oneStep).build().fit(data());
        assertThat(result.model().network().parameters()).isEqualTo(expected.model().network().parameters());
        assertThat(result.model().network().thresholds(0)).isEqualTo(expected.model().network().thresholds(0));
        assertThat(result.epochs()).isEqualTo(expected.epochs());
        assertThat(result.fit().operations().state()).isDeepEqualTo(expected.fit().operations().state());
      } catch (CancellationException e) {
        interruptions++;
      }
    }
    assertThat(interruptions).isGreaterThan(5);
    assertThatThrownBy(() -> Training.saved(folder).toBuilder().hidden(6).build().fit(data())).hasMessageContaining("hidden was 5");
  }
}

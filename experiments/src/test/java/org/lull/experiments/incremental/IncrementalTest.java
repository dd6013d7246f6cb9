// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.incremental;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lull.continual.ExemplarMemory;
import org.lull.continual.Methods;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.rnn.Cell;
import org.lull.train.Cancellation;
import org.lull.train.Example;
import org.lull.train.Progress;
import org.lull.train.Trainer;
import org.lull.train.TrainingOptions;

class IncrementalTest {
  private static final int CHANNELS = 6;
  private static final int CLASSES = 6;
  private static final int HIDDEN = 16;
  private static final Normalisation AS_IT_IS = new Normalisation(new float[CHANNELS], new float[] {1, 1, 1, 1, 1, 1});

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

  private static TrainingOptions options(int batch, int threads) {
    return TrainingOptions.builder().epochs(6).batch(batch).learningRate(batch == 1 ? 0.005 : 0.02).threads(threads).build();
  }

  @Test
  void theProtocolMeasuresEveryTask() {
    List<Example> train = examples(12, 1);
    ClassSchedule schedule = new ClassSchedule(CLASSES, 3, 2, 5);
    assertThat(schedule.tasks()).isEqualTo(3);
    assertThat(IntStream.range(-1, 3).map(schedule::known)).containsExactly(0, 3, 5, 6);
    Network network = new Network(new NetworkSpec(Cell.named("lstm"), CHANNELS, 1, HIDDEN, 3, Head.MEAN));
    Initialiser.initialise(network, new SplittableRandom(1));
    try (Trainer trainer = new Trainer(network, AS_IT_IS, Mode.DENSE, options(8, 1))) {
      trainer.fit(schedule.examples(0, 0, train), List.of(), "start", Progress.SILENT, (_, _) -> {});
    }
    Incremental result = Incremental.run(schedule, network, Mode.DENSE, AS_IT_IS, train, examples(6, 2), Methods.named("balanced"),
        ExemplarMemory.share(0.2, train), options(8, 1), _ -> {}, null, new Cancellation());
    assertThat(result.accuracy()).hasSize(3).allMatch(share -> share > 0.6);
    assertThat(result.matrix()).extracting(List::size).containsExactly(1, 2, 3);
    List<Double> last = result.matrix().getLast();
    assertThat(result.accuracy().getLast()).isCloseTo((3 * last.get(0) + 2 * last.get(1) + last.get(2)) / 6, within(1e-9));
    assertThat(result.macs()).isEqualTo(result.denseMacs());
    assertThat(result.access().matrices()).isEqualTo(result.denseAccess().matrices());
    assertThat(result.exemplarBytes()).isLessThanOrEqualTo(ExemplarMemory.share(0.2, train));
  }

  @Test
  void forgettingIsTheFallFromTheBestThereWas() {
    Incremental result = new Incremental(List.of(), List.of(List.of(0.9), List.of(0.95, 0.8), List.of(0.7, 0.8, 1.0)), 0, 0, 0, 0, 0, 0,
        null, null);
    assertThat(result.forgetting()).isCloseTo((0.25 + 0) / 2, within(1e-12));
  }

  @Test
  void everyClassHasOnePlaceInAnOrder() {
    ClassSchedule schedule = new ClassSchedule(CLASSES, 2, 1, 3);
    List<Example> all = examples(2, 1);
    assertThat(schedule.examples(0, 4, all)).extracting(Example::label).hasSize(12).containsOnly(0, 1, 2, 3, 4, 5);
    assertThat(schedule.examples(1, 1, all)).extracting(Example::label).containsOnly(2);
    assertThat(new ClassSchedule(CLASSES, 2, 1, 4).labels(List.of("a", "b", "c", "d", "e", "f")))
        .isNotEqualTo(schedule.labels(List.of("a", "b", "c", "d", "e", "f"))).hasSize(6);
    assertThatThrownBy(() -> new ClassSchedule(CLASSES, 6, 1, 1)).isInstanceOf(InvalidInputException.class).hasMessageContaining("6");
  }
}

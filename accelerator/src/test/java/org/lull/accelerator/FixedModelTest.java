// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.ModelStream;
import org.lull.Training;
import org.lull.TrainingBuilder;
import org.lull.input.InvalidInputException;
import org.lull.io.Safetensors;
import org.lull.network.Arithmetic;
import org.lull.network.Fired;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;

/** A model in the integers of the accelerator, through the face of the library. */
class FixedModelTest {
  private static final int STEPS = 30;

  @TempDir
  private Path folder;

  private static Model model(Head head, Mode mode, Map<String, String> options) {
    Network network = new Network(new NetworkSpec(Cell.named("lstm"), 3, 2, 20, head.outputs(2), head));
    Initialiser.initialise(network, new SplittableRandom(1));
    network.setThresholds(0, Thresholds.uniform(3, 20, 0.3f, 0.02f));
    network.setThresholds(1, Thresholds.uniform(20, 20, 0.02f, 0.02f));
    network.setArithmetic(Arithmetic.named("fixed16"));
    return new Model(network, mode, new Normalisation(new float[] {1, 0, 0}, new float[] {1, 2, 1}), List.of("no", "yes"), "",
        new Provenance("", "", "", "", new TreeMap<>(options)));
  }

  private static float[][] frames() {
    SplittableRandom random = new SplittableRandom(3);
    float[][] frames = new float[STEPS][3];
    for (int t = 0; t < STEPS; t++) {
      for (int i = 0; i < 3; i++) {
        frames[t][i] = (t == 0 ? 0 : 0.8f * frames[t - 1][i]) + (float) random.nextGaussian();
      }
    }
    return frames;
  }

  @Test
  void aModelInIntegersComesBackInIntegers() {
    Path file = folder.resolve("model.safetensors");
    Model model = model(Head.MEAN, Mode.DELTA, Map.of());
    model.save(file);
    Model back = Model.load(file);
    assertThat(back.arithmetic()).isEqualTo(new Fixed16());
    assertThat(back.classify(frames()).scores()).isEqualTo(model.classify(frames()).scores());
    assertThat(back.withArithmetic(Arithmetic.FLOAT32).classify(frames()).scores()).isNotEqualTo(model.classify(frames()).scores());
  }

  @Test
  void aStreamInIntegersTellsWhatFired() {
    ModelStream stream = model(Head.MEAN, Mode.DELTA, Map.of()).stream();
    long active = 0;
    for (float[] frame : frames()) {
      stream.classify(frame);
      for (Fired fired : stream.fired()) {
        assertThat(fired.h().length()).isLessThanOrEqualTo(20);
        active += fired.x().cardinality() + fired.h().cardinality();
      }
    }
    assertThat(stream.fired().getFirst().x().length()).isLessThanOrEqualTo(3);
    assertThat(active).isBetween(1L, STEPS * 63L - 1)
        .isEqualTo(stream.operations().layer(0).active() + stream.operations().layer(1).active());
  }

  /** Files of before named it among the options alone. */
  @Test
  void anOldFileNamesItsArithmeticAmongTheOptions() {
    Path file = folder.resolve("model.safetensors");
    model(Head.MEAN, Mode.DELTA, Map.of("numeric", "fixed16")).save(file);
    Safetensors.Contents contents = Safetensors.read(file);
    Map<String, String> metadata = new TreeMap<>(contents.metadata());
    metadata.remove("arithmetic");
    Path old = folder.resolve("old.safetensors");
    Safetensors.write(old, List.copyOf(contents.tensors().values()), metadata);
    assertThat(Model.load(old).arithmetic()).isEqualTo(new Fixed16());
  }

  @ParameterizedTest
  @EnumSource
  void aStreamGivesTheBitsOfTheWholeSequence(Head head) {
    float[][] frames = frames();
    for (Mode mode : Mode.values()) {
      Model model = model(head, mode, Map.of());
      ModelStream stream = model.stream();
      for (int t = 0; t < STEPS; t++) {
        if (t == 11) {
          ModelStream other = stream.copy();
          other.classify(frames[0]);
        }
        assertThat(stream.classify(frames[t]).scores()).as("%s, frame %d", mode, t)
            .isEqualTo(model.classify(Arrays.copyOf(frames, t + 1)).scores());
      }
      NetworkPass pass = new NetworkPass(model.network(), mode);
      float[] flat = new float[STEPS * 3];
      for (int t = 0; t < STEPS; t++) {
        System.arraycopy(frames[t], 0, flat, 3 * t, 3);
      }
      pass.forward(List.of(model.normalisation().sequence(flat, STEPS)));
      assertThat(stream.health().sparsity()).isEqualTo(pass.operations().sparsity());
      assertThat(stream.health().largestDeltaMemory()).isBetween(0.1f, 20f);
      stream.reset();
      assertThat(stream.classify(frames[0]).scores()).isEqualTo(model.classify(new float[][] {frames[0]}).scores());
    }
  }

  @Test
  void itIsTrainedThroughTheFace() {
    List<float[][]> sequences = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      float[][] frames = new float[12][2];
      for (float[] frame : frames) {
        frame[i % 2] = 1 + i * 0.01f;
      }
      sequences.add(frames);
      labels.add(i % 2 == 0 ? "first" : "second");
    }
    Dataset data = Dataset.of(sequences, labels).split(0, 0.25, 1);
    TrainingBuilder training = Training.builder().layers(1).hidden(8).epochs(8).batch(4).threads(1);
    Model model = training.arithmetic(Arithmetic.named("fixed16")).build().fit(data).model();
    assertThat(model.arithmetic()).isEqualTo(new Fixed16());
    assertThat(model.classify(sequences.get(1)).label()).isEqualTo("second");
    assertThatThrownBy(() -> training.cell("gru").build()).isInstanceOf(InvalidInputException.class).hasMessageContaining("lstm");
  }
}

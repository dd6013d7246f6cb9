// SPDX-License-Identifier: Apache-2.0
package org.lull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.Frames;
import org.lull.input.InvalidInputException;
import org.lull.io.Safetensors;
import org.lull.kernel.Kernels;
import org.lull.network.Arithmetic;
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

class ModelTest {
  private static final Normalisation NORMALISATION = new Normalisation(new float[] {1, -2, 0}, new float[] {0.5f, 2, 1});
  private static final List<String> LABELS = List.of("no", "yes", "perhaps");

  @TempDir
  private Path folder;

  private static Model model(String cell, Head head, Mode mode) {
    Network network = new Network(new NetworkSpec(Cell.named(cell), 3, 2, 20, head.outputs(3), head));
    Initialiser.initialise(network, new SplittableRandom(1));
    network.setThresholds(0, Thresholds.uniform(3, 20, 0.2f, 0.05f));
    network.setThresholds(1, new Thresholds(filled(Kernels.pad(20), 0.03f), filled(Kernels.pad(20), 0.01f)));
    return new Model(network, mode, NORMALISATION, LABELS, "", provenance(Map.of("seed", "1")));
  }

  private static Provenance provenance(Map<String, String> options) {
    return new Provenance("1", "25", "arrays", "00", new TreeMap<>(options));
  }

  private static float[] filled(int n, float value) {
    float[] values = new float[n];
    Arrays.fill(values, value);
    return values;
  }

  private static float[][] frames(int steps, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] frames = new float[steps][3];
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < 3; i++) {
        frames[t][i] = (float) random.nextGaussian() + (t == 0 ? 0 : 0.7f * frames[t - 1][i]);
      }
    }
    return frames;
  }

  // ------------------------------------------------------------------------------------------------ as a file

  @ParameterizedTest
  @EnumSource
  void aModelComesBackFromItsFile(Head head) {
    for (String cell : List.of("lstm", "gru", "rnn")) {
      Model model = model(cell, head, Mode.DELTA);
      Path file = folder.resolve(cell + ".safetensors");
      model.save(file);
      Model back = Model.load(file);
      assertThat(back.network().parameters()).isEqualTo(model.network().parameters());
      assertThat(back.spec()).isEqualTo(model.spec());
      assertThat(back.mode()).isEqualTo(Mode.DELTA);
      assertThat(back.arithmetic()).isSameAs(Arithmetic.FLOAT32);
      assertThat(back.labels()).isEqualTo(LABELS);
      assertThat(back.provenance()).isEqualTo(model.provenance());
      assertThat(back.classify(frames(9, 4)).scores()).isEqualTo(model.classify(frames(9, 4)).scores());
    }
  }

  /** As files of before and foreign ones may be: some metadata replaced. */
  private Path changed(Consumer<Map<String, String>> change) {
    Path file = folder.resolve("model.safetensors");
    model("lstm", Head.MEAN, Mode.DELTA).save(file);
    Safetensors.Contents contents = Safetensors.read(file);
    Map<String, String> metadata = new LinkedHashMap<>(contents.metadata());
    change.accept(metadata);
    Path other = folder.resolve("other.safetensors");
    Safetensors.write(other, List.copyOf(contents.tensors().values()), metadata);
    return other;
  }

  @Test
  void aFileOfBeforeHasNoKeyForItsArithmetic() {
    Path file = changed(metadata -> assertThat(metadata.remove("arithmetic")).isEqualTo("float32"));
    assertThat(Model.load(file).arithmetic()).isSameAs(Arithmetic.FLOAT32);
  }

  /** The module that has it is not on the class path of these tests. */
  @Test
  void aModelInIntegersNeverComesBackInFloats() {
    Path now = changed(metadata -> metadata.put("arithmetic", "fixed16"));
    assertThatThrownBy(() -> Model.load(now)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(now.toString(), "\"fixed16\"", "float32", "org.lull.accelerator");
    Path before = changed(metadata -> {
      metadata.remove("arithmetic");
      metadata.put("provenance", metadata.get("provenance").replace("\"seed\"", "\"numeric\":\"fixed16\",\"seed\""));
    });
    assertThatThrownBy(() -> Model.load(before)).isInstanceOf(InvalidInputException.class).hasMessageContaining("fixed16");
    Path unknown = changed(metadata -> metadata.put("arithmetic", "int4"));
    assertThatThrownBy(() -> Model.load(unknown)).isInstanceOf(InvalidInputException.class).hasMessageContainingAll("\"int4\"", "float32");
  }

  @Test
  void aMissingFileIsRefused() {
    assertThatThrownBy(() -> Model.load(folder.resolve("none"))).isInstanceOf(InvalidInputException.class).hasMessageContaining("none");
    assertThat(Files.exists(folder.resolve("none"))).isFalse();
  }

  // ------------------------------------------------------------------------------------------------ what it takes a sequence for

  @ParameterizedTest
  @EnumSource
  void aPredictionIsThatOfThePassOnNormalisedFrames(Head head) {
    for (Mode mode : Mode.values()) {
      Model model = model("gru", head, mode);
      float[][] frames = frames(12, 5);
      Prediction prediction = model.classify(frames);
      NetworkPass pass = new NetworkPass(model.network(), mode);
      float[] flat = Frames.flat("frames", frames, 3);
      pass.forward(List.of(NORMALISATION.sequence(flat, 12)));
      List<float[]> rows = IntStream.range(0, head == Head.FRAMES ? 12 : 1).mapToObj(t -> {
        int at = t * pass.logitsStride() + (head == Head.FRAMES ? 1 : 0);
        return Arrays.copyOfRange(pass.logits(), at, at + 3);
      }).toList();
      assertThat(rows).anySatisfy(row -> assertThat(row).isEqualTo(prediction.scores()));
      float best = IntStream.range(0, 3).mapToObj(k -> prediction.scores()[k]).max(Float::compare).orElseThrow();
      assertThat(prediction.scores()[prediction.index()]).isEqualTo(best);
      assertThat(prediction.label()).isEqualTo(LABELS.get(prediction.index()));
      assertThat(Arrays.stream(prediction.probabilities()).sum()).isCloseTo(1, within(1e-12));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1.1e12f, -3e38f})
  void whatIsNoNumberIsRefused(float value) {
    float[][] frames = frames(4, 1);
    frames[2][1] = value;
    assertThatThrownBy(() -> model("lstm", Head.MEAN, Mode.DENSE).classify(frames)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("frame 2", "channel 1", Float.toString(value));
  }

  @Test
  void framesOfAnotherWidthAreRefused() {
    Model model = model("lstm", Head.MEAN, Mode.DELTA);
    float[][] frames = frames(4, 1);
    frames[3] = new float[2];
    assertThatThrownBy(() -> model.classify(frames)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("frame 3", "2 channels", "expected 3");
    assertThatThrownBy(() -> model.classify(new float[0][])).isInstanceOf(InvalidInputException.class).hasMessageContaining("no frames");
  }

  // ------------------------------------------------------------------------------------------------ as a value

  @Test
  void aModelKeepsWeightsOfItsOwn() {
    Network network = new Network(new NetworkSpec(Cell.named("rnn"), 3, 1, 4, 3, Head.LAST));
    Model model = new Model(network, Mode.DENSE, NORMALISATION, LABELS, "", provenance(Map.of()));
    Arrays.fill(network.parameters(), 1);
    network.setThresholds(0, Thresholds.uniform(3, 4, 1, 1));
    assertThat(model.network().parameters()).containsOnly(0);
    assertThat(model.network().thresholds(0).zero()).isTrue();
    model.classify(frames(2, 1)).scores()[0] = 5;
    assertThat(model.classify(frames(2, 1)).scores()).containsOnly(0);
  }

  @Test
  void whatDoesNotBelongTogetherIsRefused() {
    Network network = new Network(new NetworkSpec(Cell.named("rnn"), 3, 1, 4, 3, Head.LAST));
    Provenance provenance = provenance(Map.of());
    Normalisation narrow = new Normalisation(new float[2], new float[] {1, 1});
    assertThatThrownBy(() -> new Model(network, Mode.DELTA, narrow, LABELS, "", provenance)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("2 channels", "3");
    assertThatThrownBy(() -> new Model(network, Mode.DELTA, NORMALISATION, List.of("no", "yes"), "", provenance))
        .isInstanceOf(InvalidInputException.class).hasMessageContainingAll("2 labels", "3");
    assertThatThrownBy(() -> new Model(network, Mode.DELTA, NORMALISATION, List.of("no", "yes", "no"), "", provenance))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("different");
    for (String other : List.of("", " ", "a\n\u0000", "yes\u00a0", "no ")) { // the last two are "yes" and "no"
      assertThatThrownBy(() -> new Model(network, Mode.DELTA, NORMALISATION, List.of("no", "yes", other), "", provenance))
          .isInstanceOf(InvalidInputException.class);
    }
    assertThat(new Model(network, Mode.DELTA, NORMALISATION, List.of("no", "yes", " gru\u0308n"), "", provenance).labels())
        .containsExactly("no", "yes", "gr\u00fcn");
    assertThatThrownBy(() -> new Model(network, Mode.DELTA, NORMALISATION, LABELS, "mel16", provenance))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("mel16");
  }
}

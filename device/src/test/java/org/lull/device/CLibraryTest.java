// SPDX-License-Identifier: Apache-2.0
package org.lull.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.Model;
import org.lull.accelerator.FixedClassifier;
import org.lull.input.InvalidInputException;
import org.lull.network.Arithmetic;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;
import org.lull.speech.LogMel;
import org.lull.speech.LogMelSettings;
import org.lull.speech.Wav;
import org.lull.train.Example;

/** The exported C beside the golden model: every number has to be equal. */
class CLibraryTest {
  private static final String[] SANITIZED = {"-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"};

  private static final String[] PLAIN = {};

  @TempDir
  private Path folder;

  /** A clip, and the label it is learned with; -1 to recognise it only. */
  private record Clip(float[][] frames, int label, int rate) {}

  private static Model model(int inputs, int layers, int units, int classes, Head head, float theta, String arithmetic) {
    Network network = new Network(new NetworkSpec(Cell.named("lstm"), inputs, layers, units, head.outputs(classes), head));
    Initialiser.initialise(network, new SplittableRandom(5));
    for (int layer = 0; layer < layers; layer++) {
      network.setThresholds(layer, Thresholds.uniform(layer == 0 ? inputs : units, units, theta, theta / 8));
    }
    network.setArithmetic(Arithmetic.named(arithmetic));
    float[] mean = new float[inputs];
    float[] deviation = new float[inputs];
    for (int k = 0; k < inputs; k++) {
      mean[k] = 0.3f * k - 20;
      deviation[k] = 1 + 0.37f * k;
    }
    List<String> labels = IntStream.range(0, classes).mapToObj(k -> "word \"" + k + "\" ??/ für 水\\").toList();
    return new Model(network, theta > 0 ? Mode.DELTA : Mode.DENSE, new Normalisation(mean, deviation), labels, "",
        new Provenance("", "", "", "", new TreeMap<>(Map.of())));
  }

  /** Features that move now and then, as speech does. With {@code wild}, some are far beyond those of training. */
  private static Clip clip(Model model, int steps, long seed, boolean wild, int label, int rate) {
    SplittableRandom random = new SplittableRandom(seed);
    int inputs = model.spec().inputs();
    float[][] frames = new float[steps][inputs];
    for (int t = 0; t < steps; t++) {
      for (int k = 0; k < inputs; k++) {
        boolean moves = t == 0 || random.nextInt(4) == 0;
        float normal = (float) random.nextGaussian() * (wild && random.nextInt(5) == 0 ? 100 : 1);
        frames[t][k] = moves ? model.normalisation().restored(k, normal) : frames[t - 1][k];
      }
    }
    return new Clip(frames, label, rate);
  }

  private static short[] inputs(Model model, Clip clip) {
    int n = model.spec().inputs();
    short[] x = new short[clip.frames.length * n];
    for (int k = 0; k < x.length; k++) {
      x[k] = FixedClassifier.input(model.normalisation().normalised(k % n, clip.frames[k / n][k % n]));
    }
    return x;
  }

  private static byte[] bytes(List<Clip> clips, int inputs) {
    int size = clips.stream().mapToInt(clip -> 12 + 4 * inputs * clip.frames.length).sum();
    ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    for (Clip clip : clips) {
      buffer.putInt(clip.frames.length).putInt(clip.label).putInt(clip.rate);
      for (float[] frame : clip.frames) {
        for (float value : frame) {
          buffer.putFloat(value);
        }
      }
    }
    return buffer.array();
  }

  /** Exports, compiles and runs a model on clips, and compares all that it computes. Returns the golden model. */
  private FixedClassifier compare(Model model, Learning learning, int steps, List<Clip> clips, String... more) throws Exception {
    CLibrary library = new CLibrary(model, learning, steps);
    library.write(folder);
    try (var in = CLibraryTest.class.getResourceAsStream("check.c")) {
      Files.write(folder.resolve("check.c"), in.readAllBytes());
    }
    Path program = Compiler.compile(folder, List.of("check.c", "lull.c", "model.c"), more);
    ByteBuffer c = ByteBuffer.wrap(Compiler.run(bytes(clips, model.spec().inputs()), program.toString())).order(ByteOrder.nativeOrder());
    assertThat((long) c.getInt()).as("RAM as the README says").isEqualTo(library.footprint().ram());
    FixedClassifier golden = new FixedClassifier(model.network(), model.mode());
    for (int n = 0; n < clips.size(); n++) {
      Clip clip = clips.get(n);
      int length = clip.frames.length;
      boolean learns = learning == Learning.FULL && clip.label >= 0;
      short[] x = inputs(model, clip);
      int[] scores = learns && length <= steps ? golden.learn(x, length, clip.label, clip.rate) : golden.scores(x, length);
      String what = "clip " + n;
      assertThat(shorts(c, length * model.spec().hidden())).as("h, " + what).isEqualTo(golden.hidden());
      for (int score : scores) {
        assertThat(c.getInt()).as("score, " + what).isEqualTo(score);
      }
      if (learns) {
        assertThat(c.getInt()).as("status, " + what).isEqualTo(length <= steps ? 0 : 5);
        for (int layer = 0; layer < model.spec().layers(); layer++) {
          assertThat(shorts(c, golden.weights(layer).length)).as("weights, " + what).isEqualTo(golden.weights(layer));
        }
        for (int layer = 0; layer < model.spec().layers(); layer++) {
          assertThat(bytes(c, golden.carry(layer).length)).as("carry, " + what).isEqualTo(golden.carry(layer));
        }
        assertThat(shorts(c, golden.headWeights().length)).as("head, " + what).isEqualTo(golden.headWeights());
        assertThat(bytes(c, golden.headCarry().length)).as("carry of the head, " + what).isEqualTo(golden.headCarry());
      }
      assertThat(new FixedClassifier.Saturated(c.getInt(), c.getInt(), c.getInt())).as("saturated, " + what).isEqualTo(golden.saturated());
    }
    assertThat(c.hasRemaining()).isFalse();
    return golden;
  }

  private static short[] shorts(ByteBuffer from, int n) {
    short[] values = new short[n];
    for (int k = 0; k < n; k++) {
      values[k] = from.getShort();
    }
    return values;
  }

  private static byte[] bytes(ByteBuffer from, int n) {
    byte[] values = new byte[n];
    from.get(values);
    return values;
  }

  @ParameterizedTest
  @CsvSource({"3, 2, 20, 4, MEAN, 0.3", "3, 1, 8, 2, LAST, 0.3", "5, 3, 12, 7, MEAN, 0", "70, 2, 20, 3, LAST, 0.1",
      "40, 2, 132, 2, MEAN, 0.2",
      "300, 1, 8, 2, MEAN, 0.5"})
  void recognisesAsTheGoldenModel(int inputs, int layers, int units, int classes, Head head, float theta) throws Exception {
    Model model = model(inputs, layers, units, classes, head, theta, "fixed16");
    List<Clip> clips = IntStream.range(0, 8).mapToObj(n -> clip(model, 1 + 9 * n, n, n % 3 == 2, -1, 0)).toList();
    FixedClassifier golden = compare(model, Learning.NONE, 61, clips, units < 64 ? SANITIZED : PLAIN);
    assertThat(golden.saturated().values()).isPositive();
  }

  /** What the golden model computes is what the library of Java computes. */
  @Test
  void hiddenStatesAreThoseOfTheModel() {
    Model model = model(6, 2, 20, 3, Head.MEAN, 0.3f, "fixed16");
    FixedClassifier golden = new FixedClassifier(model.network(), model.mode());
    for (int n = 0; n < 20; n++) {
      Clip clip = clip(model, 30, n, false, -1, 0);
      int[] scores = golden.scores(inputs(model, clip), 30);
      float[] floats = model.classify(clip.frames).scores();
      for (int k = 0; k < scores.length; k++) {
        assertThat(scores[k] / 4096f).isCloseTo(floats[k], within(1e-3f));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 2, 20, 4, MEAN, 0.3, 5", "3, 1, 8, 2, LAST, 0.3, 4", "5, 3, 12, 7, MEAN, 0, 3", "70, 2, 20, 3, LAST, 0.1, 6",
      "16, 2, 64, 35, MEAN, 0.15, 2", "300, 1, 8, 2, MEAN, 0.5, 0", "40, 2, 132, 2, MEAN, 0.2, 12"})
  void learnsAsTheGoldenModel(int inputs, int layers, int units, int classes, Head head, float theta, int rate) throws Exception {
    Model model = model(inputs, layers, units, classes, head, theta, "fixed16");
    List<Clip> clips = new ArrayList<>();
    for (int n = 0; n < 8; n++) {
      clips.add(clip(model, 1 + 7 * n, n, n % 4 == 3, n % 3 == 2 ? -1 : n % classes, rate));
    }
    clips.add(clip(model, 70, 99, false, 0, rate)); // too long to be learned
    clips.add(clip(model, 61, 100, false, 1, rate));
    FixedClassifier golden = compare(model, Learning.FULL, 61, clips, units < 64 ? SANITIZED : PLAIN);
    assertThat(golden.weights(0)).isNotEqualTo(new FixedClassifier(model.network(), model.mode()).weights(0));
  }

  /** A network of 56k parameters, 35 classes, on words of several speakers. */
  @Test
  void realWordsGiveTheBitsOfTheGoldenModel() throws Exception {
    List<Path> recordings = recordings(30);
    LogMel frontEnd = new LogMel(LogMelSettings.preset("mel16"));
    List<Example> words = new ArrayList<>();
    Normalisation.Accumulator statistics = new Normalisation.Accumulator(16, true);
    for (Path recording : recordings) {
      words.add(frontEnd.example(Wav.read(recording), recording.toString(), words.size() % 35));
      words.getLast().addTo(statistics);
    }
    Model plain = model(16, 2, 64, 35, Head.MEAN, 0.15f, "fixed16");
    Model model = new Model(plain.network(), plain.mode(), statistics.result(), plain.labels(), "", plain.provenance());
    List<Clip> clips = new ArrayList<>();
    for (Example word : words) {
      float[][] frames = new float[word.steps()][];
      for (int t = 0; t < frames.length; t++) {
        frames[t] = Arrays.copyOfRange(word.frames(), t * 16, t * 16 + 16);
      }
      clips.add(new Clip(frames, clips.size() % 3 == 2 ? -1 : word.label(), 6));
    }
    compare(model, Learning.FULL, 61, clips);
  }

  private static List<Path> recordings(int count) throws IOException {
    String data = System.getenv("LULL_DATA");
    Path corpus = Path.of(data == null ? "" : data, "asc35");
    if (data == null || !Files.isDirectory(corpus)) {
      System.err.println("SKIPPED: no real recordings; set LULL_DATA to a folder with asc35 to run this test");
      Assumptions.abort("no real recordings");
    }
    try (Stream<Path> files = Files.walk(corpus)) {
      List<Path> all = files.filter(file -> file.toString().endsWith(".wav")).sorted().toList();
      return IntStream.range(0, count).mapToObj(n -> all.get(n * (all.size() / count))).toList();
    }
  }

  @Test
  void anExampleThatWasChangedStays() throws Exception {
    Model model = model(3, 1, 8, 2, Head.MEAN, 0.3f, "fixed16");
    Path directory = folder.resolve("a/b");
    new CLibrary(model, Learning.NONE, 61).write(directory);
    Files.writeString(directory.resolve("main.c"), "mine");
    new CLibrary(model, Learning.FULL, 61).write(directory);
    assertThat(directory.resolve("main.c")).hasContent("mine");
    assertThat(directory.resolve("model.h")).content().contains("#define LULL_LEARN 1");
    Files.delete(directory.resolve("model.h"));
    assertThatThrownBy(() -> new CLibrary(model, Learning.FULL, 61).write(directory)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("another directory");
    Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> new CLibrary(model, Learning.FULL, 61).write(folder.resolve("file"))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("file");
  }

  @Test
  void moreEntriesThanTheTapeHoldsAreNotLearned() throws Exception {
    Model model = model(4, 1, 8, 2, Head.MEAN, 0, "fixed16");
    new CLibrary(model, Learning.FULL, 20).write(folder);
    Files.writeString(folder.resolve("few.c"), """
        #include "lull.h"
        static lull_context context;
        static int16_t before[LULL_WEIGHTS];
        int main(void) {
          const int16_t x[LULL_INPUTS] = {1, 2, 3, 4};
          lull_init(&context);
          for (int k = 0; k < LULL_WEIGHTS; k++) {
            before[k] = context.learning.weights[k];
          }
          if (lull_learn(&context, 0, 4) != LULL_NO_FRAMES) return 1;
          for (int t = 0; t < 4; t++) {
            if (lull_step(&context, x) != LULL_OK) return 2;
          }
          if (lull_learn(&context, 2, 4) != LULL_BAD_LABEL || lull_learn(&context, -1, 4) != LULL_BAD_LABEL) return 3;
          if (lull_learn(&context, 0, 21) != LULL_BAD_RATE || lull_learn(&context, 0, -1) != LULL_BAD_RATE) return 4;
          if (lull_learn(&context, 0, 4) != LULL_TOO_LONG) return 5;
          for (int k = 0; k < LULL_WEIGHTS; k++) {
            if (before[k] != context.learning.weights[k]) return 6;
          }
          lull_start(&context);
          if (lull_step(&context, x) != LULL_OK) return 7;
          return lull_learn(&context, 0, 4) != LULL_OK;
        }
        """);
    Path program = Compiler.compile(folder, List.of("few.c", "lull.c", "model.c"), "-DLULL_LIST=30", "-fsanitize=address,undefined");
    Compiler.run(new byte[0], program.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONE", "FULL"})
  void theExampleRuns(Learning learning) throws Exception {
    Model model = model(3, 1, 8, 2, Head.MEAN, 0.3f, "fixed16");
    new CLibrary(model, learning, 30).write(folder);
    Path program = Compiler.compile(folder, List.of("main.c", "lull.c", "model.c"));
    Clip clip = clip(model, 20, 1, false, -1, 0);
    StringBuilder text = new StringBuilder();
    for (float[] frame : clip.frames) {
      for (float value : frame) {
        text.append(value).append(' ');
      }
    }
    byte[] input = text.toString().getBytes(StandardCharsets.UTF_8);
    String label = model.classify(clip.frames).label();
    assertThat(new String(Compiler.run(input, program.toString()), StandardCharsets.UTF_8)).startsWith(label + " (score ");
    if (learning == Learning.FULL) {
      String both = new String(Compiler.run(input, program.toString(), "--learn", model.labels().getFirst()), StandardCharsets.UTF_8);
      assertThat(both.lines()).hasSize(2);
    }
    assertThat(folder.resolve("README.md")).content()
        .contains(String.format("%,d bytes", new CLibrary(model, learning, 30).footprint().ram()));
  }

  @Test
  void whatHasNoFormInCIsRefused() {
    assertThatThrownBy(() -> new CLibrary(model(3, 1, 8, 2, Head.MEAN, 0.3f, "float32"), Learning.NONE, 61))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("float32").hasMessageContaining("--numeric fixed16");
    assertThatThrownBy(() -> new CLibrary(model(3, 1, 8, 2, Head.FRAMES, 0.3f, "fixed16"), Learning.NONE, 61))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("--head mean or last");
    for (int steps : new int[] {-1, 0, 1001}) {
      assertThatThrownBy(() -> new CLibrary(model(3, 1, 8, 2, Head.MEAN, 0.3f, "fixed16"), Learning.FULL, steps))
          .isInstanceOf(InvalidInputException.class).hasMessageContaining("" + steps);
    }
  }
}

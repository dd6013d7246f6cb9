// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.Training;
import org.lull.continual.OnlineLearner.Snapshot;
import org.lull.input.InvalidInputException;
import org.lull.io.Safetensors;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.NetworkState;
import org.lull.network.NetworkStream;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;
import org.lull.train.Example;

class OnlineLearnerTest {
  private static final int CHANNELS = 4;
  private static final int STEPS = 6;
  private static final OnlineSettings SETTINGS = new OnlineSettings(100_000, 20_000, 3, 0.1, 1, 1);

  @TempDir
  Path folder;
  private final List<String> warnings = new ArrayList<>();

  private static Model model(Head head) {
    Network network = new Network(new NetworkSpec(Cell.named("lstm"), CHANNELS, 1, 8, head.outputs(2), head));
    Initialiser.initialise(network, new SplittableRandom(1));
    network.setThresholds(0, Thresholds.uniform(CHANNELS, 8, 0.1f, 0.1f));
    return new Model(network, Mode.DELTA, new Normalisation(new float[CHANNELS], new float[] {1, 1, 1, 1}), List.of("zero", "one"), "",
        new Provenance("", "", "", "", new TreeMap<>()));
  }

  /** Of class k, of which there are 16: a pattern of its own and noise. */
  private static Example example(int k, int i) {
    SplittableRandom random = new SplittableRandom(100 * k + i);
    float[] frames = new float[STEPS * CHANNELS];
    for (int j = 0; j < frames.length; j++) {
      frames[j] = ((k >> j % CHANNELS & 1) == 0 ? -1.5f : 1.5f) + (float) random.nextDouble(-0.2, 0.2);
    }
    return new Example(k + "/" + i, frames, STEPS, CHANNELS, 0);
  }

  private static List<Exemplar> exemplars(boolean any) {
    Model model = model(Head.MEAN);
    return IntStream.range(0, any ? 6 : 0).mapToObj(i -> Exemplar.of(example(i % 2, i), model.normalisation()).withLabel(i % 2)).toList();
  }

  private OnlineLearner open(Path dir, boolean exemplars) {
    return OnlineLearner.open(dir, model(Head.MEAN), SETTINGS, exemplars(exemplars), warnings::add);
  }

  private Path copy(Path dir, String name) throws IOException {
    Path copy = Files.createDirectories(folder.resolve(name));
    Files.copy(dir.resolve(OnlineLearner.FILE), copy.resolve(OnlineLearner.FILE));
    return copy;
  }

  private static void assertSame(OnlineLearner a, OnlineLearner b) {
    assertThat(a.snapshot().classes()).isEqualTo(b.snapshot().classes());
    assertThat(a.snapshot().position()).isEqualTo(b.snapshot().position());
    assertThat(a.snapshot().exemplars()).isEqualTo(b.snapshot().exemplars());
    assertThat(a.snapshot().model().network().parameters()).isEqualTo(b.snapshot().model().network().parameters());
  }

  /** What is done at a place: mostly learn, sometimes forget. */
  private static void change(OnlineLearner learner, int i) {
    if (i == 5) {
      learner.forget("one");
    } else {
      learner.learn(example(2 + i % 3, i), "word " + i % 3);
    }
  }

  /** The file as a crash at any place leaves it gives the learner that goes on as if there had been none. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void goesOnAfterACrashWithTheSameBytes(boolean exemplars) throws IOException {
    int changes = 8;
    Path dir = folder.resolve("whole");
    try (OnlineLearner learner = open(dir, exemplars)) {
      List<Path> crashes = new ArrayList<>();
      for (int i = 0; i < changes; i++) {
        crashes.add(copy(dir, "crash " + i));
        change(learner, i);
      }
      for (int crash = 0; crash < changes; crash++) {
        try (OnlineLearner again = open(crashes.get(crash), exemplars)) {
          for (int i = crash; i < changes; i++) {
            change(again, i);
          }
          assertSame(again, learner);
        }
      }
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void theFileIsWrittenAnewAndThenSaysTheSame() throws IOException {
    Path dir = folder.resolve("state");
    try (OnlineLearner learner = open(dir, true)) {
      long before = Files.size(dir.resolve(OnlineLearner.FILE));
      for (int i = 0; i < 70; i++) {
        learner.learn(example(3, i), "three");
      }
      assertThat(Files.size(dir.resolve(OnlineLearner.FILE))).isGreaterThan(before);
      assertThat(Files.size(dir.resolve(OnlineLearner.FILE))).isLessThan(before + 70 * (Exemplar.bytes(STEPS, CHANNELS) + 40));
      try (OnlineLearner again = open(copy(dir, "copy"), true)) {
        assertSame(again, learner);
        assertThat(again.exemplars()).usingRecursiveComparison().isEqualTo(learner.exemplars());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWasLearnedIsDecidedFor(boolean exemplars) {
    try (OnlineLearner learner = open(folder.resolve("state"), exemplars)) {
      for (int i = 0; i < 20; i++) {
        learner.learn(example(2, i), "two");
        learner.learn(example(5, i), "five");
      }
      assertThat(decision(learner.snapshot(), example(2, 77))).isEqualTo("two");
      assertThat(decision(learner.snapshot(), example(5, 77))).isEqualTo("five");
      assertThat(learner.snapshot().classes()).extracting(KnownClass::learned).containsExactly(0L, 0L, 20L, 20L);
      assertThat(learner.snapshot().training().multiplyAdds() > 0).isEqualTo(!exemplars);
      learner.forget("two");
      assertThat(learner.snapshot().model().labels()).containsExactly("zero", "one", "five");
      assertThat(decision(learner.snapshot(), example(5, 77))).isEqualTo("five");
    }
  }

  private static String decision(Snapshot snapshot, Example example) {
    float[] scores = snapshot.scores(example);
    int best = IntStream.range(0, scores.length).reduce((i, j) -> scores[j] > scores[i] ? j : i).orElseThrow();
    return snapshot.model().labels().get(best);
  }

  /** Eight that stream frame by frame and learn a word each, at once. */
  @Test
  void manyStreamAndLearnAtOnce() throws Exception {
    int clients = 8;
    int examples = 12;
    try (OnlineLearner learner = open(folder.resolve("state"), true); ExecutorService pool = Executors.newFixedThreadPool(clients)) {
      List<Future<?>> done = new ArrayList<>();
      for (int client = 0; client < clients; client++) {
        int k = 2 + client;
        Callable<Void> work = () -> {
          for (int i = 0; i < examples; i++) {
            learner.learn(example(k, i), "word " + k);
            Snapshot now = learner.snapshot();
            NetworkStream stream = new NetworkStream(now.model().network());
            NetworkState state = new NetworkState(now.model().network());
            Example heard = example(k, 50 + i);
            float[] scores = {};
            for (int t = 0; t < STEPS; t++) {
              scores = stream.step(state, now.model().normalisation().frame(heard.frames(), t * CHANNELS));
            }
            assertThat(scores).hasSize(now.classes().size()).doesNotContain(Float.NaN);
          }
          return null;
        };
        done.add(pool.submit(work));
      }
      for (Future<?> each : done) {
        each.get();
      }
      Snapshot now = learner.snapshot();
      assertThat(now.position()).isEqualTo(clients * examples);
      for (int k = 2; k < 2 + clients; k++) {
        assertThat(now.classes().get(now.indexOf("word " + k)).learned()).isEqualTo(examples);
        assertThat(decision(now, example(k, 90))).isEqualTo("word " + k);
      }
    }
  }

  /** Cut anywhere, the file gives a state there was, or is refused. */
  @Test
  void aCutFileGivesAStateThereWas() throws IOException {
    Path dir = folder.resolve("state");
    long begun;
    try (OnlineLearner learner = open(dir, true)) {
      begun = Files.size(dir.resolve(OnlineLearner.FILE));
      for (int i = 0; i < 4; i++) {
        learner.learn(example(3, i), "three");
      }
      copy(dir, "crash");
    }
    byte[] whole = Files.readAllBytes(folder.resolve("crash").resolve(OnlineLearner.FILE));
    Path cut = Files.createDirectories(folder.resolve("cut"));
    for (int length = 0; length < whole.length; length += length < begun - 10 ? 197 : 3) {
      Files.write(cut.resolve(OnlineLearner.FILE), Arrays.copyOf(whole, length));
      if (length < begun) {
        assertThatThrownBy(() -> open(cut, true)).as("%d of %d bytes", length, whole.length).isInstanceOf(InvalidInputException.class)
            .hasMessageContaining(OnlineLearner.FILE);
        assertThat(cut.resolve(OnlineLearner.FILE)).as("a refused file stays as it is").hasSize(length);
        continue;
      }
      int changes = (int) ((length - begun) * 4 / (whole.length - begun));
      try (OnlineLearner again = open(cut, true)) {
        assertThat(again.snapshot().position()).as("%d of %d bytes", length, whole.length).isEqualTo(changes);
      }
    }
    assertThat(warnings).isNotEmpty().allMatch(warning -> warning.contains("cut off"));
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    Path dir = folder.resolve("state");
    open(dir, true).close();
    byte[] whole = Files.readAllBytes(dir.resolve(OnlineLearner.FILE));
    for (int i = 0; i < whole.length; i += 41) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 4;
      Files.write(dir.resolve(OnlineLearner.FILE), damaged);
      assertThatThrownBy(() -> open(dir, true)).as("byte %d", i).isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(OnlineLearner.FILE);
    }
  }

  @Test
  void otherSettingsHoldFromThenOn() {
    Path dir = folder.resolve("state");
    try (OnlineLearner learner = open(dir, true)) {
      change(learner, 0);
      change(learner, 1);
    }
    OnlineSettings small = new OnlineSettings(5 * Exemplar.bytes(STEPS, CHANNELS), 20_000, 3, 0.1, 1, 1);
    try (OnlineLearner learner = OnlineLearner.open(dir, model(Head.MEAN), small, List.of(), warnings::add)) {
      assertThat(learner.snapshot().exemplarBytes()).isEqualTo(small.exemplarBytes());
      assertThat(learner.snapshot().position()).isEqualTo(2);
      assertThat(learner.snapshot().exemplars()).containsExactly(1, 2, 1, 1);
    }
  }

  /** What is learned with other settings is done again with those, not with the ones the file was begun with. */
  @Test
  void whatIsLearnedAfterwardsSurvivesACrashToo() throws IOException {
    Path dir = folder.resolve("state");
    long bytes = Exemplar.bytes(STEPS, CHANNELS);
    OnlineLearner.open(dir, model(Head.MEAN), new OnlineSettings(6 * bytes, 20_000, 3, 0.1, 1, 1), exemplars(true), warnings::add).close();
    try (OnlineLearner learner = open(dir, true)) {
      IntStream.range(0, 9).forEach(i -> learner.learn(example(3, i), "three"));
      try (OnlineLearner again = open(copy(dir, "crash"), true)) {
        assertSame(again, learner);
      }
      assertThat(learner.snapshot().exemplars()).containsExactly(3, 3, 9);
    }
  }

  /** The new example stays, and a class's oldest goes. */
  @Test
  void aFullMemoryLearnsAllTheSame() {
    long bytes = Exemplar.bytes(STEPS, CHANNELS);
    OnlineSettings full = new OnlineSettings(6 * bytes, 20_000, 3, 0.1, 1, 1);
    try (OnlineLearner learner = OnlineLearner.open(folder.resolve("state"), model(Head.MEAN), full, exemplars(true), warnings::add)) {
      for (int i = 0; i < 4; i++) {
        Exemplar last = Exemplar.of(example(0, 70 + i), model(Head.MEAN).normalisation());
        learner.learn(example(0, 70 + i), "zero");
        assertThat(learner.snapshot().exemplars()).containsExactly(3, 3);
        assertThat(learner.exemplars().getFirst().values()).isEqualTo(last.values());
      }
    }
  }

  @Test
  void noClassLosesItsLastExemplar() {
    long bytes = Exemplar.bytes(STEPS, CHANNELS);
    OnlineSettings two = new OnlineSettings(2 * bytes, 20_000, 3, 0.1, 1, 1);
    Path dir = folder.resolve("state");
    try (OnlineLearner learner = OnlineLearner.open(dir, model(Head.MEAN), two, exemplars(true), warnings::add)) {
      assertThat(learner.snapshot().exemplars()).containsExactly(1, 1);
      assertThat(learner.snapshot().model().network().parameters()).doesNotContain(Float.POSITIVE_INFINITY, Float.NaN);
      assertThatThrownBy(() -> learner.learn(example(2, 0), "two")).isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("no room for one of each of 3 classes");
      assertThat(learner.snapshot().position()).isZero();
      learner.learn(example(1, 5), "one");
      assertThat(learner.snapshot().exemplars()).containsExactly(1, 1);
    }
    OnlineSettings one = new OnlineSettings(bytes, 20_000, 3, 0.1, 1, 1);
    assertThatThrownBy(() -> OnlineLearner.open(dir, model(Head.MEAN), one, List.of(), warnings::add))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("no room for one of each of 2 classes");
    try (OnlineLearner again = OnlineLearner.open(dir, model(Head.MEAN), two, List.of(), warnings::add)) {
      assertThat(again.snapshot().position()).isEqualTo(1);
    }
  }

  /** However a label is written, it is one class. */
  @Test
  void labelsAreBroughtToOneForm() {
    try (OnlineLearner learner = open(folder.resolve("state"), true)) {
      for (String label : List.of("gr\u00fcn", "gru\u0308n", " gr\u00fcn\u00a0", "\tgr\u00fcn\n")) {
        learner.learn(example(2, 0), label);
      }
      assertThat(learner.snapshot().model().labels()).containsExactly("zero", "one", "gr\u00fcn");
      assertThat(learner.snapshot().classes().getLast().learned()).isEqualTo(4);
      assertThat(learner.forget(" gru\u0308n").model().labels()).containsExactly("zero", "one");
    }
    Path file = folder.resolve("old.safetensors"); // of a version that kept labels as they were written
    model(Head.MEAN).save(file);
    Safetensors.Contents contents = Safetensors.read(file);
    Map<String, String> metadata = new HashMap<>(contents.metadata());
    metadata.put("labels", "[\"gru\u0308n\", \"one\"]");
    Safetensors.write(file, List.copyOf(contents.tensors().values()), metadata);
    Model old = Model.load(file);
    assertThat(old.labels()).containsExactly("gru\u0308n", "one");
    try (OnlineLearner learner = OnlineLearner.open(folder.resolve("old"), old, SETTINGS, exemplars(true), warnings::add)) {
      assertThat(learner.learn(example(0, 9), "gr\u00fcn").classes()).extracting(KnownClass::learned).containsExactly(1L, 0L);
    }
  }

  /** The exemplars that a learner gives are values of their own. */
  @Test
  void nobodyChangesTheExemplars() {
    try (OnlineLearner learner = open(folder.resolve("state"), true)) {
      Exemplar first = learner.exemplars().getFirst();
      byte[] before = first.values();
      first.values()[0]++;
      assertThat(learner.exemplars().getFirst().values()).isEqualTo(before);
      assertThat(new Exemplar(first.id(), first.label(), first.steps(), before)).isEqualTo(first).hasSameHashCodeAs(first);
      before[0]++;
      assertThat(new Exemplar(first.id(), first.label(), first.steps(), before)).isNotEqualTo(first);
    }
  }

  @Test
  void learnsOnWhereNoneOfTheOriginalClassesIsLeft() {
    OnlineSettings none = new OnlineSettings(0, 20_000, 3, 0.1, 1, 1);
    try (OnlineLearner learner = OnlineLearner.open(folder.resolve("state"), model(Head.MEAN), none, List.of(), warnings::add)) {
      learner.learn(example(2, 0), "two");
      learner.forget("zero");
      learner.forget("one");
      learner.learn(example(3, 0), "three");
      assertThat(learner.snapshot().model().labels()).containsExactly("two", "three");
    }
  }

  @Test
  void mistakesAreRefused() throws IOException {
    Path dir = folder.resolve("state");
    try (OnlineLearner learner = open(dir, true)) {
      byte[] before = Files.readAllBytes(dir.resolve(OnlineLearner.FILE));
      for (String label : List.of("", " ", "\u00a0\n", "a\u0000", "x".repeat(101))) {
        assertThatThrownBy(() -> learner.learn(example(1, 1), label)).isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("label");
      }
      assertThatThrownBy(() -> learner.forget(" ")).isInstanceOf(InvalidInputException.class).hasMessageContaining("white space");
      for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e13f}) {
        float[] frames = new float[STEPS * CHANNELS];
        frames[2 * CHANNELS + 1] = value;
        assertThatThrownBy(() -> new Example("broken", frames, STEPS, CHANNELS, 0)).isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("broken: channel 1 of frame 2 is " + value);
      }
      Example far = new Example("far", new float[] {0, 1e11f, 0, 0}, 1, CHANNELS, 0);
      assertThatThrownBy(() -> learner.learn(far, "zero")).isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll("far: timestep 0, channel 1", "1.0E11");
      for (int channels : new int[] {1, 2, 3, 6, 8}) { // some of them divide the values evenly
        Example other = new Example("other", new float[24], 24 / channels, channels, 0);
        assertThatThrownBy(() -> learner.learn(other, "zero")).isInstanceOf(InvalidInputException.class)
            .hasMessageContaining(channels + " channels, expected 4");
        assertThatThrownBy(() -> learner.snapshot().scores(other)).isInstanceOf(InvalidInputException.class);
      }
      assertThatThrownBy(() -> learner.forget("nothing")).hasMessageContaining("there are zero, one");
      assertThat(Files.readAllBytes(dir.resolve(OnlineLearner.FILE))).isEqualTo(before);
      assertThatThrownBy(() -> open(dir, true)).isInstanceOf(InvalidInputException.class).hasMessageContaining("at work in");
      learner.forget("zero");
      assertThatThrownBy(() -> learner.forget("one")).hasMessageContaining("only one left");
    }
    Model other = model(Head.MEAN);
    other.network().parameters()[other.network().headBias()] += 1;
    assertThatThrownBy(() -> OnlineLearner.open(dir, other, SETTINGS, List.of(), warnings::add)).hasMessageContaining("another model");
    assertThatThrownBy(() -> OnlineLearner.open(folder.resolve("frames"), model(Head.FRAMES), SETTINGS, List.of(), warnings::add))
        .hasMessageContaining("frames");
    Model numbers = Training.builder().regression().layers(1).hidden(4).epochs(1).build()
        .fit(Dataset.ofTargets(Collections.nCopies(3, new float[5][CHANNELS]), Collections.nCopies(3, new float[] {1}))).model();
    assertThatThrownBy(() -> OnlineLearner.open(folder.resolve("numbers"), numbers, SETTINGS, List.of(), warnings::add))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("predicts numbers");
    assertThat(folder.resolve("numbers")).doesNotExist();
    Files.writeString(Files.createDirectories(folder.resolve("else")).resolve("some.txt"), "text");
    assertThatThrownBy(() -> open(folder.resolve("else"), true)).hasMessageContaining("is not empty and holds no learner");
  }
}

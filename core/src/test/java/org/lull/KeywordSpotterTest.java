// SPDX-License-Identifier: Apache-2.0
package org.lull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;
import org.lull.train.Example;

class KeywordSpotterTest {
  private static final int CHANNELS = 3;
  private static final List<String> LABELS = List.of("no", "yes", "perhaps");

  private static Model model(Head head, Mode mode) {
    Network network = new Network(new NetworkSpec(Cell.named("lstm"), CHANNELS, 2, 20, head.outputs(LABELS.size()), head));
    Initialiser.initialise(network, new SplittableRandom(7));
    network.setThresholds(0, Thresholds.uniform(CHANNELS, 20, 0.3f, 0.03f));
    network.setThresholds(1, Thresholds.uniform(20, 20, 0.03f, 0.03f));
    return new Model(network, mode, new Normalisation(new float[CHANNELS], new float[] {1, 1, 1}), LABELS, "",
        new Provenance("", "", "", "", new TreeMap<>()));
  }

  private static float[][] frames(int steps) {
    SplittableRandom random = new SplittableRandom(3);
    float[][] frames = new float[steps][CHANNELS];
    for (float[] frame : frames) {
      noise(frame, random);
    }
    return frames;
  }

  private static void noise(float[] frame, SplittableRandom random) {
    for (int i = 0; i < frame.length; i++) {
      frame[i] = (float) random.nextGaussian();
    }
  }

  private static void push(KeywordSpotter spotter, float[][] frames) {
    for (float[] frame : frames) {
      spotter.push(frame);
    }
  }

  /** Windows of 8 frames every 3: what the model says of these 8 frames alone. */
  @ParameterizedTest
  @CsvSource({"MEAN, 8, 3", "LAST, 8, 3", "MEAN, 8, 8", "LAST, 6, 1", "MEAN, 9, 2"})
  void aWindowDecidesAsTheModelDoesOnItsFramesAlone(Head head, int window, int hop) {
    Model model = model(head, Mode.DELTA);
    KeywordSpotter spotter = new KeywordSpotter(model, new DetectorSettings(window, hop, 1, 1, 0, 0.9, null));
    float[][] frames = frames(60);
    int decisions = 0;
    for (int t = 0; t < frames.length; t++) {
      spotter.push(frames[t]);
      boolean ends = t >= window - 1 && (t - window + 1) % hop == 0;
      assertThat(spotter.decided()).as("frame %d", t).isEqualTo(ends);
      if (ends) {
        decisions++;
        double[] expected = model.classify(Arrays.copyOfRange(frames, t - window + 1, t + 1)).probabilities();
        for (int k = 0; k < expected.length; k++) {
          assertThat((double) spotter.probabilities()[k]).isCloseTo(expected[k], within(1e-6));
        }
      }
    }
    assertThat(decisions).isEqualTo((frames.length - window) / hop + 1);
  }

  @Test
  void oneRunningStateSeesWhatAWholeSequenceSees() {
    Model model = model(Head.FRAMES, Mode.DELTA);
    KeywordSpotter spotter = new KeywordSpotter(model, DetectorSettings.running());
    ModelStream stream = model.stream();
    float[] scores = new float[LABELS.size() + 1];
    for (float[] frame : frames(50)) {
      spotter.push(frame);
      stream.step(frame, scores);
      double sum = 0;
      for (float score : scores) {
        sum += Math.exp(score);
      }
      for (int k = 0; k < LABELS.size(); k++) {
        assertThat((double) spotter.probabilities()[k]).isCloseTo(Math.exp(scores[k + 1]) / sum, within(1e-6));
      }
    }
  }

  @Test
  void windowsCostAsManyTimesMoreAsOverlap() {
    KeywordSpotter running = new KeywordSpotter(model(Head.LAST, Mode.DENSE), new DetectorSettings(0, 1, 1, 1, 0, 0.9, null));
    KeywordSpotter windows = new KeywordSpotter(model(Head.LAST, Mode.DENSE), new DetectorSettings(40, 10, 1, 1, 0, 0.9, null));
    push(running, frames(4000));
    push(windows, frames(4000));
    assertThat(windows.operations() / (double) running.operations()).isBetween(3.7, 4.0); // the head runs at the end of a window alone
    assertThat(running.operations()).isEqualTo(running.denseOperations());
  }

  @Test
  void nothingIsComputedWhereNothingChanges() {
    KeywordSpotter spotter = new KeywordSpotter(model(Head.FRAMES, Mode.DELTA), DetectorSettings.running());
    float[][] still = new float[2000][CHANNELS];
    push(spotter, still);
    long before = spotter.operations();
    push(spotter, still);
    assertThat(spotter.operations() - before).as("the head alone").isEqualTo(2000L * 4 * 20);
  }

  /** Over many frames of noise the delta memory stays what a fresh computation from the references gives: so do the scores. */
  @Test
  void noErrorAddsUpOverManyFrames() {
    Model delta = model(Head.FRAMES, Mode.DELTA);
    Network network = delta.network().copy();
    network.setThresholds(0, Thresholds.uniform(CHANNELS, 20, 0, 0));
    network.setThresholds(1, Thresholds.uniform(20, 20, 0, 0));
    Model all = new Model(network, Mode.DELTA, delta.normalisation(), LABELS, "", delta.provenance());
    Model dense = new Model(network, Mode.DENSE, delta.normalisation(), LABELS, "", delta.provenance());
    ModelStream incremental = all.stream();
    ModelStream fresh = dense.stream(); // M anew at each frame
    float[] a = new float[4];
    float[] b = new float[4];
    SplittableRandom random = new SplittableRandom(1);
    float[] frame = new float[CHANNELS];
    for (int t = 0; t < 200_000; t++) {
      noise(frame, random);
      incremental.step(frame, a);
      fresh.step(frame, b);
    }
    for (int k = 0; k < 4; k++) {
      assertThat(a[k]).isCloseTo(b[k], within(1e-4f));
    }
  }

  @Test
  void aFrameAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (DetectorSettings settings : List.of(DetectorSettings.windows(20), DetectorSettings.running())) {
      KeywordSpotter spotter = new KeywordSpotter(model(settings.keepsState() ? Head.FRAMES : Head.MEAN, Mode.DELTA), settings);
      float[][] frames = frames(1000);
      long fewest = Long.MAX_VALUE;
      for (int block = 0; block < 200 && fewest > 1000; block++) { // until the compiler is done
        long before = threads.getCurrentThreadAllocatedBytes();
        push(spotter, frames);
        fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(fewest).as("bytes for 1000 frames").isLessThanOrEqualTo(1000); // asking allocates
    }
  }

  @Test
  void theMeanOfEverythingHeardIsRefused() {
    assertThatThrownBy(() -> new KeywordSpotter(model(Head.MEAN, Mode.DELTA), DetectorSettings.running()))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("averages over everything heard");
    assertThatThrownBy(() -> new KeywordSpotter(model(Head.MEAN, Mode.DELTA))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no settings of a detector");
  }

  @Test
  void aModelFileKeepsTheSettings(@TempDir Path dir) {
    DetectorSettings settings = new DetectorSettings(0, 1, 7, 2, 30, 0.97, new TreeMap<>(Map.of("yes", 0.5)));
    Path file = dir.resolve("model.safetensors");
    model(Head.FRAMES, Mode.DELTA).withDetector(settings).save(file);
    assertThat(Model.load(file).detector()).contains(settings);
    model(Head.FRAMES, Mode.DELTA).save(file);
    assertThat(Model.load(file).detector()).isEmpty();
  }

  /** Three classes, each a pulse in a channel of its own, at random times in noise; the labels say when. */
  @Test
  void aNetworkTrainedOnStreamsReportsWordsWhenTheyEnd() {
    List<Example> train = IntStream.range(0, 120).mapToObj(i -> pulse(i, 40)).toList();
    Dataset data = new Dataset("pulses", LABELS, CHANNELS, train, train.subList(0, 30), train.subList(0, 30), "", List.of(), List.of());
    TrainingResult result = Training.builder().hidden(16).layers(1).head(Head.FRAMES).threshold(0.05f).epochs(12).batch(8).seed(1).build()
        .fit(data);
    assertThat(result.test().accuracy()).isGreaterThan(0.9);
    Model model = result.model();
    assertThat(model.detector().orElseThrow().keepsState()).isTrue();
    KeywordSpotter spotter = new KeywordSpotter(model, new DetectorSettings(0, 1, 2, 1, 5, 0.5, null));
    int right = 0;
    int wrong = 0;
    for (int i = 200; i < 260; i++) {
      Example example = pulse(i, 40);
      for (int t = 0; t < example.steps(); t++) {
        int word = spotter.push(Arrays.copyOfRange(example.frames(), t * CHANNELS, (t + 1) * CHANNELS));
        boolean now = example.frameLabel(t) != Example.BACKGROUND;
        right += word == example.label() && now ? 1 : 0;
        wrong += word != Detector.NONE && !(word == example.label() && now) ? 1 : 0;
      }
    }
    assertThat(right).isGreaterThan(50);
    assertThat(wrong).isLessThan(10);
  }

  private static Example pulse(int seed, int steps) {
    SplittableRandom random = new SplittableRandom(seed);
    int label = random.nextInt(CHANNELS);
    int at = random.nextInt(5, steps - 15);
    float[] frames = new float[steps * CHANNELS];
    int[] labels = new int[steps];
    Arrays.fill(labels, Example.BACKGROUND);
    for (int i = 0; i < frames.length; i++) {
      frames[i] = 0.1f * (float) random.nextGaussian();
    }
    for (int t = at; t < at + 4; t++) {
      frames[t * CHANNELS + label] += 3;
      labels[t] = Example.IGNORED;
    }
    Arrays.fill(labels, at + 3, at + 9, label);
    return Example.ofStream("pulse " + seed, frames, steps, CHANNELS, label, labels);
  }
}

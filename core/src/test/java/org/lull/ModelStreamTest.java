// SPDX-License-Identifier: Apache-2.0
package org.lull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;
import org.lull.network.Fired;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;

class ModelStreamTest {
  private static final int CHANNELS = 3;
  private static final int STEPS = 40;

  private static Model model(String cell, int layers, int hidden, Head head, Mode mode, boolean regression) {
    Network network = new Network(new NetworkSpec(Cell.named(cell), CHANNELS, layers, hidden, regression ? 2 : head.outputs(3), head));
    Initialiser.initialise(network, new SplittableRandom(hidden));
    for (int layer = 0; layer < layers; layer++) {
      network.setThresholds(layer, Thresholds.uniform(network.spec().inputs(layer), hidden, 0.3f, 0.03f));
    }
    Normalisation normalisation = new Normalisation(new float[] {1, -2, 0}, new float[] {0.5f, 2, 1});
    Normalisation targets = regression ? new Normalisation(new float[] {100, 3}, new float[] {10, 0.1f}) : null;
    return new Model(network, mode, normalisation, regression ? List.of() : List.of("no", "yes", "perhaps"), targets, "",
        new Provenance("", "", "", "", new TreeMap<>()), null);
  }

  private static Model model(String cell, Head head, Mode mode) {
    return model(cell, 2, 20, head, mode, false);
  }

  private static float[][] frames() {
    SplittableRandom random = new SplittableRandom(3);
    float[][] frames = new float[STEPS][CHANNELS];
    for (int t = 0; t < STEPS; t++) {
      for (int i = 0; i < CHANNELS; i++) {
        frames[t][i] = (t == 0 ? 0 : 0.8f * frames[t - 1][i]) + (float) random.nextGaussian();
      }
    }
    return frames;
  }

  @ParameterizedTest
  @EnumSource
  void afterEveryFrameAStreamGivesTheBitsOfAllFramesTogether(Head head) {
    float[][] frames = frames();
    for (Mode mode : Mode.values()) {
      for (String cell : List.of("lstm", "gru", "rnn")) {
        for (int hidden : new int[] {5, 64, 300}) {
          Model model = model(cell, hidden == 300 ? 1 : 2, hidden, head, mode, false);
          ModelStream stream = model.stream();
          for (int t = 0; t < STEPS; t++) {
            Prediction streamed = stream.classify(frames[t]);
            Prediction whole = model.classify(Arrays.copyOf(frames, t + 1));
            assertThat(streamed.scores()).as("%s %s %d, frame %d", mode, cell, hidden, t).isEqualTo(whole.scores());
            assertThat(streamed.label()).isEqualTo(whole.label());
          }
        }
      }
    }
  }

  /** The columns that fired are those that are counted, and each moved by its threshold since it last fired. */
  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru", "rnn", "mingru", "indrnn", "peephole", "lnlstm"})
  void aStreamTellsWhatFired(String cell) {
    Model model = model(cell, Head.MEAN, Mode.DELTA);
    ModelStream stream = model.stream();
    float[][] frames = frames();
    float[] reference = new float[CHANNELS];
    long[] active = new long[2];
    for (float[] frame : frames) {
      stream.classify(frame);
      List<Fired> fired = stream.fired();
      assertThat(fired).hasSize(2);
      float[] x = model.normalisation().frame(frame, 0);
      for (int i = 0; i < CHANNELS; i++) {
        boolean moved = Math.abs(x[i] - reference[i]) >= 0.3f;
        assertThat(fired.getFirst().x().get(i)).isEqualTo(moved);
        reference[i] = moved ? x[i] : reference[i];
      }
      for (int layer = 0; layer < 2; layer++) {
        active[layer] += fired.get(layer).x().cardinality() + fired.get(layer).h().cardinality();
        assertThat(fired.get(layer).h().length()).isLessThanOrEqualTo(20);
        assertThat(stream.operations().layer(layer).active()).isEqualTo(active[layer]);
      }
    }
    assertThat(active[1]).isBetween(1L, STEPS * 40L - 1);
    ModelStream copy = stream.copy();
    ModelStream copyOfCopy = copy.copy();
    List<Fired> last = stream.fired();
    stream.classify(frames[0]);
    assertThat(copy.fired()).isEqualTo(last).isNotEqualTo(stream.fired());
    copy.classify(frames[0]);
    assertThat(copy.fired()).isEqualTo(stream.fired());
    assertThatThrownBy(() -> copy.classify(new float[CHANNELS + 1])).isInstanceOf(InvalidInputException.class);
    assertThat(copy.fired()).isEqualTo(stream.fired());
    assertThat(copyOfCopy.fired()).isEqualTo(last);
    stream.reset();
    assertThatThrownBy(stream.copy()::fired).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(stream::fired).isInstanceOf(IllegalStateException.class).hasMessageContaining("no frame yet");
    assertThat(stream.operations().total()).isZero();
    assertThat(copy.operations().total()).isPositive();
  }

  @Test
  void inDenseModeAllEntriesFire() {
    ModelStream stream = model("gru", Head.MEAN, Mode.DENSE).stream();
    stream.classify(frames()[0]);
    assertThat(stream.fired()).map(fired -> fired.x().cardinality()).containsExactly(CHANNELS, 20);
    assertThat(stream.fired()).map(fired -> fired.h().cardinality()).containsExactly(20, 20);
    assertThat(stream.operations().total()).isEqualTo(stream.operations().denseTotal());
  }

  @Test
  void aStreamPredictsNumbers() {
    float[][] frames = frames();
    for (Mode mode : Mode.values()) {
      Model model = model("gru", 2, 20, Head.MEAN, mode, true);
      ModelStream stream = model.stream();
      for (int t = 0; t < STEPS; t++) {
        assertThat(stream.predict(frames[t])).isEqualTo(model.predict(Arrays.copyOf(frames, t + 1)));
      }
      assertThatThrownBy(() -> stream.classify(frames[0])).isInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(() -> model("gru", Head.MEAN, Mode.DENSE).stream().predict(frames[0])).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e13f, 1e8f})
  void whatNoNetworkReadsIsRefusedAndLeavesNothingBehind(float value) {
    float[][] frames = frames();
    ModelStream stream = model("lstm", Head.MEAN, Mode.DELTA).stream();
    ModelStream clean = model("lstm", Head.MEAN, Mode.DELTA).stream();
    stream.classify(frames[0]);
    clean.classify(frames[0]);
    assertThatThrownBy(() -> stream.classify(new float[] {0, value, 0})).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(Float.toString(value));
    assertThat(stream.classify(frames[1]).scores()).isEqualTo(clean.classify(frames[1]).scores());
    assertThat(stream.health().refused()).isEqualTo(1);
    assertThat(stream.health().frames()).isEqualTo(2);
  }

  @Test
  void framesOfAnotherWidthAreRefused() {
    ModelStream stream = model("lstm", Head.MEAN, Mode.DENSE).stream();
    assertThatThrownBy(() -> stream.classify(new float[2])).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("2 channels", "expected 3");
    assertThatThrownBy(() -> stream.classify(new float[4])).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void itTellsHowItIsDoing() {
    for (Mode mode : Mode.values()) {
      ModelStream stream = model("lstm", Head.LAST, mode).stream();
      assertThat(stream.health().frames()).isZero();
      assertThat(stream.health().sparsity()).isZero();
      for (float[] frame : frames()) {
        stream.classify(frame);
      }
      assertThat(stream.health().frames()).isEqualTo(STEPS);
      assertThat(stream.health().refused()).isZero();
      if (mode == Mode.DELTA) {
        assertThat(stream.health().sparsity()).isBetween(0.05, 0.95);
        assertThat(stream.health().largestDeltaMemory()).isBetween(0.5f, 20f);
      } else {
        assertThat(stream.health().sparsity()).isZero();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStreamCanBeginAnewAndBeCopied(Head head) {
    float[][] frames = frames();
    Model model = model("lstm", head, Mode.DELTA);
    ModelStream stream = model.stream();
    stream.classify(frames[5]);
    assertThatThrownBy(() -> stream.classify(new float[0])).isInstanceOf(InvalidInputException.class);
    stream.reset();
    assertThat(stream.health()).isEqualTo(model.stream().health());
    for (int t = 0; t < 10; t++) {
      stream.classify(frames[t]);
    }
    ModelStream copy = stream.copy();
    assertThat(copy.health()).isEqualTo(stream.health());
    stream.classify(frames[20]);
    for (int t = 10; t < STEPS; t++) {
      assertThat(copy.classify(frames[t]).scores()).isEqualTo(model.classify(Arrays.copyOf(frames, t + 1)).scores());
    }
    assertThat(stream.health().frames()).isEqualTo(11);
    assertThat(copy.health().frames()).isEqualTo(STEPS);
  }

  @Test
  void aStreamThatRestartsForgetsWhatItHeardAndGoesOnCounting() {
    for (Head head : Head.values()) {
      Model model = model("lstm", head, Mode.DELTA);
      ModelStream fresh = model.stream();
      ModelStream again = model.stream();
      for (float[] frame : frames()) {
        again.classify(frame);
      }
      long before = again.operations().total();
      again.restart();
      for (float[] frame : frames()) {
        assertThat(again.classify(frame).scores()).isEqualTo(fresh.classify(frame).scores());
      }
      assertThat(again.operations().total()).isEqualTo(2 * before);
      assertThat(again.health().frames()).isEqualTo(STEPS);
    }
  }

  @Test
  void scoresThatNobodyWantsChangeNothing() {
    for (Head head : Head.values()) {
      Model model = model("gru", head, Mode.DELTA);
      ModelStream all = model.stream();
      ModelStream last = model.stream();
      float[] expected = new float[model.spec().outputs()];
      float[] scores = new float[model.spec().outputs()];
      float[][] frames = frames();
      for (int t = 0; t < STEPS; t++) {
        all.step(frames[t], expected);
        last.step(frames[t], t == STEPS - 1 ? scores : null);
      }
      assertThat(scores).isEqualTo(expected);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.cost.OperationCount;
import org.lull.kernel.KernelChoice;
import org.lull.kernel.Kernels;
import org.lull.kernel.ScalarKernels;
import org.lull.parallel.Workers;
import org.lull.rnn.Cell;
import org.lull.rnn.Cells;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.LayerState;
import org.lull.rnn.Masks;
import org.lull.rnn.ReferenceNetwork;
import org.lull.rnn.States;
import org.lull.rnn.Tape;
import org.lull.rnn.Thresholds;

/**
 * What a long sequence, or one wild frame in it, does to a sum of many terms: M going forward, G going backward. Checked against the
 * double-precision reference with the product's own masks. Those tagged slow make the tables of docs/algorithm.md.
 */
class LongSequencesTest {
  private static final int INPUTS = 8;
  private static final int CLASSES = 5;
  private static final List<String> CELLS = Cells.ALL.stream().map(Cell::name).toList();
  /** Those whose hidden units stay below 1 whatever comes in; those of a minGRU and an IndRNN take over a wild value as it is. */
  private static final List<String> BOUNDED = CELLS.stream().filter(cell -> !List.of("mingru", "indrnn").contains(cell)).toList();
  private static final float OUTLIER = 1e4f;

  /**
   * A network and a sequence for it.
   *
   * @param theta of x; a fifth of it for hidden states
   */
  private record Case(String cell, int layers, int hidden, Head head, float theta, int steps, Wild wild) {
    Network network(Kernels kernels) {
      NetworkSpec spec = new NetworkSpec(Cell.named(cell), INPUTS, layers, hidden, CLASSES, head);
      Network network = ReferenceTwin.randomNetwork(spec, kernels, steps);
      for (int layer = 0; layer < layers; layer++) {
        network.setThresholds(layer, Thresholds.uniform(spec.inputs(layer), hidden, layer == 0 ? theta : theta / 5, theta / 5));
      }
      return network;
    }

    Sequence sequence() {
      return wild.in(walk(steps), steps);
    }

    int[] labels() {
      return new SplittableRandom(11).ints(head == Head.FRAMES ? steps : 1, 0, CLASSES).toArray();
    }
  }

  /** What is wrong with a sequence. */
  private enum Wild {
    NOTHING,
    ONE_FRAME,
    FIRST_FRAME,
    LAST_FRAME,
    ONE_CHANNEL,
    ALTERNATING,
    STAYS_A_WHILE,
    FALLS_SLOWLY,
    LARGEST;

    Sequence in(Sequence sequence, int steps) {
      int middle = steps / 4;
      for (int t = 0; t < steps; t++) {
        float size = switch (this) {
          case NOTHING -> 0;
          case ONE_FRAME, ONE_CHANNEL -> t == middle ? OUTLIER : 0;
          case FIRST_FRAME -> t == 0 ? OUTLIER : 0;
          case LAST_FRAME -> t == steps - 1 ? -OUTLIER : 0;
          case ALTERNATING -> t > middle && t < middle + 20 ? t % 2 == 0 ? OUTLIER : -OUTLIER : 0;
          case STAYS_A_WHILE -> t > middle && t < middle + 100 ? OUTLIER : 0;
          case FALLS_SLOWLY -> t >= middle ? OUTLIER * (float) StrictMath.pow(0.9, t - middle) : 0;
          case LARGEST -> t == middle ? 0.999e6f : 0;
        };
        for (int i = 0; i < (this == ONE_CHANNEL ? 1 : INPUTS); i++) {
          sequence.values()[t * Kernels.pad(INPUTS) + i] += size;
        }
      }
      return sequence;
    }
  }

  /** A slow random walk, as features are: neighbouring steps differ little. */
  private static Sequence walk(int steps) {
    SplittableRandom random = new SplittableRandom(steps);
    int stride = Kernels.pad(INPUTS);
    float[] values = new float[steps * stride];
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < INPUTS; i++) {
        float before = t == 0 ? (float) random.nextDouble(-1, 1) : 0.95f * values[(t - 1) * stride + i];
        values[t * stride + i] = before + (float) random.nextDouble(-0.6, 0.6);
      }
    }
    return new Sequence(values, steps);
  }

  /** How far logits (absolutely) and gradients (as a share of the largest value of a tensor, the worst of all tensors) are off. */
  private record Errors(double logits, double gradients, double sparsity) {}

  private static Errors errors(Case c, Execution execution) {
    Network network = c.network(KernelChoice.kernels());
    NetworkPass pass = new NetworkPass(network, Mode.DELTA);
    Sequence sequence = c.sequence();
    int[] labels = c.labels();
    pass.forward(List.of(sequence), execution);
    List<boolean[][]> masks = IntStream.range(0, c.layers).mapToObj(layer -> masks(pass, network, layer, execution, c.steps)).toList();
    ReferenceNetwork.Run reference = ReferenceTwin.of(network).forward(ReferenceTwin.doubles(sequence, INPUTS), masks, labels);
    double logits = 0;
    for (int row = 0; row < labels.length; row++) {
      int at = row * pass.logitsStride();
      for (int k = 0; k < CLASSES; k++) {
        logits = Math.max(logits, Math.abs(pass.logits()[at + k] - reference.logits()[row][k]));
      }
      softmaxGradient(pass.logits(), at, labels[row], labels.length);
    }
    float[] arena = new float[network.parameters().length];
    pass.backward(arena, true, true);
    ReferenceNetwork.Gradients expected = reference.backward();
    double worst = relative(unpadded(pass.inputGradient()), expected.x());
    List<double[][]> tensors = ReferenceTwin.gradients(network, arena);
    List<double[][]> expectedTensors = expected.tensors().toList();
    for (int i = 0; i < tensors.size(); i++) {
      worst = Math.max(worst, relative(tensors.get(i), expectedTensors.get(i)));
    }
    return new Errors(logits, worst, pass.operations().sparsity());
  }

  /** Turns a row of logits into the gradient of its cross-entropy, as a share of a mean over {@code of} rows. */
  private static void softmaxGradient(float[] logits, int at, int label, int of) {
    double sum = IntStream.range(0, CLASSES).mapToDouble(k -> Math.exp(logits[at + k])).sum();
    for (int k = 0; k < CLASSES; k++) {
      logits[at + k] = (float) ((Math.exp(logits[at + k]) / sum - (k == label ? 1 : 0)) / of);
    }
  }

  private static boolean[][] masks(NetworkPass pass, Network network, int layer, Execution execution, int steps) {
    LayerLayout layout = network.layers().get(layer);
    if (execution == Execution.SPARSE) {
      return Masks.of(pass.tape(layer), layout, steps);
    }
    if (!network.thresholds(layer).zero()) {
      return Masks.held(pass.tape(layer), layout, steps);
    }
    boolean[][] everything = new boolean[steps][layout.columns()];
    Arrays.stream(everything).forEach(row -> Arrays.fill(row, true));
    return everything;
  }

  private static double relative(double[][] actual, double[][] expected) {
    double worst = 0;
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        double difference = Math.abs(actual[row][i] - expected[row][i]);
        worst = difference <= worst ? worst : difference; // NaN is the worst
      }
    }
    double largest = ReferenceTwin.largest(expected);
    return largest == 0 ? worst : worst / largest;
  }

  private static double[][] unpadded(float[] rows) {
    int stride = Kernels.pad(INPUTS);
    double[][] values = new double[rows.length / stride][INPUTS];
    for (int row = 0; row < values.length; row++) {
      for (int i = 0; i < INPUTS; i++) {
        values[row][i] = rows[row * stride + i];
      }
    }
    return values;
  }

  // ------------------------------------------------------------------------------------------------ gradients

  private static Stream<Case> longCases() {
    return CELLS.stream().flatMap(cell -> Stream.of(new Case(cell, 2, 16, Head.MEAN, 0, 700, Wild.NOTHING),
        new Case(cell, 2, 20, Head.MEAN, 0.1f, 900, Wild.NOTHING), new Case(cell, 1, 70, Head.FRAMES, 0.02f, 400, Wild.NOTHING)));
  }

  @ParameterizedTest
  @MethodSource("longCases")
  void gradientsOfLongSequencesAreThoseOfTheReference(Case c) {
    for (Execution execution : Execution.values()) {
      Errors errors = errors(c, execution);
      assertThat(errors.gradients).as("%s", execution).isLessThan(execution == Execution.SPARSE ? 6e-5 : 1e-5);
      assertThat(errors.logits).as("%s", execution).isLessThan(1e-5);
    }
  }

  /** Up to 6,000 timesteps, every head: the worst of all tensors, of two layers and of one. */
  @Tag("slow")
  @Test
  void gradientsAreExactUpToSixThousandTimesteps() {
    int[] lengths = {1, 10, 100, 300, 1000, 1500, 3000, 6000};
    System.out.println("| T | cell | sparse, theta 0 | 0.1 | 0.5 | dense, theta 0 | 0.1 | 0.5 |");
    for (int steps : lengths) {
      for (String cell : CELLS) {
        StringBuilder row = new StringBuilder("| " + steps + " | " + cell + " |");
        for (Execution execution : Execution.values()) {
          for (float theta : new float[] {0, 0.1f, 0.5f}) {
            double worst = 0;
            for (Head head : Head.values()) {
              for (int layers = 1; layers <= 2; layers++) {
                worst = Math.max(worst, errors(new Case(cell, layers, 32, head, theta, steps, Wild.NOTHING), execution).gradients);
              }
            }
            row.append(String.format(Locale.ROOT, " %.0e |", worst));
            assertThat(worst).as("%s, %s, theta %s, T = %s", cell, execution, theta, steps).isLessThan(1e-4);
          }
        }
        System.out.println(row);
      }
    }
  }

  // ------------------------------------------------------------------------------------------------ outliers

  @ParameterizedTest
  @EnumSource
  void oneWildFrameIsForgotten(Wild wild) {
    for (String cell : BOUNDED) {
      Case c = new Case(cell, 2, 20, Head.FRAMES, 0.1f, 500, wild);
      Errors errors = errors(c, Execution.SPARSE);
      assertThat(errors.logits).as(cell).isLessThan(2e-5);
      assertThat(errors.gradients).as(cell).isLessThan(gradientBound(c));
    }
  }

  /**
   * Where gates saturate for long, 1 - s(f) keeps few digits, and floats have no better gradient: the dense products have not either. An
   * LSTM with peepholes magnifies what is left of an outlier: its c, which runs up while gates saturate, feeds them.
   */
  private static double gradientBound(Case c) {
    return c.cell.equals("peephole") ? 2e-3 : Math.max(1e-4, 3 * errors(c, Execution.DENSE).gradients);
  }

  @Tag("slow")
  @Test
  void outliersOfTenThousandDeviations() {
    System.out.println("| in a sequence of 500 timesteps | logits | gradients | dense form: logits | gradients |");
    for (Wild wild : Wild.values()) {
      double[] worst = new double[4];
      for (String cell : BOUNDED) {
        for (float theta : new float[] {0.02f, 0.1f, 0.3f}) {
          Case c = new Case(cell, 2, 20, Head.FRAMES, theta, 500, wild);
          Errors sparse = errors(c, Execution.SPARSE);
          Errors dense = errors(c, Execution.DENSE);
          double[] errors = {sparse.logits, sparse.gradients, dense.logits, dense.gradients};
          Arrays.setAll(worst, i -> Math.max(worst[i], errors[i]));
          assertThat(sparse.logits).as("%s, %s, theta %s", wild, cell, theta).isLessThan(2e-5);
          assertThat(sparse.gradients).as("%s, %s, theta %s", wild, cell, theta).isLessThan(gradientBound(c));
        }
      }
      System.out.printf(Locale.ROOT, "| %s | %.0e | %.0e | %.0e | %.0e |%n", wild.name().toLowerCase(Locale.ROOT).replace('_', ' '),
          worst[0], worst[1], worst[2], worst[3]);
    }
  }

  // ------------------------------------------------------------------------------------------------ one result, however it is computed

  private static Stream<Case> caseOfEachKind() {
    return CELLS.stream().flatMap(cell -> Stream.of(new Case(cell, 2, 20, Head.FRAMES, 0.1f, 500, Wild.FALLS_SLOWLY),
        new Case(cell, 2, 130, Head.FRAMES, 0.02f, 300, Wild.STAYS_A_WHILE), new Case(cell, 1, 7, Head.FRAMES, 0, 300, Wild.FIRST_FRAME)));
  }

  @ParameterizedTest
  @MethodSource("caseOfEachKind")
  void aStreamTakesItsKeyframesWhereTheSequenceDoes(Case c) {
    Network network = c.network(KernelChoice.kernels());
    NetworkPass pass = new NetworkPass(network, Mode.DELTA);
    Sequence sequence = c.sequence();
    pass.forward(List.of(sequence));
    NetworkStream stream = new NetworkStream(network);
    NetworkState state = new NetworkState(network);
    for (int t = 0; t < c.steps; t++) {
      int at = t * Kernels.pad(INPUTS);
      float[] scores = stream.step(t == 150 ? state = state.copy() : state, Arrays.copyOfRange(sequence.values(), at, at + INPUTS));
      int row = t * pass.logitsStride();
      assertThat(scores).as("step %d", t).isEqualTo(Arrays.copyOfRange(pass.logits(), row, row + CLASSES));
    }
    for (int layer = 0; layer < c.layers; layer++) {
      assertThat(stream.operations().layer(layer).forward()).isEqualTo(pass.operations().layer(layer).forward());
    }
  }

  @ParameterizedTest
  @MethodSource("caseOfEachKind")
  void threadsAndKernelsGiveTheSameBits(Case c) {
    float[] expected = gradients(c.network(KernelChoice.kernels()), c, 1);
    assertThat(gradients(c.network(new ScalarKernels()), c, 1)).isEqualTo(expected);
    for (int threads = 2; threads <= 3; threads++) {
      assertThat(gradients(c.network(KernelChoice.kernels()), c, threads)).isEqualTo(expected);
    }
  }

  /** Also where several threads share a layer, each some of its panels. */
  @ParameterizedTest
  @FieldSource("CELLS")
  void threadsThatShareALayerGiveTheSameBits(String cell) {
    Case c = new Case(cell, 2, LayerScheduler.SHARED_UNITS, Head.MEAN, 0.02f, 160, Wild.ALTERNATING);
    assertThat(gradients(c.network(KernelChoice.kernels()), c, 2)).isEqualTo(gradients(c.network(KernelChoice.kernels()), c, 1));
  }

  private static float[] gradients(Network network, Case c, int threads) {
    try (Workers workers = new Workers(threads)) {
      NetworkPass pass = new NetworkPass(network, Mode.DELTA);
      pass.penaliseDeltas(0.1f);
      pass.forward(List.of(c.sequence()), Execution.SPARSE, new LayerScheduler(network, workers));
      int[] labels = c.labels();
      for (int row = 0; row < labels.length; row++) {
        softmaxGradient(pass.logits(), row * pass.logitsStride(), labels[row], labels.length);
      }
      float[] gradients = new float[network.parameters().length];
      pass.backward(gradients, true);
      return gradients;
    }
  }

  /** The penalty on what is transmitted does not care how M is computed. */
  @ParameterizedTest
  @EnumSource(names = {"NOTHING", "ALTERNATING"})
  void thePenaltyIsThatOfTheReferenceAtKeyframesToo(Wild wild) {
    for (String cell : BOUNDED) {
      Case c = new Case(cell, 2, 20, Head.MEAN, 0.1f, 500, wild);
      Network network = c.network(KernelChoice.kernels());
      NetworkPass pass = new NetworkPass(network, Mode.DELTA);
      pass.penaliseDeltas(0.3f);
      pass.forward(List.of(c.sequence()));
      List<boolean[][]> masks = IntStream.range(0, 2).mapToObj(layer -> masks(pass, network, layer, Execution.SPARSE, c.steps)).toList();
      softmaxGradient(pass.logits(), 0, c.labels()[0], 1);
      float[] arena = new float[network.parameters().length];
      pass.backward(arena, true, true);
      ReferenceNetwork.Gradients expected =
          ReferenceTwin.of(network).forward(ReferenceTwin.doubles(c.sequence(), INPUTS), masks, c.labels()).backward(0.3);
      List<double[][]> tensors = ReferenceTwin.gradients(network, arena);
      List<double[][]> expectedTensors = expected.tensors().toList();
      for (int i = 0; i < tensors.size(); i++) {
        assertThat(relative(tensors.get(i), expectedTensors.get(i))).as("%s, tensor %d", cell, i).isLessThan(1e-4);
      }
      assertThat(relative(unpadded(pass.inputGradient()), expected.x())).as(cell).isLessThan(1e-4);
    }
  }

  // ------------------------------------------------------------------------------------------------ what they cost

  /** Counted by hand from what fired: 128 times as many entries as there are, or a move of more than 16, and all columns are taken. */
  @ParameterizedTest
  @MethodSource("caseOfEachKind")
  void keyframesAreCounted(Case c) {
    Network network = c.network(KernelChoice.kernels());
    NetworkPass pass = new NetworkPass(network, Mode.DELTA);
    Sequence sequence = c.sequence();
    pass.forward(List.of(sequence));
    pass.backward(new float[network.parameters().length], true);
    for (int layer = 0; layer < c.layers; layer++) {
      LayerLayout layout = network.layers().get(layer);
      boolean[][] masks = masks(pass, network, layer, Execution.SPARSE, c.steps);
      Tape tape = layer == 0 ? null : pass.tape(layer - 1);
      float[] x = layer == 0 ? sequence.values() : tape.array();
      long ofX = 0;
      long ofH = 0;
      long keyframes = 0;
      int added = 0;
      float[] last = new float[layout.columns()];
      for (int t = 0; t < c.steps; t++) {
        boolean large = false;
        int firedX = 0;
        int firedH = 0;
        for (int j = 0; j < layout.columns(); j++) {
          if (masks[t][j]) {
            boolean isX = j < layout.inputs();
            float v = isX ? x[(layer == 0 ? t * layout.paddedInputs() : tape.h(t + 1)) + j]
                : pass.tape(layer).array()[pass.tape(layer).h(t) + j - layout.inputs()];
            large |= Math.abs(v - last[j]) > 16;
            last[j] = v;
            firedX += isX ? 1 : 0;
            firedH += isX ? 0 : 1;
          }
        }
        boolean keyframe = large || added >= 128 * layout.columns();
        added = keyframe ? 0 : added + firedX + firedH;
        keyframes += keyframe ? 1 : 0;
        ofX += keyframe ? layout.inputs() : firedX;
        ofH += keyframe ? layout.entriesOfH() : firedH;
      }
      OperationCount count = pass.operations().layer(layer);
      assertThat(keyframes > 0 || layer > 0).as("keyframes of layer %d", layer).isTrue(); // the layers above hear of no outlier
      assertThat(count.forward()).isEqualTo(ofX * layout.macsPerColumnOfX() + ofH * layout.macsPerColumnOfH());
      assertThat(count.weightGradient()).isEqualTo(count.forward());
      assertThat(count.transposed()).isEqualTo((layer > 0 ? ofX * layout.macsPerColumnOfX() : 0) + ofH * layout.macsPerColumnOfH());
    }
  }

  /** Sequences of the usual length are what they were, and their counts those of what fired. */
  @ParameterizedTest
  @FieldSource("CELLS")
  void aSequenceOfTheUsualLengthHasNone(String cell) {
    Case c = new Case(cell, 1, 20, Head.MEAN, 0.5f, 300, Wild.NOTHING);
    Network network = c.network(KernelChoice.kernels());
    NetworkPass pass = new NetworkPass(network, Mode.DELTA);
    pass.forward(List.of(c.sequence()));
    OperationCount count = pass.operations().layer(0);
    assertThat(count.forward()).isEqualTo(count.active() * network.layers().getFirst().macsPerColumnOfX());
  }

  // ------------------------------------------------------------------------------------------------ drift

  @ParameterizedTest
  @FieldSource("CELLS")
  void theMemoryOfALongStreamStaysThatOfItsReferences(String cell) {
    Drift drift = drift(cell, 20_000);
    assertThat(drift.largest).isLessThan(1e-5);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(ints = {1_000_000, 10_000_000})
  void theMemoryOfAStreamOfDaysStaysThatOfItsReferences(int frames) {
    for (String cell : CELLS) {
      Drift drift = drift(cell, frames);
      System.out.printf(Locale.ROOT, "%s after %,d frames: M is off by %.1e at the most, %d of the next %,d entries differ in what fired%n",
          cell, frames, drift.largest, drift.flips, drift.entries);
      assertThat(drift.largest).isLessThan(1e-4);
      assertThat((long) drift.flips).isLessThanOrEqualTo(drift.entries / 10_000);
    }
  }

  private static final int AFTER = 1000;

  /**
   * @param largest difference of M from bias + W vHat, looked at now and then
   * @param flips entries whose references differ, over the timesteps that follow, from those of a stream whose M was set right before them
   * @param entries there are in them
   */
  private record Drift(double largest, int flips, long entries) {}

  /** Noise, for a small network. */
  private static Drift drift(String cell, int frames) {
    Network network = new Case(cell, 1, 8, Head.LAST, 0.3f, 1, Wild.NOTHING).network(KernelChoice.kernels());
    LayerLayout layout = network.layers().getFirst();
    NetworkStream stream = new NetworkStream(network);
    NetworkState state = new NetworkState(network);
    SplittableRandom random = new SplittableRandom(5);
    float[] frame = new float[INPUTS];
    double largest = 0;
    for (int t = 1; t <= frames; t++) {
      stream.step(state, noise(random, frame));
      if (t % 1000 == 0) {
        largest = Math.max(largest, States.drift(lowest(state), layout, network.parameters()));
      }
    }
    NetworkState right = state.copy();
    States.refresh(lowest(right), layout, network.parameters());
    int flips = 0;
    for (int t = 0; t < AFTER; t++) {
      noise(random, frame);
      stream.step(state, frame);
      stream.step(right, frame);
      float[] references = States.references(lowest(state), layout);
      float[] expected = States.references(lowest(right), layout);
      for (int j = 0; j < references.length; j++) {
        flips += Math.abs(references[j] - expected[j]) > 1e-3 ? 1 : 0;
      }
    }
    return new Drift(largest, flips, (long) AFTER * layout.columns());
  }

  private static LayerState lowest(NetworkState state) {
    return ((Float32.FloatState) state.layers).layers().getFirst();
  }

  private static float[] noise(SplittableRandom random, float[] frame) {
    for (int i = 0; i < frame.length; i++) {
      frame[i] = (float) random.nextGaussian();
    }
    return frame;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lull.cost.OperationCount;
import org.lull.io.StateDict;
import org.lull.kernel.KernelChoice;
import org.lull.kernel.Kernels;
import org.lull.kernel.ScalarKernels;
import org.lull.rnn.Cell;
import org.lull.rnn.Cells;
import org.lull.rnn.GoldenFile;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.Masks;
import org.lull.rnn.ReferenceCell;
import org.lull.rnn.ReferenceNetwork;
import org.lull.rnn.Tape;
import org.lull.rnn.Thresholds;

/** What every cell must do, in delta mode and in dense mode, checked against two oracles: the double-precision reference and PyTorch. */
class CellContractTest {
  private static final int CLASSES = 6;
  private static final float PENALTY = 0.3f;
  private static final List<String> CELLS = Cells.ALL.stream().map(Cell::name).toList();

  /**
   * A network and one sequence for it.
   *
   * @param thetaX mean threshold of x; each entry of each layer draws its own around it
   * @param thetaH the same of h
   */
  private record Case(String cell, int inputs, int hidden, int layers, int steps, Head head, float thetaX, float thetaH) {
    Network network(Kernels kernels) {
      NetworkSpec spec = new NetworkSpec(Cell.named(cell), inputs, layers, hidden, CLASSES, head);
      Network network = ReferenceTwin.randomNetwork(spec, kernels, steps);
      SplittableRandom random = new SplittableRandom(7);
      for (int layer = 0; layer < layers; layer++) {
        float ofX = layer == 0 ? thetaX : thetaH; // the input of the layers above is an h
        network.setThresholds(layer, new Thresholds(around(random, ofX, spec.inputs(layer)), around(random, thetaH, hidden)));
      }
      return network;
    }

    Network network() {
      return network(KernelChoice.kernels());
    }

    /** Large layers take long in double precision. What is special about them belongs to the layer, which three cells show. */
    boolean worthItsTime() {
      return List.of("lstm", "gru", "rnn").contains(cell) || hidden * steps < 8000 || hidden > 300;
    }

    private static float[] around(SplittableRandom random, float theta, int n) {
      float[] thresholds = new float[Kernels.pad(n)];
      for (int i = 0; i < thresholds.length; i++) {
        thresholds[i] = theta * (float) random.nextDouble(0.5, 1.5);
      }
      return thresholds;
    }

    Sequence sequence() {
      return walk(inputs, steps, 3);
    }

    int[] labels() {
      return new SplittableRandom(11).ints(head == Head.FRAMES ? steps : 1, 0, CLASSES).toArray();
    }
  }

  /** A slow random walk, as features are: neighbouring steps differ little. */
  private static Sequence walk(int inputs, int steps, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int stride = Kernels.pad(inputs);
    float[] values = new float[steps * stride];
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < inputs; i++) {
        float before = t == 0 ? (float) random.nextDouble(-1, 1) : 0.95f * values[(t - 1) * stride + i];
        values[t * stride + i] = before + (float) random.nextDouble(-0.3, 0.3);
      }
    }
    return new Sequence(values, steps);
  }

  /**
   * Sizes about the panel of 64, beyond the largest layer of such panels and about the padding of 16, lengths about the block of 64 that
   * such a layer has, thresholds from 0 to one that nothing reaches.
   */
  private static List<Case> cases() {
    return CELLS.stream().flatMap(cell -> List.of(
        new Case(cell, 1, 1, 1, 1, Head.LAST, 0, 0),
        new Case(cell, 5, 7, 1, 9, Head.MEAN, 0, 0),
        new Case(cell, 13, 16, 2, 65, Head.MEAN, 0.1f, 0.01f),
        new Case(cell, 5, 7, 3, 70, Head.FRAMES, 0.3f, 0.05f),
        new Case(cell, 16, 33, 1, 64, Head.LAST, 0.5f, 0.02f),
        new Case(cell, 40, 64, 2, 33, Head.MEAN, 0.5f, 0.1f),
        new Case(cell, 13, 70, 2, 40, Head.FRAMES, 0.2f, 0.02f),
        new Case(cell, 16, 130, 2, 30, Head.MEAN, 0.4f, 0.05f),
        new Case(cell, 40, 130, 1, 70, Head.LAST, 0, 0.1f),
        new Case(cell, 40, 200, 1, 70, Head.MEAN, 0.3f, 0.05f),
        new Case(cell, 60, 340, 1, 12, Head.LAST, 0.2f, 0.02f),
        new Case(cell, 1, 64, 2, 20, Head.MEAN, 0.1f, 0),
        new Case(cell, 5, 70, 3, 12, Head.LAST, 0.05f, 0.005f),
        new Case(cell, 16, 64, 2, 70, Head.MEAN, 1.2f, 0.2f),
        new Case(cell, 13, 33, 2, 50, Head.FRAMES, 1e30f, 1e30f),
        new Case(cell, 40, 1, 2, 2, Head.MEAN, 0.1f, 0.1f)).stream().filter(Case::worthItsTime)).toList();
  }

  /** What a forward and a backward pass left. */
  private record Result(float[] logits, double loss, float[] gradients, float[] dx) {}

  /** Runs sequences together, forward and backward, for the sum of their losses. */
  private static Result run(NetworkPass pass, Execution execution, Network network, List<Sequence> sequences, List<int[]> labels) {
    pass.forward(sequences, execution);
    float[] logits = logits(pass, network);
    double loss = gradientOfLogits(pass, network, sequences, labels);
    float[] gradients = new float[network.parameters().length];
    pass.backward(gradients, false, true);
    return new Result(logits, loss, gradients, pass.inputGradient());
  }

  /** Turns the logits into the gradient of the sum of losses, which it returns. */
  private static double gradientOfLogits(NetworkPass pass, Network network, List<Sequence> sequences, List<int[]> labels) {
    double loss = 0;
    for (int s = 0; s < sequences.size(); s++) {
      int decisions = network.spec().head() == Head.FRAMES ? sequences.get(s).steps() : 1;
      for (int t = 0; t < decisions; t++) {
        int row = network.spec().head() == Head.FRAMES ? pass.packing().row(t, s) : s;
        loss += softmaxGradient(pass.logits(), row * pass.logitsStride(), labels.get(s)[t], decisions);
      }
    }
    return loss;
  }

  /** In the form a mode has by default. */
  private static Result run(NetworkPass pass, Network network, Sequence sequence, int... labels) {
    return run(pass, pass.mode() == Mode.DENSE ? Execution.DENSE : Execution.SPARSE, network, sequence, labels);
  }

  private static Result run(NetworkPass pass, Execution execution, Network network, Sequence sequence, int... labels) {
    return run(pass, execution, network, List.of(sequence), List.of(labels));
  }

  private static float[] logits(NetworkPass pass, Network network) {
    int rows = network.spec().head() == Head.FRAMES ? pass.packing().rows() : pass.packing().sequences();
    return Arrays.copyOf(pass.logits(), rows * pass.logitsStride());
  }

  /** Cross-entropy of a row of logits, which its gradient replaces, as a share of a mean over {@code of} rows. */
  private static double softmaxGradient(float[] logits, int at, int label, int of) {
    double sum = IntStream.range(0, CLASSES).mapToDouble(k -> Math.exp(logits[at + k])).sum();
    double loss = Math.log(sum) - logits[at + label];
    for (int k = 0; k < CLASSES; k++) {
      logits[at + k] = (float) ((Math.exp(logits[at + k]) / sum - (k == label ? 1 : 0)) / of);
    }
    return loss / of;
  }

  // ------------------------------------------------------------------------------------------------ against the double-precision reference

  /**
   * The masks are the product's own, held constant. Relative errors: of a tensor, largest difference over largest value, at most 1e-4;
   * of each element at most 1e-3, values below a hundredth of the tensor's largest counting as that. Sums that cancel to 0 leave their
   * rounding.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void sparseGradientsAreThoseOfTheReference(Case c) {
    Network network = c.network();
    NetworkPass pass = new NetworkPass(network, Mode.DELTA);
    Result result = run(pass, network, c.sequence(), c.labels());
    assertGradients(c, network, result, masks(pass, network, c.steps));
  }

  /** The penalty is a term of the loss like any other, in both forms. */
  @ParameterizedTest
  @MethodSource("cases")
  void thePenaltyOnDeltasHasTheGradientOfTheReference(Case c) {
    Network network = c.network();
    long zero = IntStream.range(0, c.layers).filter(layer -> network.thresholds(layer).zero()).count();
    for (Execution execution : Execution.values()) {
      NetworkPass pass = new NetworkPass(network, Mode.DELTA);
      pass.penaliseDeltas(PENALTY);
      Result result = run(pass, execution, network, c.sequence(), c.labels());
      if (zero == c.layers) { // nothing is held back, hence nothing penalised
        assertSame(result, run(new NetworkPass(network, Mode.DELTA), execution, network, c.sequence(), c.labels()));
      }
      if (zero > 0) { // the reference knows no layer without a penalty
        continue;
      }
      List<boolean[][]> masks = execution == Execution.SPARSE ? masks(pass, network, c.steps) : IntStream.range(0, c.layers)
          .mapToObj(layer -> Masks.held(pass.tape(layer), network.layers().get(layer), c.steps)).toList();
      assertGradients(c, network, result, masks, PENALTY);
    }
  }

  /** Delta mode by dense products: the same gradients, and the same counts of what fired. */
  @ParameterizedTest
  @MethodSource("cases")
  void denseProductsOnHeldValuesStandInForTheSparseOnes(Case c) {
    Network network = c.network();
    NetworkPass pass = new NetworkPass(network, Mode.DELTA);
    Result result = run(pass, Execution.DENSE, network, c.sequence(), c.labels());
    List<boolean[][]> masks = new ArrayList<>();
    for (int layer = 0; layer < c.layers; layer++) {
      LayerLayout layout = network.layers().get(layer);
      boolean[][] active = new boolean[c.steps][layout.columns()];
      Arrays.stream(active).forEach(row -> Arrays.fill(row, true));
      masks.add(network.thresholds(layer).zero() ? active : Masks.held(pass.tape(layer), layout, c.steps));
    }
    assertGradients(c, network, result, masks);

    NetworkPass sparse = new NetworkPass(network, Mode.DELTA);
    Result expected = run(sparse, network, c.sequence(), c.labels());
    if (Arrays.deepEquals(masks(sparse, network, c.steps).toArray(), masks.toArray())) { // but for an entry on its threshold's very edge
      assertClose(result, expected, 2e-5);
    }
    for (int layer = 0; layer < c.layers; layer++) {
      OperationCount count = pass.operations().layer(layer);
      OperationCount ofSparse = sparse.operations().layer(layer);
      assertThat(count.sparsityX()).isCloseTo(ofSparse.sparsityX(), within(1e-3));
      assertThat(count.sparsityH()).isCloseTo(ofSparse.sparsityH(), within(1e-3));
      double expectedTotal = network.thresholds(layer).zero() ? count.denseTotal() : ofSparse.total();
      assertThat((double) count.total()).isCloseTo(expectedTotal, within(1e-3 * count.denseTotal()));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void denseGradientsAreThoseOfTheReference(Case c) {
    Network network = c.network();
    List<boolean[][]> everything = new ArrayList<>();
    for (LayerLayout layout : network.layers()) {
      boolean[][] active = new boolean[c.steps][layout.columns()];
      Arrays.stream(active).forEach(row -> Arrays.fill(row, true));
      everything.add(active);
    }
    assertGradients(c, network, run(new NetworkPass(network, Mode.DENSE), network, c.sequence(), c.labels()), everything);
  }

  private static void assertGradients(Case c, Network network, Result result, List<boolean[][]> masks) {
    assertGradients(c, network, result, masks, 0);
  }

  private static void assertGradients(Case c, Network network, Result result, List<boolean[][]> masks, float penalty) {
    ReferenceNetwork.Run reference = ReferenceTwin.of(network).forward(ReferenceTwin.doubles(c.sequence(), c.inputs), masks, c.labels());
    assertThat(result.loss).isCloseTo(reference.loss(), within(1e-5));
    assertRelative("logits", unpadded(result.logits, CLASSES), reference.logits());
    ReferenceNetwork.Gradients expected = reference.backward(penalty);
    assertRelative("dL/dx", unpadded(result.dx, c.inputs), expected.x());
    List<double[][]> tensors = ReferenceTwin.gradients(network, result.gradients);
    List<double[][]> expectedTensors = expected.tensors().toList();
    assertThat(tensors).hasSameSizeAs(expectedTensors);
    for (int i = 0; i < tensors.size(); i++) {
      assertRelative("tensor " + i, tensors.get(i), expectedTensors.get(i));
    }
    assertPaddingIsZero(network, result.gradients);
  }

  private static void assertRelative(String what, double[][] actual, double[][] expected) {
    double largest = ReferenceTwin.largest(expected);
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        double difference = Math.abs(actual[row][i] - expected[row][i]);
        double bound = largest == 0 ? 1e-7 : Math.min(1e-4 * largest, 1e-3 * Math.max(0.01 * largest, Math.abs(expected[row][i])));
        if (!(difference <= bound)) { // an assertion for each of a million elements would take most of the time
          fail("%s [%d][%d]: %s, expected %s", what, row, i, actual[row][i], expected[row][i]);
        }
      }
    }
  }

  /** What is no parameter has no gradient: a trip through the tensors, which leave padding out, loses nothing. */
  private static void assertPaddingIsZero(Network network, float[] gradients) {
    Network holder = new Network(network.spec());
    System.arraycopy(gradients, 0, holder.parameters(), 0, gradients.length);
    Network unpadded = new Network(network.spec());
    StateDict.load(unpadded, ReferenceTwin.contents(ReferenceTwin.tensors(holder)));
    assertThat(unpadded.parameters()).isEqualTo(gradients);
  }

  private static double[][] unpadded(float[] rows, int width) {
    int stride = Kernels.pad(width);
    double[][] values = new double[rows.length / stride][width];
    for (int row = 0; row < values.length; row++) {
      for (int i = 0; i < width; i++) {
        values[row][i] = rows[row * stride + i];
      }
    }
    return values;
  }

  private static List<boolean[][]> masks(NetworkPass pass, Network network, int steps) {
    List<boolean[][]> masks = new ArrayList<>();
    for (int layer = 0; layer < network.spec().layers(); layer++) {
      masks.add(Masks.of(pass.tape(layer), network.layers().get(layer), steps));
    }
    return masks;
  }

  // ------------------------------------------------------------------------------------------------ what fires, and what it costs

  /** The definition, on the values the product itself computed. */
  @ParameterizedTest
  @MethodSource("cases")
  void anEntryFiresAsDefinedAndIsCounted(Case c) {
    Network network = c.network();
    NetworkPass pass = new NetworkPass(network, Mode.DELTA);
    Sequence sequence = c.sequence();
    pass.forward(List.of(sequence));
    pass.backward(new float[network.parameters().length], false);
    for (int layer = 0; layer < c.layers; layer++) {
      LayerLayout layout = network.layers().get(layer);
      Tape tape = pass.tape(layer);
      Tape below = layer == 0 ? null : pass.tape(layer - 1);
      float[] x = layer == 0 ? sequence.values() : below.array();
      int xAt = layer == 0 ? 0 : below.h(1);
      Thresholds theta = network.thresholds(layer);
      boolean[][] expected = new boolean[c.steps][layout.columns()];
      long ofX = fired(x, xAt, layout.paddedInputs(), theta.x(), layout.inputs(), expected, 0);
      long ofH = fired(tape.array(), tape.h(0), layout.paddedUnits(), theta.h(), layout.entriesOfH(), expected, layout.inputs());
      assertThat(Masks.of(tape, layout, c.steps)).isDeepEqualTo(expected);

      OperationCount count = pass.operations().layer(layer);
      ReferenceCell reference = ReferenceCell.named(c.cell);
      long rowsOfX = (long) c.hidden * reference.gatesOfX();
      long rowsOfH = (long) c.hidden * reference.gatesOfH();
      boolean recurrent = rowsOfH > 0;
      long denseX = (long) c.steps * layout.inputs() * rowsOfX;
      long denseH = (long) c.steps * c.hidden * rowsOfH;
      assertThat(layout.columns()).isEqualTo(layout.inputs() + (recurrent ? c.hidden : 0));
      assertThat(count.steps()).isEqualTo(c.steps);
      assertThat(count.forward()).isEqualTo(ofX * rowsOfX + ofH * rowsOfH);
      assertThat(count.weightGradient()).isEqualTo(ofX * rowsOfX + ofH * rowsOfH);
      assertThat(count.transposed()).isEqualTo((layer > 0 ? ofX * rowsOfX : 0) + ofH * rowsOfH);
      assertThat(count.denseTotal()).isEqualTo(3 * (denseX + denseH) - c.hidden * rowsOfH - (layer > 0 ? 0 : denseX));
      assertThat(count.sparsityX()).isCloseTo(1 - ofX / (double) (c.steps * layout.inputs()), within(1e-12));
      assertThat(count.sparsityH()).isCloseTo(recurrent ? 1 - ofH / (double) (c.steps * layout.units()) : 0, within(1e-12));
    }
  }

  private static long fired(float[] values, int at, int stride, float[] theta, int n, boolean[][] active, int column) {
    long count = 0;
    float[] last = new float[n];
    for (int t = 0; t < active.length; t++) {
      for (int i = 0; i < n; i++) {
        float v = values[at + t * stride + i];
        if (Math.abs(v - last[i]) >= theta[i]) {
          last[i] = v;
          active[t][column + i] = true;
          count++;
        }
      }
    }
    return count;
  }

  @ParameterizedTest
  @FieldSource("CELLS")
  void theCasesReachFromNoSparsityToAll(String cell) {
    List<Double> sparsities = cases().stream().filter(c -> c.cell.equals(cell)).map(c -> {
      Network network = c.network();
      NetworkPass pass = new NetworkPass(network, Mode.DELTA);
      pass.forward(List.of(c.sequence()));
      return pass.operations().sparsity();
    }).sorted().toList();
    assertThat(sparsities).startsWith(0.0).endsWith(1.0)
        .anyMatch(s -> s > 0.2 && s < 0.6).anyMatch(s -> s > 0.6 && s < 0.85).anyMatch(s -> s > 0.88 && s < 1);
  }

  /** Not masked but skipped: what is never read may be anything. */
  @ParameterizedTest
  @CsvSource({"lstm, 16, 64", "lstm, 13, 70", "gru, 16, 64", "gru, 13, 70", "rnn, 16, 64", "rnn, 13, 70",
      "lstm, 60, 200", "gru, 60, 200", "mingru, 13, 70", "indrnn, 16, 200", "peephole, 13, 70", "lnlstm, 60, 200"})
  void columnsThatNeverFireAreNeverRead(String cell, int inputs, int hidden) {
    Case c = new Case(cell, inputs, hidden, 2, 12, Head.MEAN, 0.9f, 0.1f);
    Network network = c.network();
    NetworkPass pass = new NetworkPass(network, Mode.DELTA);
    Result expected = run(pass, network, c.sequence(), c.labels());
    List<boolean[][]> masks = masks(pass, network, c.steps);
    int poisoned = 0;
    for (int layer = 0; layer < 2; layer++) {
      LayerLayout layout = network.layers().get(layer);
      for (int j = 0; j < layout.columns(); j++) {
        int column = j;
        if (Arrays.stream(masks.get(layer)).noneMatch(step -> step[column])) {
          poisoned++;
          for (int panel = 0; panel < layout.panels(); panel++) {
            Arrays.fill(network.parameters(), layout.column(panel, j), layout.column(panel, j + 1), Float.NaN);
          }
        }
      }
    }
    assertThat(poisoned).isBetween(10, network.layers().get(0).columns() + network.layers().get(1).columns() - 10);
    assertSame(run(pass, network, c.sequence(), c.labels()), expected);
  }

  @ParameterizedTest
  @FieldSource("CELLS")
  void whereNothingFiresTheMemoryStaysTheBias(String cell) {
    Case c = new Case(cell, 5, 20, 1, 30, Head.FRAMES, 1e30f, 1e30f);
    Network network = c.network();
    Result result = run(new NetworkPass(network, Mode.DELTA), network, c.sequence(), c.labels());
    Result ofAnotherInput = run(new NetworkPass(network, Mode.DELTA), network, walk(5, 30, 99), c.labels());
    assertSame(ofAnotherInput, result);
    assertThat(result.dx).containsOnly(0f);
    LayerLayout layout = network.layers().getFirst();
    assertThat(Arrays.copyOfRange(result.gradients, layout.column(0, 0), layout.bias(0))).containsOnly(0f);
    assertThat(IntStream.range(layout.bias(0), layout.end()).mapToDouble(i -> result.gradients[i])).anyMatch(g -> g != 0);
  }

  // ------------------------------------------------------------------------------------------------ against PyTorch

  private static List<Arguments> goldenFiles() {
    return GoldenFile.all().stream().flatMap(file -> Arrays.stream(Mode.values()).map(mode -> Arguments.of(file, mode))).toList();
  }

  @ParameterizedTest
  @MethodSource("goldenFiles")
  void withoutThresholdsItIsPyTorch(GoldenFile file, Mode mode) {
    ReferenceNetwork shape = file.network();
    List<GoldenFile.Sequence> sequences = file.sequences();
    int inputs = sequences.getFirst().x()[0].length;
    int hidden = sequences.getFirst().h()[0].length;
    Cell cell = Cell.named(file.contents().metadata().get("cell"));
    Network network = new Network(new NetworkSpec(cell, inputs, shape.layers().size(), hidden, CLASSES, Head.MEAN));
    StateDict.load(network, file.contents());
    List<List<GoldenFile.Sequence>> together = mode == Mode.DENSE ? List.of(sequences) : sequences.stream().map(List::of).toList();

    NetworkPass pass = new NetworkPass(network, mode);
    float[] gradients = new float[network.parameters().length];
    double loss = 0;
    for (List<GoldenFile.Sequence> batch : together) {
      pass.forward(batch.stream().map(sequence -> padded(sequence.x())).toList());
      double[][] h = unpadded(pass.topHidden(), hidden);
      double[][] logits = unpadded(pass.logits(), CLASSES);
      for (int s = 0; s < batch.size(); s++) {
        assertAbsolute("logits", new double[][] {logits[s]}, new double[][] {batch.get(s).logits()});
        assertAbsolute("h", ofSequence(pass, h, s), batch.get(s).h());
        loss += softmaxGradient(pass.logits(), s * pass.logitsStride(), batch.get(s).label(), sequences.size());
      }
      pass.backward(gradients, false, true);
      double[][] dx = unpadded(pass.inputGradient(), inputs);
      for (int s = 0; s < batch.size(); s++) {
        assertAbsolute("dL/dx", ofSequence(pass, dx, s), batch.get(s).gradX());
      }
    }
    assertThat(loss).isCloseTo(file.loss(), within(1e-5));
    List<double[][]> actual = ReferenceTwin.gradients(network, gradients);
    List<double[][]> expected = file.gradients();
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertAbsolute("tensor " + i, actual.get(i), expected.get(i));
    }
  }

  /** Within 1e-5, and within 1e-5 of the largest value of the tensor where that is below 1. */
  private static void assertAbsolute(String what, double[][] actual, double[][] expected) {
    double tolerance = 1e-5 * Math.min(1, ReferenceTwin.largest(expected));
    assertThat(actual.length).as(what).isEqualTo(expected.length);
    for (int row = 0; row < expected.length; row++) {
      assertThat(actual[row]).as("%s, row %d", what, row).containsExactly(expected[row], within(tolerance));
    }
  }

  private static Sequence padded(double[][] x) {
    int stride = Kernels.pad(x[0].length);
    float[] values = new float[x.length * stride];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[t].length; i++) {
        values[t * stride + i] = (float) x[t][i];
      }
    }
    return new Sequence(values, x.length);
  }

  private static double[][] ofSequence(NetworkPass pass, double[][] rows, int s) {
    return IntStream.range(0, pass.packing().length(s)).mapToObj(t -> rows[pass.packing().row(t, s)]).toArray(double[][]::new);
  }

  // ------------------------------------------------------------------------------------------------ one result, however it is computed

  @ParameterizedTest
  @MethodSource("cases")
  void deltaModeWithoutThresholdsIsDenseMode(Case c) {
    Network network = new Case(c.cell, c.inputs, c.hidden, c.layers, c.steps, c.head, 0, 0).network();
    Result dense = run(new NetworkPass(network, Mode.DENSE), network, c.sequence(), c.labels());
    Result delta = run(new NetworkPass(network, Mode.DELTA), network, c.sequence(), c.labels());
    assertClose(delta, dense, 1e-4);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void scalarAndVectorKernelsGiveTheSameBits(Case c) {
    for (Mode mode : Mode.values()) {
      Network vector = c.network();
      Network scalar = c.network(new ScalarKernels());
      Result expected = run(new NetworkPass(scalar, mode), scalar, c.sequence(), c.labels());
      assertSame(run(new NetworkPass(vector, mode), vector, c.sequence(), c.labels()), expected);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aStreamGivesAtEveryStepWhatTheWholeSequenceGives(Case c) {
    Network network = c.network();
    NetworkPass pass = new NetworkPass(network, Mode.DELTA);
    NetworkStream stream = new NetworkStream(network);
    NetworkState state = new NetworkState(network);
    NetworkState other = new NetworkState(network);
    Sequence sequence = c.sequence();
    int stride = Kernels.pad(c.inputs);
    List<float[]> streamed = new ArrayList<>();
    for (int t = 0; t < c.steps; t++) {
      streamed.add(stream.step(state, Arrays.copyOfRange(sequence.values(), t * stride, t * stride + c.inputs)));
      stream.step(other, new float[c.inputs]); // the stream serves several states in turn
    }
    assertThat(state.steps()).isEqualTo(c.steps);
    for (int steps = c.head == Head.FRAMES ? c.steps : 1; steps <= c.steps; steps++) {
      pass.forward(List.of(new Sequence(sequence.values(), steps)));
      float[] logits = logits(pass, network);
      for (int t = c.head == Head.FRAMES ? 0 : steps - 1; t < steps; t++) {
        int row = c.head == Head.FRAMES ? t * pass.logitsStride() : 0;
        assertThat(streamed.get(t)).as("step %d", t).isEqualTo(Arrays.copyOfRange(logits, row, row + CLASSES));
      }
    }
  }

  @Test
  void aCopiedStateGoesItsOwnWay() {
    Network network = new Case("lstm", 5, 20, 2, 9, Head.MEAN, 0.1f, 0.02f).network();
    NetworkStream stream = new NetworkStream(network);
    NetworkState state = new NetworkState(network);
    stream.step(state, new float[] {1, 2, 3, 4, 5});
    NetworkState copy = state.copy();
    float[] next = stream.step(state, new float[] {-1, 0, 1, 0, 1});
    stream.step(state, new float[5]);
    assertThat(stream.step(copy, new float[] {-1, 0, 1, 0, 1})).isEqualTo(next);
    assertThat(copy.steps()).isEqualTo(2);
  }

  private static final int[] LENGTHS = {33, 33, 20, 12, 12, 7, 2, 1};

  private static List<Case> batchCases() {
    return CELLS.stream().flatMap(cell -> List.of(
        new Case(cell, 5, 70, 2, 33, Head.MEAN, 0.2f, 0.02f),
        new Case(cell, 13, 33, 1, 33, Head.LAST, 0.2f, 0.02f),
        new Case(cell, 16, 16, 2, 33, Head.FRAMES, 0.2f, 0.02f)).stream()).toList();
  }

  /** Each sequence alone gives the logits it gives among others, bit for bit, and the gradients of all add up. */
  @ParameterizedTest
  @MethodSource("batchCases")
  void neighboursInABatchDoNotMatter(Case c) {
    neighboursInABatchDoNotMatter(c, Mode.DENSE);
    neighboursInABatchDoNotMatter(c, Mode.DELTA);
  }

  private static void neighboursInABatchDoNotMatter(Case c, Mode mode) {
    Network network = c.network();
    List<Sequence> batch = new ArrayList<>();
    List<int[]> labels = new ArrayList<>();
    for (int s = 0; s < LENGTHS.length; s++) {
      batch.add(walk(c.inputs, LENGTHS[s], s));
      labels.add(new SplittableRandom(s).ints(LENGTHS[s], 0, CLASSES).toArray());
    }
    NetworkPass together = new NetworkPass(network, mode);
    together.penaliseDeltas(PENALTY);
    Result all = run(together, Execution.DENSE, network, batch, labels);
    NetworkPass alone = new NetworkPass(network, mode);
    alone.penaliseDeltas(PENALTY);
    float[] sum = new float[all.gradients.length];
    double loss = 0;
    int stride = together.logitsStride();
    int inputs = Kernels.pad(c.inputs);
    for (int s = 0; s < LENGTHS.length; s++) {
      Result one = run(alone, Execution.DENSE, network, batch.get(s), labels.get(s));
      loss += one.loss;
      for (int i = 0; i < sum.length; i++) {
        sum[i] += one.gradients[i];
      }
      int decisions = c.head == Head.FRAMES ? LENGTHS[s] : 1;
      for (int t = 0; t < decisions; t++) {
        int row = (c.head == Head.FRAMES ? together.packing().row(t, s) : s) * stride;
        assertThat(Arrays.copyOfRange(all.logits, row, row + CLASSES)).as("logits of %d", s)
            .isEqualTo(Arrays.copyOfRange(one.logits, t * stride, t * stride + CLASSES));
      }
      for (int t = 0; t < LENGTHS[s]; t++) {
        int row = together.packing().row(t, s) * inputs;
        assertThat(Arrays.copyOfRange(all.dx, row, row + inputs)).as("dL/dx of %d", s)
            .isEqualTo(Arrays.copyOfRange(one.dx, t * inputs, (t + 1) * inputs));
      }
    }
    assertThat(all.loss).isCloseTo(loss, within(1e-9));
    assertClose("gradients", all.gradients, sum, 1e-5);
  }

  /** A pass that ran other sequences, longer and shorter ones, is as good as new. */
  @ParameterizedTest
  @MethodSource("batchCases")
  void aPassKeepsNothingOfWhatItRanBefore(Case c) {
    Network network = c.network();
    for (Mode mode : Mode.values()) {
      NetworkPass used = new NetworkPass(network, mode);
      for (int s : new int[] {6, 0, 3, 7, 1, 0, 5}) {
        Sequence sequence = walk(c.inputs, LENGTHS[s], s);
        int[] labels = new SplittableRandom(s).ints(LENGTHS[s], 0, CLASSES).toArray();
        assertSame(run(used, network, sequence, labels), run(new NetworkPass(network, mode), network, sequence, labels));
        assertSame(run(used, Execution.DENSE, network, sequence, labels),
            run(new NetworkPass(network, mode), Execution.DENSE, network, sequence, labels));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("batchCases")
  void gradientsAddToTheArenaOrReplaceWhatItHolds(Case c) {
    Network network = c.network();
    int first = network.first();
    for (Execution execution : Execution.values()) {
      NetworkPass pass = new NetworkPass(network, Mode.DELTA);
      Result once = run(pass, execution, network, c.sequence(), c.labels());
      float[] stale = new float[once.gradients.length];
      Arrays.fill(stale, first, stale.length, Float.NaN);
      pass.forward(List.of(c.sequence()), execution);
      gradientOfLogits(pass, network, List.of(c.sequence()), List.of(c.labels()));
      pass.backward(stale, true);
      assertThat(stale).isEqualTo(once.gradients);

      pass.forward(List.of(c.sequence()), execution);
      gradientOfLogits(pass, network, List.of(c.sequence()), List.of(c.labels()));
      pass.backward(stale, false);
      float[] twice = once.gradients.clone();
      for (int i = 0; i < twice.length; i++) {
        twice[i] += once.gradients[i];
      }
      assertClose("gradients", stale, twice, 1e-6);
    }
  }

  private static void assertSame(Result actual, Result expected) {
    assertThat(actual.logits).isEqualTo(expected.logits);
    assertThat(actual.loss).isEqualTo(expected.loss);
    assertThat(actual.dx).isEqualTo(expected.dx);
    assertThat(actual.gradients).isEqualTo(expected.gradients);
  }

  private static void assertClose(Result actual, Result expected, double tolerance) {
    assertClose("logits", actual.logits, expected.logits, tolerance);
    assertClose("dL/dx", actual.dx, expected.dx, tolerance);
    assertClose("gradients", actual.gradients, expected.gradients, tolerance);
  }

  private static void assertClose(String what, float[] actual, float[] expected, double tolerance) {
    double largest = IntStream.range(0, expected.length).mapToDouble(i -> Math.abs(expected[i])).max().orElse(0);
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= tolerance * largest)) {
        fail("%s[%d]: %s, expected %s", what, i, actual[i], expected[i]);
      }
    }
  }
}

package org.lull.network;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.lull.kernel.KernelChoice;
import org.lull.kernel.Kernels;
import org.lull.rnn.Cell;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.Masks;
import org.lull.rnn.ReferenceNetwork;
import org.lull.rnn.Thresholds;

/** How far the gradients of a sequence are from those of the double-precision reference with the product's own masks. */
final class LongSequences {
  private static final int INPUTS = 8;
  private static final int CLASSES = 5;

  private LongSequences() {}

  static double worst(String cell, int layers, int hidden, Head head, int steps, float theta, Execution execution, long seed, boolean print) {
    NetworkSpec spec = new NetworkSpec(Cell.named(cell), INPUTS, layers, hidden, CLASSES, head);
    Network network = ReferenceTwin.randomNetwork(spec, KernelChoice.kernels(), seed);
    for (int layer = 0; layer < layers; layer++) {
      network.setThresholds(layer, Thresholds.uniform(spec.inputs(layer), hidden, layer == 0 ? theta : theta / 5, theta / 5));
    }
    Sequence sequence = walk(steps, seed);
    int[] labels = new SplittableRandom(11).ints(head == Head.FRAMES ? steps : 1, 0, CLASSES).toArray();
    NetworkPass pass = new NetworkPass(network, Mode.DELTA);
    pass.forward(List.of(sequence), execution);
    List<boolean[][]> masks = IntStream.range(0, layers).mapToObj(layer -> masks(pass, network, layer, execution, steps)).toList();
    ReferenceNetwork.Run reference = ReferenceTwin.of(network).forward(ReferenceTwin.doubles(sequence, INPUTS), masks, labels);
    double worstLogit = 0;
    for (int row = 0; row < labels.length; row++) {
      for (int k = 0; k < CLASSES; k++) {
        worstLogit = Math.max(worstLogit, Math.abs(pass.logits()[row * pass.logitsStride() + k] - reference.logits()[row][k]));
      }
      softmaxGradient(pass.logits(), row * pass.logitsStride(), labels[row], labels.length);
    }
    float[] gradients = new float[network.parameters().length];
    pass.backward(gradients, true, true);
    ReferenceNetwork.Gradients expected = reference.backward();
    StringBuilder text = new StringBuilder();
    double worst = relative(unpadded(pass.inputGradient(), INPUTS), expected.x());
    text.append(String.format("dx %.1e ", worst));
    List<double[][]> tensors = ReferenceTwin.gradients(network, gradients);
    List<double[][]> expectedTensors = expected.tensors().toList();
    for (int i = 0; i < tensors.size(); i++) {
      double error = relative(tensors.get(i), expectedTensors.get(i));
      text.append(String.format("%.1e ", error));
      worst = Math.max(worst, error);
    }
    if (print) {
      System.out.printf("%-5s L%d H%d %-6s T %5d theta %.2f %-6s sparsity %.2f logit %.1e worst %.1e | %s%n", cell, layers, hidden, head, steps, theta, execution,
          pass.operations().sparsity(), worstLogit, worst, text);
    }
    return worst;
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
    double largest = ReferenceTwin.largest(expected);
    double worst = 0;
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        worst = Math.max(worst, Math.abs(actual[row][i] - expected[row][i]));
      }
    }
    return largest == 0 ? worst : worst / largest;
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

  /** A slow random walk, as features are: neighbouring steps differ little. */
  static Sequence walk(int steps, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
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

  public static void main(String[] args) {
    int hidden = Integer.parseInt(args[0]);
    for (int steps : Arrays.stream(args[1].split(",")).mapToInt(Integer::parseInt).toArray()) {
      for (String cell : List.of("lstm", "gru", "rnn")) {
        for (int layers = 1; layers <= 2; layers++) {
          for (Head head : Head.values()) {
            for (float theta : new float[] {0, 0.1f, 0.5f}) {
              for (Execution execution : Execution.values()) {
                worst(cell, layers, hidden, head, steps, theta, execution, steps + 1, true);
              }
            }
          }
        }
      }
    }
  }
}

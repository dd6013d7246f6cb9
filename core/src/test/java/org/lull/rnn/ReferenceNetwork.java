// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lull.rnn.ReferenceLayer.Penalty;
import org.lull.rnn.ReferenceLayer.Tape;
import org.lull.rnn.ReferenceLayer.Thresholds;
import org.lull.rnn.ReferenceLayer.Weights;

/**
 * A stack of reference layers, a linear head and softmax cross-entropy over one sequence, in double precision.
 *
 * @param layers from the input upwards
 */
public record ReferenceNetwork(List<ReferenceLayer> layers, Pooling pooling, Linear head) {

  /** What the head sees of the top layer's outputs. */
  public enum Pooling {
    /** Their mean over the steps: one row of logits. */
    MEAN,
    /** The last one: one row of logits. */
    LAST,
    /** Each: a row of logits for every step; the loss is the mean over the steps. */
    EVERY_FRAME
  }

  /**
   * The head, or its gradient; C classes.
   *
   * @param weight [C][H]
   * @param bias [C]
   */
  public record Linear(double[][] weight, double[] bias) {
    Stream<double[][]> tensors() {
      return Stream.of(weight, new double[][] {bias});
    }
  }

  /** A network with weights uniform within +-1/sqrt(hidden), as PyTorch initialises them, and the same thresholds in every layer. */
  public static ReferenceNetwork random(
      long seed, ReferenceCell cell, int inputs, int hidden, int depth, int classes, Thresholds thresholds, Pooling pooling) {
    SplittableRandom random = new SplittableRandom(seed);
    double bound = 1 / Math.sqrt(hidden);
    int rowsOfX = cell.gatesOfX() * hidden;
    int rowsOfH = cell.gatesOfH() * hidden;
    List<ReferenceLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < depth; layer++) {
      Weights weights =
          new Weights(
              hidden,
              uniform(random, rowsOfX, layer == 0 ? inputs : hidden, bound),
              uniform(random, rowsOfH, hidden, bound),
              uniform(random, 1, rowsOfX, bound)[0],
              uniform(random, 1, rowsOfH, bound)[0],
              cell.own.values().stream().map(blocks -> uniform(random, 1, blocks * hidden, bound)[0]).toArray(double[][]::new));
      layers.add(new ReferenceLayer(cell, weights, thresholds));
    }
    Linear head = new Linear(uniform(random, classes, hidden, bound), uniform(random, 1, classes, bound)[0]);
    return new ReferenceNetwork(layers, pooling, head);
  }

  private static double[][] uniform(SplittableRandom random, int rows, int columns, double bound) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      Arrays.setAll(row, _ -> random.nextDouble(-bound, bound));
    }
    return values;
  }

  /** Every parameter, in the order of {@link Gradients#tensors()}, a bias as a matrix of one row; the arrays themselves. */
  public Stream<double[][]> tensors() {
    return Stream.concat(layers.stream().flatMap(layer -> layer.weights().tensors()), head.tensors());
  }

  /**
   * Runs a sequence; what fires is decided by the thresholds.
   *
   * @param x [T][inputs]
   * @param labels one class, or one for each step where the pooling is {@link Pooling#EVERY_FRAME}
   */
  public Run forward(double[][] x, int... labels) {
    return run(x, null, labels);
  }

  /** Runs a sequence with given masks, [T][inputs + H] for each layer; the thresholds are not looked at. */
  public Run forward(double[][] x, List<boolean[][]> active, int... labels) {
    return run(x, active, labels);
  }

  private Run run(double[][] x, List<boolean[][]> active, int[] labels) {
    List<Tape> tapes = new ArrayList<>();
    double[][] input = x;
    for (int layer = 0; layer < layers.size(); layer++) {
      Tape tape = active == null ? layers.get(layer).forward(input) : layers.get(layer).forward(input, active.get(layer));
      tapes.add(tape);
      input = tape.h();
    }
    double[][] pooled = pool(input);
    if (labels.length != pooled.length) {
      throw new IllegalArgumentException(labels.length + " labels for " + pooled.length + " rows of logits");
    }
    double[][] logits = new double[pooled.length][];
    double loss = 0;
    for (int row = 0; row < pooled.length; row++) {
      logits[row] = ReferenceLayer.add(ReferenceLayer.multiply(head.weight, pooled[row]), head.bias);
      loss -= Math.log(softmax(logits[row])[labels[row]]) / pooled.length;
    }
    return new Run(this, labels, tapes, pooled, logits, loss);
  }

  /**
   * A sequence that was run.
   *
   * @param tapes one for each layer
   * @param pooled what the head saw, [1][H], or [T][H] for every frame
   * @param logits [1][C], or [T][C] for every frame
   * @param loss mean softmax cross-entropy of the rows of logits
   */
  public record Run(ReferenceNetwork network, int[] labels, List<Tape> tapes, double[][] pooled, double[][] logits, double loss) {

    /** Outputs of the top layer, [T][H]. */
    public double[][] h() {
      return tapes.getLast().h();
    }

    /** What fired: [T][inputs + H] for each layer. */
    public List<boolean[][]> active() {
      return tapes.stream().map(Tape::active).toList();
    }

    /** Exact gradients with the masks held constant. */
    public Gradients backward() {
      return backward(0);
    }

    /** Those of the loss and of {@link #penalty} of a strength. */
    public Gradients backward(double strength) {
      return network.backward(this, strength);
    }

    /** Those of another loss, given by its gradient: [1][C], or [T][C] for every frame. */
    public Gradients backward(double[][] dLogits) {
      return network.backward(this, dLogits, 0);
    }

    /** The penalty on what hidden units transmit. */
    public double penalty(double strength) {
      return IntStream.range(0, tapes.size())
          .mapToDouble(layer -> penalty(layer, strength).of(tapes.get(layer), network.layers.get(layer).weights().inputs())).sum();
    }

    /** The input of the lowest layer is data. */
    private static Penalty penalty(int layer, double strength) {
      return new Penalty(layer == 0 ? 0 : strength, strength);
    }
  }

  /** dL/d of everything; x is [T][inputs]. */
  public record Gradients(List<ReferenceLayer.Gradients> layers, Linear head, double[][] x) {
    /** Every parameter's gradient, in the order of {@link ReferenceNetwork#tensors()}. */
    public Stream<double[][]> tensors() {
      return Stream.concat(layers.stream().flatMap(layer -> layer.weights().tensors()), head.tensors());
    }
  }

  private Gradients backward(Run run, double penalty) {
    double[][] dLogits = new double[run.logits.length][];
    for (int row = 0; row < dLogits.length; row++) {
      int label = run.labels[row];
      double[] probability = softmax(run.logits[row]);
      dLogits[row] = new double[probability.length];
      Arrays.setAll(dLogits[row], k -> (probability[k] - (k == label ? 1 : 0)) / dLogits.length);
    }
    return backward(run, dLogits, penalty);
  }

  private Gradients backward(Run run, double[][] dLogits, double penalty) {
    int outputs = run.pooled.length;
    int hidden = run.pooled[0].length;
    double[][] dPooled = new double[outputs][hidden];
    Linear dHead = new Linear(new double[head.weight.length][hidden], new double[head.bias.length]);
    for (int row = 0; row < outputs; row++) {
      for (int k = 0; k < dLogits[row].length; k++) {
        double dLogit = dLogits[row][k];
        dHead.bias[k] += dLogit;
        for (int j = 0; j < hidden; j++) {
          dHead.weight[k][j] += dLogit * run.pooled[row][j];
          dPooled[row][j] += dLogit * head.weight[k][j];
        }
      }
    }
    double[][] dh = unpool(dPooled, run.h().length);
    List<ReferenceLayer.Gradients> gradients = new ArrayList<>();
    for (int layer = layers.size() - 1; layer >= 0; layer--) {
      ReferenceLayer.Gradients gradient = layers.get(layer).backward(run.tapes.get(layer), dh, Run.penalty(layer, penalty));
      gradients.addFirst(gradient);
      dh = gradient.x();
    }
    return new Gradients(gradients, dHead, dh);
  }

  private double[][] pool(double[][] h) {
    return switch (pooling) {
      case MEAN -> {
        double[] mean = new double[h[0].length];
        for (double[] step : h) {
          Arrays.setAll(mean, j -> mean[j] + step[j] / h.length);
        }
        yield new double[][] {mean};
      }
      case LAST -> new double[][] {h[h.length - 1]};
      case EVERY_FRAME -> h;
    };
  }

  private double[][] unpool(double[][] dPooled, int steps) {
    double[][] dh = new double[steps][dPooled[0].length];
    for (int t = 0; t < steps; t++) {
      for (int j = 0; j < dh[t].length; j++) {
        dh[t][j] =
            switch (pooling) {
              case MEAN -> dPooled[0][j] / steps;
              case LAST -> t == steps - 1 ? dPooled[0][j] : 0;
              case EVERY_FRAME -> dPooled[t][j];
            };
      }
    }
    return dh;
  }

  private static double[] softmax(double[] logits) {
    double largest = Arrays.stream(logits).max().orElseThrow();
    double[] exponentials = Arrays.stream(logits).map(logit -> Math.exp(logit - largest)).toArray();
    double sum = Arrays.stream(exponentials).sum();
    return Arrays.stream(exponentials).map(exponential -> exponential / sum).toArray();
  }
}

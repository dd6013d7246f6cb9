// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.lull.cost.OperationCount;
import org.lull.cost.OperationCounts;
import org.lull.cost.TapeSize;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Sequence;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;

/**
 * A benchmark workload: a network and sequences. Both are either random, with thresholds tuned to a wanted sparsity, or given. A step is
 * forward, loss and backward, without the update of the weights.
 */
public final class Workload implements AutoCloseable {
  /**
   * The size of a benchmark network.
   *
   * @param steps timesteps per sequence
   */
  public record Shape(String name, int layers, int inputs, int hidden, int classes, int steps) {
    /** The four sizes that the documents give figures for. */
    public static final List<Shape> ALL = List.of(new Shape("56k", 2, 16, 64, 31, 100), new Shape("128", 1, 16, 128, 36, 61),
        new Shape("256", 1, 256, 256, 36, 256), new Shape("512", 1, 512, 512, 36, 100));

    public static Shape named(String name) {
      return ALL.stream().filter(shape -> shape.name.equals(name)).findFirst().orElseThrow(
          () -> new InvalidInputException("network \"" + name + "\" is unknown; choose 56k, 128, 256 or 512"));
    }

    public NetworkSpec spec(Cell cell) {
      return new NetworkSpec(cell, inputs, layers, hidden, classes, Head.MEAN);
    }
  }

  private final List<Batch> batches;
  private final double sparsity;
  private final BatchGradient batchGradient;
  private int next;

  /**
   * A workload with random weights and sequences.
   *
   * @param sparsity wanted sparsity of x and of h in every layer, 0 to 1; without meaning in dense mode
   * @param batch sequences of a step
   */
  public Workload(Shape shape, Cell cell, Mode mode, double sparsity, int batch, int threads) {
    this(tuned(shape, cell, mode == Mode.DENSE ? 0 : sparsity), mode, asItIs(shape),
        IntStream.range(0, batch).mapToObj(i -> random(shape, i)).toList(), batch, threads);
  }

  /**
   * A workload with a given network and given sequences. Steps take batch after batch, and then start again with the first.
   *
   * @param batch sequences of a step; sequences that do not fill a last batch are left out
   * @throws IllegalArgumentException if there are fewer sequences than {@code batch}
   */
  public Workload(Network network, Mode mode, Normalisation normalisation, List<Example> examples, int batch, int threads) {
    batches = IntStream.range(0, examples.size() / batch).mapToObj(i -> batch(normalisation, examples.subList(i * batch, (i + 1) * batch)))
        .toList();
    if (batches.isEmpty()) {
      throw new IllegalArgumentException(examples.size() + " sequences for batches of " + batch);
    }
    sparsity = mode == Mode.DENSE ? 0 : counted(network, batches).sparsity();
    batchGradient = new BatchGradient(network, mode, Loss.CROSS_ENTROPY, batch, threads);
  }

  /** The random sequences of a step. */
  public static List<Sequence> sequences(Shape shape, int n) {
    Batch batch = batch(asItIs(shape), IntStream.range(0, n).mapToObj(i -> random(shape, i)).toList());
    return IntStream.range(0, n).mapToObj(batch::sequence).toList();
  }

  private static Normalisation asItIs(Shape shape) {
    float[] ones = new float[shape.inputs()];
    Arrays.fill(ones, 1f);
    return new Normalisation(new float[shape.inputs()], ones);
  }

  private static Batch batch(Normalisation normalisation, List<Example> examples) {
    return new Batch(examples, i -> examples.get(i).normalised(normalisation)).made();
  }

  private static Example random(Shape shape, int i) {
    SplittableRandom random = RandomStreams.of(1, "input", i);
    float[] frames = new float[shape.steps() * shape.inputs()];
    for (int j = 0; j < frames.length; j++) {
      frames[j] = (float) random.nextGaussian();
    }
    return new Example("random " + i, frames, shape.steps(), shape.inputs(), i % shape.classes());
  }

  /**
   * A random network with the wanted sparsity. Raises or lowers the thresholds of all layers at once, by smaller and smaller factors, until
   * the first sequence has the wanted sparsity. A bisection would not work: each threshold changes what all other layers see.
   */
  public static Network tuned(Shape shape, Cell cell, double wanted) {
    Network network = new Network(shape.spec(cell));
    Initialiser.initialise(network, RandomStreams.of(1, "weights"));
    if (wanted == 0) {
      return network;
    }
    Batch first = batch(asItIs(shape), List.of(random(shape, 0)));
    float[] x = new float[shape.layers()];
    float[] h = new float[shape.layers()];
    Arrays.fill(x, 0.5f);
    Arrays.fill(h, 0.1f);
    for (double factor = 1.5; factor > 1.005; factor = Math.pow(factor, 0.9)) {
      for (int layer = 0; layer < shape.layers(); layer++) {
        network.setThresholds(layer, Thresholds.uniform(network.spec().inputs(layer), network.spec().hidden(), x[layer], h[layer]));
      }
      OperationCounts counts = counted(network, List.of(first));
      for (int layer = 0; layer < shape.layers(); layer++) {
        x[layer] *= (float) (counts.layer(layer).sparsityX() < wanted ? factor : 1 / factor);
        h[layer] *= (float) (counts.layer(layer).sparsityH() < wanted ? factor : 1 / factor);
      }
    }
    return network;
  }

  /** The cost of the sequences in a forward pass in delta mode. */
  private static OperationCounts counted(Network network, List<Batch> batches) {
    NetworkPass pass = new NetworkPass(network, Mode.DELTA);
    for (Batch batch : batches) {
      for (int i = 0; i < batch.size(); i++) {
        pass.forward(List.of(batch.sequence(i)));
      }
    }
    return pass.operations();
  }

  /** Share of entries of x and h that do not fire, over all sequences. */
  public double sparsity() {
    return sparsity;
  }

  /** Memory of the tapes of all threads: what a step needs beside weights and gradients. */
  public TapeSize tapeSize() {
    return batchGradient.tapeSize();
  }

  /** Runs forward, loss and backward on the next batch. */
  public void train() {
    batchGradient.forwardAndBackward(nextBatch());
  }

  /** Runs the forward pass on the next batch. */
  public void infer() {
    batchGradient.forward(nextBatch());
  }

  private Batch nextBatch() {
    Batch batch = batches.get(next);
    next = (next + 1) % batches.size();
    return batch;
  }

  @Override
  public void close() {
    batchGradient.close();
  }
}

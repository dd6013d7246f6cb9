package org.lull.train;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.lull.InvalidInputException;
import org.lull.model.Head;
import org.lull.model.Initialiser;
import org.lull.model.Mode;
import org.lull.model.Network;
import org.lull.model.NetworkSpec;
import org.lull.model.Normalisation;
import org.lull.model.Pass;
import org.lull.rnn.Cell;
import org.lull.rnn.OperationCount;
import org.lull.rnn.TapeSize;
import org.lull.rnn.Thresholds;

/**
 * Work to measure speed by: a network, random sequences, and thresholds at which a wanted share of entries does not fire. A step is
 * forward, loss and backward, without the update of the weights.
 */
public final class Workload implements AutoCloseable {
  /**
   * A network speed is measured on.
   *
   * @param steps timesteps of a sequence
   */
  public record Shape(String name, int layers, int inputs, int hidden, int classes, int steps) {
    /** The four that figures are given for. */
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

  private final Network network;
  private final Batch batch;
  private final double sparsity;
  private final BatchGradient batchGradient;

  /**
   * @param sparsity wanted of x and of h in every layer, 0 to 1; of no meaning in dense mode
   * @param batch sequences of a step
   */
  public Workload(Shape shape, Cell cell, Mode mode, double sparsity, int batch, int threads) {
    network = new Network(shape.spec(cell));
    Initialiser.initialise(network, RandomStreams.of(1, "weights"));
    List<Example> examples = IntStream.range(0, batch).mapToObj(i -> random(shape, i)).toList();
    float[] ones = new float[shape.inputs()];
    Arrays.fill(ones, 1f);
    Normalisation asItIs = new Normalisation(new float[shape.inputs()], ones);
    this.batch = new Batch(examples, i -> asItIs.sequence(examples.get(i).frames(), shape.steps())).made();
    this.sparsity = mode == Mode.DENSE ? 0 : tune(sparsity);
    batchGradient = new BatchGradient(network, mode, batch, threads);
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
   * Raises or lowers the thresholds of all layers at once, by ever smaller factors, until the first sequence has the wanted sparsity. Not a
   * bisection: each threshold changes what all others see. Returns the sparsity reached.
   */
  private double tune(double wanted) {
    if (wanted == 0) {
      return 0;
    }
    int layers = network.spec().layers();
    float[] x = new float[layers];
    float[] h = new float[layers];
    Arrays.fill(x, 0.5f);
    Arrays.fill(h, 0.1f);
    double reached = 0;
    for (double factor = 1.5; factor > 1.005; factor = Math.pow(factor, 0.9)) {
      for (int layer = 0; layer < layers; layer++) {
        network.setThresholds(layer, Thresholds.uniform(network.spec().inputs(layer), network.spec().hidden(), x[layer], h[layer]));
      }
      Pass pass = new Pass(network, Mode.DELTA);
      pass.forward(List.of(batch.sequence(0)));
      for (int layer = 0; layer < layers; layer++) {
        OperationCount count = pass.operations().get(layer);
        x[layer] *= (float) (count.sparsityX() < wanted ? factor : 1 / factor);
        h[layer] *= (float) (count.sparsityH() < wanted ? factor : 1 / factor);
      }
      reached = OperationCount.sparsity(pass.operations());
    }
    return reached;
  }

  /** Share of entries that do not fire, of the first sequence. */
  public double sparsity() {
    return sparsity;
  }

  /** The memory of the tapes of all threads: what a step needs beside weights and gradients. */
  public TapeSize tapeSize() {
    return batchGradient.tapeSize();
  }

  /** Forward, loss and backward of the batch. */
  public void train() {
    batchGradient.forwardAndBackward(batch);
  }

  /** The forward pass of the batch. */
  public void infer() {
    batchGradient.forward(batch);
  }

  @Override
  public void close() {
    batchGradient.close();
  }
}

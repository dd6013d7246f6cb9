// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Sequence;
import org.lull.train.Example;

/** What one training step works on: the recurrent layers, in integers, and sequences, those of the same length two by two. */
public final class TrainingBatch {
  private static final int BISECTIONS = 14;
  private static final float SIZE_OF_GRADIENTS = 1e-4f; // as of a mean over clips and timesteps

  private final List<FixedLstmLayer> layers;
  private final List<List<FixedExample>> pairs;
  private final Taken taken;

  /** Values that were beyond 16 bits, and so saturated, when they were made integers. */
  public record Taken(long inputs, long weights) {}

  private TrainingBatch(List<FixedLstmLayer> layers, List<List<FixedExample>> pairs, Taken taken) {
    this.layers = layers;
    this.pairs = pairs;
    this.taken = taken;
  }

  /**
   * Sequences of real data through a network.
   *
   * @param sequences the inputs made of the examples
   * @param together sequences the accelerator interleaves, 1 or 2
   */
  public static TrainingBatch of(Network network, Mode mode, List<Example> examples, List<Sequence> sequences,
      int together) {
    FixedNetwork fixed = new FixedNetwork(network, mode);
    RecordedLayers.Recorded recorded = RecordedLayers.record(network, mode, examples, sequences);
    return new TrainingBatch(fixed.layers(), paired(recorded.clips(), together), new Taken(recorded.saturated(), fixed.quantise()));
  }

  /**
   * Random sequences through a layer of random weights, with thresholds at which that share of its entries does not fire, or the largest
   * there is below it: of the inputs timestep by timestep, of the hidden states over all.
   *
   * @param size of x and of h
   */
  public static TrainingBatch synthetic(int size, double sparsity, int steps, int sequences, int together, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FixedLstmLayer layer = new FixedLstmLayer(size, size);
    int largest = (int) (Math.scalb(1.0, FixedPoint.FW) / Math.sqrt(layer.columns()));
    for (int k = 0; k < layer.weights().length; k++) {
      layer.weights()[k] = (short) random.nextInt(-largest, largest + 1);
    }
    List<FixedExample> clips = new ArrayList<>();
    for (int s = 0; s < sequences; s++) {
      clips.add(synthetic(random, size, (int) Math.ceil((1 - sparsity) * size - 1e-9), steps));
    }
    if (sparsity > 0) {
      layer.setThresholds(1, 1);
      threshold(layer, clips, sparsity);
    }
    return new TrainingBatch(List.of(layer), paired(clips, together), new Taken(0, 0));
  }

  /** At each timestep as many inputs move, others each time. */
  private static FixedExample synthetic(SplittableRandom random, int size, int moving, int steps) {
    short[] x = new short[steps * size];
    float[] dh = new float[steps * size];
    int[] order = new int[size];
    Arrays.setAll(order, k -> k);
    for (int t = 0; t < steps; t++) {
      if (t > 0) {
        System.arraycopy(x, (t - 1) * size, x, t * size, size);
      }
      for (int k = 0; k < moving; k++) {
        int swapped = random.nextInt(k, size);
        int input = order[swapped];
        order[swapped] = order[k];
        order[k] = input;
        int at = t * size + input;
        int before = x[at];
        do {
          x[at] = (short) random.nextInt(-2 * FixedPoint.ONE, 2 * FixedPoint.ONE);
        } while (x[at] == before);
      }
      for (int u = 0; u < size; u++) {
        dh[t * size + u] = SIZE_OF_GRADIENTS * (float) random.nextGaussian();
      }
    }
    return new FixedExample(steps, x, dh);
  }

  /** The largest threshold of h at which no more than that share does not fire. */
  private static void threshold(FixedLstmLayer layer, List<FixedExample> clips, double sparsity) {
    int low = 0;
    int high = 1 << BISECTIONS;
    while (high - low > 1) {
      int middle = (low + high) / 2;
      layer.setThresholds(layer.thetaX(), middle);
      if (sparsityOfH(layer, clips) > sparsity) {
        high = middle;
      } else {
        low = middle;
      }
    }
    layer.setThresholds(layer.thetaX(), Math.max(1, low));
  }

  private static double sparsityOfH(FixedLstmLayer layer, List<FixedExample> clips) {
    FixedSequence sequence = new FixedSequence(List.of(layer));
    long active = 0;
    long entries = 0;
    for (FixedExample clip : clips) {
      sequence.begin(clip.steps()).takeInputs(clip.x());
      sequence.forward();
      active += sequence.tapes().getFirst().activeH();
      entries += (clip.steps() - 1L) * layer.units();
    }
    return 1 - active / (double) entries;
  }

  /** Clips of the same length run together, the longest first; what is left over runs alone. */
  private static List<List<FixedExample>> paired(List<FixedExample> clips, int together) {
    List<FixedExample> sorted = clips.stream().sorted(Comparator.comparingInt(FixedExample::steps).reversed()).toList();
    List<List<FixedExample>> pairs = new ArrayList<>();
    for (int from = 0; from < sorted.size(); from += pairs.getLast().size()) {
      boolean pair = together == 2 && from + 1 < sorted.size() && sorted.get(from).steps() == sorted.get(from + 1).steps();
      pairs.add(sorted.subList(from, from + (pair ? 2 : 1)));
    }
    return pairs;
  }

  /** The same with thresholds of 0. */
  public TrainingBatch dense() {
    return with(true);
  }

  /** A copy, whose weights may change. */
  TrainingBatch copy() {
    return with(false);
  }

  private TrainingBatch with(boolean dense) {
    return new TrainingBatch(layers.stream().map(layer -> {
      FixedLstmLayer copy = new FixedLstmLayer(layer.inputs(), layer.units());
      System.arraycopy(layer.weights(), 0, copy.weights(), 0, layer.weights().length);
      copy.setThresholds(dense ? 0 : layer.thetaX(), dense ? 0 : layer.thetaH());
      return copy;
    }).toList(), pairs, taken);
  }

  List<FixedLstmLayer> layers() {
    return layers;
  }

  List<List<FixedExample>> pairs() {
    return pairs;
  }

  /** Inputs of the lowest layer, then hidden units of all: "16-64-64". */
  public String sizes() {
    StringBuilder sizes = new StringBuilder().append(layers.getFirst().inputs());
    layers.forEach(layer -> sizes.append('-').append(layer.units()));
    return sizes.toString();
  }

  /** What was saturated before the step. */
  public Taken taken() {
    return taken;
  }

  /** Hidden units of the top layer. */
  public int hidden() {
    return layers.getLast().units();
  }

  /** Timesteps of the longest sequence. */
  public int longest() {
    return pairs.stream().mapToInt(pair -> pair.getFirst().steps()).max().orElseThrow();
  }

  /** Sequences. */
  public int sequences() {
    return pairs.stream().mapToInt(List::size).sum();
  }

  /** The smallest build of so many lanes that holds it. */
  public CoreSize size(int lanes) {
    return CoreSize.holding(layers, lanes, longest());
  }
}

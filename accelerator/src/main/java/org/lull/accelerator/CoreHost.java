// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.List;
import org.lull.accelerator.Core.Command;
import org.lull.accelerator.Core.Region;
import org.lull.input.InvalidInputException;

/** The host of the logic: writes a network to it, runs one or two sequences at a time, and reads the results. */
final class CoreHost {
  private static final int STEPS = 1;
  private static final int SEQUENCES = 2;
  private static final int LAYERS = 3;
  private static final int SHIFT = 4;
  private static final int WORDS = 5;
  private static final int FIRST_LAYER = 128;
  private static final int REGISTERS_OF_LAYER = 8;
  private static final int PARAMETERS = 32;
  private static final int BEATS = 67;
  private static final int SATURATIONS = 70;
  private static final int LISTS_FULL = 74;

  private final Core core;
  private final CoreSize size;
  private final List<FixedLstmLayer> layers;
  private final int[] base;

  /** Number of cycles since the reset in which the array computed products. */
  record Beats(long forward, long transposed, long gradient) {}

  /**
   * Writes weights and thresholds and clears the gradients.
   *
   * @param size size of the build
   * @throws InvalidInputException if the build has another size, or cannot hold the network
   */
  CoreHost(Core core, CoreSize size, List<FixedLstmLayer> layers) {
    this.core = core;
    this.size = size;
    this.layers = layers;
    int[] built = core.read(Region.REGISTERS, PARAMETERS, 7);
    CoreSize found = new CoreSize(built[0], built[2], built[3], built[4], built[5], built[6]);
    if (!found.equals(size) || built[1] != size.unitsACycle()) {
      throw new InvalidInputException("the library of the accelerator was built for " + found + ", expected " + size
          + "; delete it, so that it is built anew");
    }
    size.check(layers, 1);
    base = new int[layers.size()];
    int words = 0;
    for (int l = 0; l < layers.size(); l++) {
      base[l] = words;
      words += CoreSize.words(layers.get(l), size.lanes());
    }
    core.write(Region.REGISTERS, LAYERS, layers.size());
    core.write(Region.REGISTERS, WORDS, words);
    for (int l = 0; l < layers.size(); l++) {
      FixedLstmLayer layer = layers.get(l);
      core.write(Region.REGISTERS, FIRST_LAYER + REGISTERS_OF_LAYER * l, layer.inputs(), layer.units(), layer.thetaX(), layer.thetaH(),
          base[l]);
      core.write(Region.WEIGHTS, base[l] * size.lanes(), widened(layer.weights(), 0, layer.weights().length));
    }
    core.run(Command.CLEAR, 1000L + 100L * size.words());
  }

  /**
   * Runs the forward pass of sequences. x is on their tapes.
   *
   * @param sequences one or two sequences of the same length, which the golden model has run
   * @return number of cycles
   */
  long forward(List<FixedSequence> sequences) {
    int steps = sequences.getFirst().tapes().getFirst().steps;
    size.check(layers, steps);
    int entriesOfX = 0;
    int entriesOfH = 0;
    for (FixedSequence sequence : sequences) {
      for (FixedTape tape : sequence.tapes()) {
        entriesOfX += tape.activeX() + 1; // one is the bias
        entriesOfH += tape.activeH();
      }
    }
    size.checkLists(entriesOfX, entriesOfH);
    core.write(Region.REGISTERS, STEPS, steps);
    core.write(Region.REGISTERS, SEQUENCES, sequences.size());
    int inputs = layers.getFirst().inputs();
    for (int s = 0; s < sequences.size(); s++) {
      short[] x = sequences.get(s).tapes().getFirst().x;
      for (int t = 0; t < steps; t++) {
        core.write(Region.VALUES, place(s, t), widened(x, t * inputs, inputs));
      }
    }
    long cycles = core.run(Command.FORWARD, limit(steps));
    if (core.read(Region.REGISTERS, LISTS_FULL, 1)[0] != 0) {
      throw new CoreFault("the list memory was too small for what fired");
    }
    return cycles;
  }

  /** h_t of the top layer, [T][Nh], after {@link #forward}. */
  short[] hidden(int sequence, int steps) {
    int units = layers.getLast().units();
    short[] h = new short[steps * units];
    for (int t = 0; t < steps; t++) {
      int[] row = core.read(Region.VALUES, place(sequence, t), units);
      for (int u = 0; u < units; u++) {
        h[t * units + u] = (short) row[u];
      }
    }
    return h;
  }

  /**
   * Runs the backward pass of the sequences of the last forward pass.
   *
   * @param dh dL/dh_t of the top layer of each sequence, [T][Nh]
   * @return number of cycles
   */
  long backward(List<short[]> dh, int steps) {
    int units = layers.getLast().units();
    for (int s = 0; s < dh.size(); s++) {
      for (int t = 0; t < steps; t++) {
        core.write(Region.VALUES, place(s, t), widened(dh.get(s), t * units, units));
      }
    }
    return core.run(Command.BACKWARD, limit(steps));
  }

  /** More cycles than the slowest forward or backward pass of two sequences takes. */
  private long limit(int steps) {
    long most = 0;
    for (FixedLstmLayer layer : layers) {
      most += 2L * steps * (4L * CoreSize.words(layer, size.lanes()) + 10L * (layer.columns() + layer.rows()) + 1000);
    }
    return most;
  }

  private int place(int sequence, int t) {
    return (sequence * size.steps() + t) * size.widest();
  }

  /** Gradient of the weights of a layer, [K + 1][R]. */
  long[] gradient(int l) {
    int weights = layers.get(l).weights().length;
    int[] halves = core.read(Region.GRADIENTS, 2 * base[l] * size.lanes(), 2 * weights);
    long[] gradient = new long[weights];
    for (int k = 0; k < weights; k++) {
      gradient[k] = (long) halves[2 * k + 1] << 32 | Integer.toUnsignedLong(halves[2 * k]);
    }
    return gradient;
  }

  /** Weights of a layer, [K + 1][R]. */
  short[] weights(int l) {
    int[] read = core.read(Region.WEIGHTS, base[l] * size.lanes(), layers.get(l).weights().length);
    short[] weights = new short[read.length];
    for (int k = 0; k < read.length; k++) {
      weights[k] = (short) read[k];
    }
    return weights;
  }

  /** Updates all weights; returns the number of cycles. */
  long update(int shift) {
    core.write(Region.REGISTERS, SHIFT, (shift - FixedPoint.SMALLEST_SHIFT) / FixedPoint.SHIFT_STEP);
    return core.run(Command.UPDATE, 1000L + 100L * size.words());
  }

  Beats beats() {
    int[] beats = core.read(Region.REGISTERS, BEATS, 3);
    return new Beats(Integer.toUnsignedLong(beats[0]), Integer.toUnsignedLong(beats[1]), Integer.toUnsignedLong(beats[2]));
  }

  Saturations.Counts saturations() {
    int[] counts = core.read(Region.REGISTERS, SATURATIONS, 4);
    return new Saturations.Counts(Integer.toUnsignedLong(counts[0]), Integer.toUnsignedLong(counts[1]),
        Integer.toUnsignedLong(counts[2]), Integer.toUnsignedLong(counts[3]));
  }

  private static int[] widened(short[] values, int from, int count) {
    int[] wide = new int[count];
    for (int k = 0; k < count; k++) {
      wide[k] = values[from + k];
    }
    return wide;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import org.lull.input.InvalidInputException;
import org.lull.rnn.Cell;

/**
 * The architecture of a network: a stack of recurrent layers of one cell type, and a linear head.
 *
 * @param inputs number of channels per timestep
 * @param layers number of recurrent layers; each reads the hidden states of the layer below
 * @param hidden number of hidden units per layer
 * @param outputs number of outputs of the head: the classes; with {@link Head#FRAMES} also silence, which comes first
 */
public record NetworkSpec(Cell cell, int inputs, int layers, int hidden, int outputs, Head head) {
  /** The largest number of inputs, layers, units or outputs. */
  public static final int LARGEST = 1 << 14;

  /** @throws InvalidInputException if a size is below 1 or too large for arrays */
  public NetworkSpec {
    check("inputs", inputs);
    checkLayers(layers);
    checkHidden(hidden);
    check("outputs", outputs);
    long weights = (long) layers * (inputs + 2L * hidden) * hidden * Math.max(cell.blocksOfX(), cell.blocksOfH());
    if (weights > 1L << 29) {
      throw new InvalidInputException(
          layers + " layers of " + hidden + " units have over " + (1 << 29) + " weights, more than one array holds; make them smaller");
    }
  }

  /** @throws InvalidInputException if a network cannot have so many layers */
  public static void checkLayers(int layers) {
    check("layers", layers);
  }

  /** @throws InvalidInputException if a layer cannot have so many hidden units */
  public static void checkHidden(int hidden) {
    check("hidden units", hidden);
  }

  private static void check(String what, int value) {
    if (value < 1 || value > LARGEST) {
      throw new InvalidInputException(what + ": " + value + ", expected 1 to " + LARGEST);
    }
  }

  /** Number of inputs of a layer (Nx). */
  public int inputs(int layer) {
    return layer == 0 ? inputs : hidden;
  }

  /** Number of trainable parameters, as PyTorch counts them (with both biases) and as in a model file. */
  public long parameters() {
    long count = (long) outputs * hidden + outputs;
    for (int layer = 0; layer < layers; layer++) {
      long ofUnit = cell.blocksOfX() * (inputs(layer) + 1L) + cell.blocksOfH() * (hidden + 1L) + cell.parameterBlocks();
      count += ofUnit * hidden;
    }
    return count;
  }

  /** Multiply-adds of the head's three products, forward and backward, for sequences with this total number of timesteps. */
  public long headMacs(long sequences, long steps) {
    return 3L * outputs * hidden * (head == Head.FRAMES ? steps : sequences);
  }
}

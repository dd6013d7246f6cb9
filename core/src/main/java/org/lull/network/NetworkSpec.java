// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import org.lull.input.InvalidInputException;
import org.lull.rnn.Cell;

/**
 * The architecture: a stack of recurrent layers of one cell and a linear head.
 *
 * @param inputs channels of a timestep
 * @param layers recurrent layers, each on the hidden states of the one below
 * @param hidden units of each layer
 * @param outputs rows of the head: the classes, and silence before them where the head is {@link Head#FRAMES}
 */
public record NetworkSpec(Cell cell, int inputs, int layers, int hidden, int outputs, Head head) {
  private static final int LARGEST = 1 << 14;

  /** @throws InvalidInputException where a size is below 1 or beyond what arrays can hold */
  public NetworkSpec {
    check("inputs", inputs);
    check("layers", layers);
    check("hidden units", hidden);
    check("outputs", outputs);
    long weights = (long) layers * (inputs + 2L * hidden) * hidden * Math.max(cell.blocksOfX(), cell.blocksOfH());
    if (weights > 1L << 29) {
      throw new InvalidInputException(
          layers + " layers of " + hidden + " units have over " + (1 << 29) + " weights, more than one array holds; make them smaller");
    }
  }

  private static void check(String what, int value) {
    if (value < 1 || value > LARGEST) {
      throw new InvalidInputException(what + ": " + value + ", expected 1 to " + LARGEST);
    }
  }

  /** Nx of a layer. */
  public int inputs(int layer) {
    return layer == 0 ? inputs : hidden;
  }

  /** Trainable numbers as PyTorch counts them, with both of its biases: what a model file holds. */
  public long parameters() {
    long count = (long) outputs * hidden + outputs;
    for (int layer = 0; layer < layers; layer++) {
      long ofUnit = cell.blocksOfX() * (inputs(layer) + 1L) + cell.blocksOfH() * (hidden + 1L) + cell.parameterBlocks();
      count += ofUnit * hidden;
    }
    return count;
  }

  /** Multiply-adds of the head's three products, forward and backward, for sequences of so many timesteps in all. */
  public long headMacs(long sequences, long steps) {
    return 3L * outputs * hidden * (head == Head.FRAMES ? steps : sequences);
  }
}

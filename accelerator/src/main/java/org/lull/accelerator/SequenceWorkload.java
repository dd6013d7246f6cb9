// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.List;
import org.lull.accelerator.StepSimulation.Products;

/**
 * The lists of active entries of a batch in numbers, and the figures that follow from them without the logic.
 *
 * @param steps number of timesteps of all sequences
 * @param sparsityX share of entries of x, of all layers and timesteps, that did not fire
 * @param sparsityH share of entries of h, of all layers, from the second timestep on, that did not fire
 * @param reference number of cycles of the three products on the accelerator of the reference, by formulas that were measured on it
 */
public record SequenceWorkload(long steps, double sparsityX, double sparsityH, long reference) {

  /** Counts, one pair of sequences after the other. */
  static final class Count {
    private final List<FixedLstmLayer> layers;
    private final int lanes;
    private long steps;
    private long activeX;
    private long entriesX;
    private long activeH;
    private long entriesH;
    private long forward;
    private long transposed;
    private long reference;

    Count(List<FixedLstmLayer> layers, int lanes) {
      this.layers = layers;
      this.lanes = lanes;
    }

    void add(List<FixedSequence> sequences) {
      for (FixedSequence sequence : sequences) {
        int timesteps = sequence.tapes().getFirst().steps;
        steps += timesteps;
        for (int l = 0; l < layers.size(); l++) {
          FixedLstmLayer layer = layers.get(l);
          FixedTape tape = sequence.tapes().get(l);
          long blocks = layer.rows() / lanes;
          long fired = tape.activeX() + tape.activeH();
          long forwardBeats = (fired + 1) * blocks; // one is the bias
          long transposedBeats = (fired - (l == 0 ? tape.activeX() : 0)) * blocks;
          activeX += tape.activeX();
          activeH += tape.activeH();
          entriesX += (long) timesteps * layer.inputs();
          entriesH += (timesteps - 1L) * layer.units();
          forward += forwardBeats;
          transposed += transposedBeats;
          reference += reference(timesteps, fired * blocks, transposedBeats);
        }
      }
    }

    /**
     * The reference's measured formulas with K M / P products: forward K M/P + 14 T + 11, transposed K M/P + 32 T + 12, weight gradient
     * K M/P + 25, T timesteps, K non-zeros of them all, M rows; biases are no part of it.
     */
    static long reference(long timesteps, long forward, long transposed) {
      return forward + 14 * timesteps + 11 + transposed + 32 * timesteps + 12 + forward + 25;
    }

    Products products() {
      return new Products(forward, transposed, forward);
    }

    SequenceWorkload work() {
      return new SequenceWorkload(steps, 1 - activeX / (double) entriesX, entriesH == 0 ? 0 : 1 - activeH / (double) entriesH, reference);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.List;

/**
 * Computes how many cycles the logic takes for given lists of active entries. It simulates the sequencers and queues cycle by cycle,
 * without the data. In cycle 0 of a pass through a layer the controller starts it. The numbers of pipeline stages are those of the RTL;
 * tests compare them.
 */
final class ScheduleModel {
  private static final int UPDATE = 7; // words of weights; cycles of an update

  private final CoreSize size;
  private final List<FixedLstmLayer> layers;
  private final Dram dram;

  /** @param dram where the weights are */
  ScheduleModel(CoreSize size, List<FixedLstmLayer> layers, Dram dram) {
    this.size = size;
    this.layers = layers;
    this.dram = dram;
  }

  /** Number of cycles of the forward pass of one or two sequences, which the golden model has run. */
  long forward(List<FixedSequence> sequences) {
    long cycles = 0;
    for (int l = 0; l < layers.size(); l++) {
      cycles += new ForwardSchedule(size, dram, layers.get(l), tapes(sequences, l)).cycles();
    }
    return cycles;
  }

  /** Number of cycles of the backward pass of these sequences. */
  long backward(List<FixedSequence> sequences) {
    long cycles = 0;
    for (int l = 0; l < layers.size(); l++) {
      cycles += new BackwardSchedule(size, dram, layers.get(l), tapes(sequences, l), l > 0).cycles();
    }
    return cycles;
  }

  private static List<FixedTape> tapes(List<FixedSequence> sequences, int layer) {
    return sequences.stream().map(sequence -> sequence.tapes().get(layer)).toList();
  }

  /** Number of cycles of the update. */
  long update() {
    return dram.update(layers.stream().mapToLong(layer -> CoreSize.words(layer, size.lanes())).sum(), size.lanes()) + UPDATE;
  }
}

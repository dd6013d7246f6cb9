// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.List;

/** Runs one sequence through all layers, forward and backward. Only one thread may use it at a time. */
final class FixedSequence {
  /** Number of bits, without the sign, that the largest gradient should have. */
  private static final int BITS = 15;

  private final List<FixedLstmLayer> layers;
  private final List<FixedTape> tapes;

  FixedSequence(List<FixedLstmLayer> layers) {
    this.layers = layers;
    tapes = layers.stream().map(FixedTape::new).toList();
  }

  /** Begins a sequence. Then write x to the tape of the first layer. */
  FixedTape begin(int steps) {
    tapes.forEach(tape -> {
      tape.begin(steps);
      tape.saturations.reset();
    });
    return tapes.getFirst();
  }

  /** Runs the forward pass; then h is in the tape of the top layer. */
  void forward() {
    for (int l = 0; l < layers.size(); l++) {
      if (l > 0) {
        tapes.get(l).takeInputs(tapes.get(l - 1));
      }
      layers.get(l).forward(tapes.get(l));
    }
  }

  /**
   * Runs the backward pass.
   *
   * @param dh dL/dh_t of the top layer, rows of {@code stride} floats, one for each timestep or one for all
   * @param scale factor by which dL/dh is multiplied
   * @param gradients gradients of the weights of each layer, to which those of the sequence are added
   */
  void backward(float[] dh, boolean perStep, int stride, double scale, List<long[]> gradients) {
    tapes.getLast().takeGradient(dh, perStep, stride, scale);
    backward(gradients);
  }

  /** Runs the backward pass from dL/dh on the tape of the top layer. */
  void backward(List<long[]> gradients) {
    for (int l = layers.size() - 1; l >= 0; l--) {
      layers.get(l).backward(tapes.get(l), gradients.get(l), l > 0);
      if (l > 0) {
        tapes.get(l - 1).takeGradient(tapes.get(l));
      }
    }
  }

  /** Number of bits by which the last gradients could be larger; below 0 if they have to be smaller. */
  int room() {
    long largest = 1;
    long saturated = 0;
    for (FixedTape tape : tapes) {
      largest = Math.max(largest, tape.saturations.largestGradient());
      saturated += tape.saturations.ofGradients();
    }
    int room = BITS - (Long.SIZE - Long.numberOfLeadingZeros(largest));
    return saturated > 0 ? Math.min(-1, room) : room;
  }

  /** The tape of each layer, the first layer first. */
  List<FixedTape> tapes() {
    return tapes;
  }

  /** Counts of all layers since the beginning of the sequence or the last call of {@link #resetSaturations}. */
  Saturations.Counts saturations() {
    return tapes.stream().map(tape -> tape.saturations.counts()).reduce(Saturations.Counts.NONE, Saturations.Counts::plus);
  }

  void resetSaturations() {
    tapes.forEach(tape -> tape.saturations.reset());
  }

  /** Size of all arrays in bytes. */
  long bytes() {
    return tapes.stream().mapToLong(FixedTape::bytes).sum();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.List;

/** One sequence on its way through all layers, forward and back. One thread at a time. */
final class FixedSequence {
  /** Bits the largest of all gradients shall have, its sign not among them. */
  private static final int BITS = 15;

  private final List<FixedLstmLayer> layers;
  private final List<FixedTape> tapes;

  FixedSequence(List<FixedLstmLayer> layers) {
    this.layers = layers;
    tapes = layers.stream().map(FixedTape::new).toList();
  }

  /** Begins a sequence; its x is then to be put into the tape of the lowest layer. */
  FixedTape begin(int steps) {
    tapes.forEach(tape -> {
      tape.begin(steps);
      tape.saturations.reset();
    });
    return tapes.getFirst();
  }

  /** Runs it forward; h is then in the tape of the top layer. */
  void forward() {
    for (int l = 0; l < layers.size(); l++) {
      if (l > 0) {
        tapes.get(l).takeInputs(tapes.get(l - 1));
      }
      layers.get(l).forward(tapes.get(l));
    }
  }

  /**
   * Runs it back.
   *
   * @param dh dL/dh_t of the top layer, rows of {@code stride} floats, one for each timestep or one for all
   * @param scale what they are multiplied with
   * @param gradients of the weights of each layer, which are added to
   */
  void backward(float[] dh, boolean perStep, int stride, double scale, List<long[]> gradients) {
    tapes.getLast().takeGradient(dh, perStep, stride, scale);
    for (int l = layers.size() - 1; l >= 0; l--) {
      layers.get(l).backward(tapes.get(l), gradients.get(l), l > 0);
      if (l > 0) {
        tapes.get(l - 1).takeGradient(tapes.get(l));
      }
    }
  }

  /** By how many bits the gradients last computed might be larger; below 0 if they have to be smaller. */
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

  /** One a layer, the lowest first. */
  List<FixedTape> tapes() {
    return tapes;
  }

  /** Of all layers, since the beginning of the sequence or the last call of {@link #resetSaturations}. */
  Saturations.Counts saturations() {
    return tapes.stream().map(tape -> tape.saturations.counts()).reduce(Saturations.Counts.NONE, Saturations.Counts::plus);
  }

  void resetSaturations() {
    tapes.forEach(tape -> tape.saturations.reset());
  }

  /** Bytes of its arrays. */
  long bytes() {
    return tapes.stream().mapToLong(FixedTape::bytes).sum();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Largest memory of the arrays of a training, in bytes. The examples, and the inputs that a step makes from them, are not included.
 *
 * @param weights the arena (one flat array) of the parameters
 * @param optimiser state of the optimiser
 * @param gradients the arenas of the gradients, one for each group of a batch
 * @param tape what the forward pass keeps for the backward pass, and the working storage of both, for all layers and threads
 * @param activations part of the tape: h, c and what the cells save, for as many timesteps as the arrays have room for
 * @param activeEntries part of the tape of a delta network: the lists of the entries that fired, at their largest size
 */
public record MemoryUse(long weights, @JsonProperty("optimizer") long optimiser, long gradients,
    @Varies(MemoryUse.EACH_THREAD) long tape, @Varies(MemoryUse.EACH_THREAD) long activations,
    @Varies(MemoryUse.EACH_THREAD) long activeEntries) {
  private static final String EACH_THREAD = "each thread has room for the longest of the sequences it happened to get";

  public MemoryUse(long weights, long optimiser, long gradients, TapeSize tapes) {
    this(weights, optimiser, gradients, tapes.allocated(), tapes.activations(), tapes.activeEntries());
  }
}

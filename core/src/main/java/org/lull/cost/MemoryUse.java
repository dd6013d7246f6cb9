// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The most memory that training a network took for its arrays, in bytes. Examples, and the inputs of a step that are made from them, are
 * not among them.
 *
 * @param weights the arena of parameters
 * @param optimiser what it holds for each parameter
 * @param gradients the arenas they are summed in, one for each group of a batch
 * @param tape what the forward pass leaves for the backward pass, with the working storage of both: of all layers, of all threads
 * @param activations part of the tape: h, c and what the cells saved, of all timesteps there was room for
 * @param activeEntries part of the tape, of a delta network: what the lists of entries that fired took where they were longest
 */
public record MemoryUse(long weights, @JsonProperty("optimizer") long optimiser, long gradients,
    @Varies(MemoryUse.EACH_THREAD) long tape, @Varies(MemoryUse.EACH_THREAD) long activations,
    @Varies(MemoryUse.EACH_THREAD) long activeEntries) {
  private static final String EACH_THREAD = "each thread has room for the longest of the sequences it happened to get";

  public MemoryUse(long weights, long optimiser, long gradients, TapeSize tapes) {
    this(weights, optimiser, gradients, tapes.allocated(), tapes.activations(), tapes.activeEntries());
  }
}

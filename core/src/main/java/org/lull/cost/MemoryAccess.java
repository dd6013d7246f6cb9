// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Words of 32 bits that training moves, counted from what fired as the multiply-adds are ({@link OperationCount}), on a machine that takes
 * one sequence at a time, timestep after timestep, as a device does that learns online: no weight stays in it from one timestep to the
 * next, so that each multiply-add of a product has its own access to the matrix, and every vector is read or written once in each stage
 * that uses it. (Chen et al. 2024 count the accesses they save so.) Biases, a word a row and sequence, are left out.
 *
 * <pre>
 *   weights     forward and transposed product: a word for each multiply-add
 *   gradients   weight gradient: each multiply-add reads a word and writes it back
 *   optimiser   AdamW, each step: parameter, gradient and two moments read; parameter and moments written
 *   states      forward    M read, written; saved, c, h written, c read; v read
 *               backward   saved, c, dh, carry read; G, carry, dh written; G and v read for the weight gradient
 *               delta      references and A read, those of active entries written; number and delta of each written once, read thrice;
 *                          G of the next step read
 * </pre>
 *
 * @param weightReads of W
 * @param gradientReads of dL/dW, and as many writes
 * @param optimiser reads and writes of the updates of the weights
 * @param states reads and writes of vectors
 * @param multiplyAdds of the three products
 */
public record MemoryAccess(long weightReads, long gradientReads, @JsonProperty("optimizer") long optimiser, long states,
    long multiplyAdds) {
  private static final int WORDS_OF_ADAMW = 7;

  /**
   * What accesses and arithmetic cost, in picojoules a word of 32 bits.
   *
   * @param matrix a word of weights, gradients or moments
   * @param state a word of a vector
   * @param multiplyAdd of floating point
   */
  public record Energy(double matrix, double state, double multiplyAdd) {
    /**
     * 45 nm at 0.9 V (Horowitz, "Computing's energy problem", ISSCC 2014, figure 1.1.9): matrices in DRAM, 1.3 nJ for 64 bits at the least;
     * vectors in a cache of 8 kB, 10 pJ for 64 bits; 3.7 pJ for a multiplication of 32 bits and 0.9 pJ for an addition.
     */
    public static final Energy HOROWITZ_2014 = new Energy(640, 5, 4.6);
  }

  /**
   * Of training.
   *
   * @param layers what the passes counted
   * @param delta whether the layers were delta layers
   * @param updates of a parameter there were: steps times parameters
   */
  public static MemoryAccess of(OperationCounts layers, boolean delta, long updates) {
    return new MemoryAccess(layers.sum(count -> count.forward() + count.transposed()),
        layers.sum(OperationCount::weightGradient), WORDS_OF_ADAMW * updates,
        layers.sum(count -> count.stateWords(delta)), layers.total());
  }

  /** What the same training takes densely. */
  public static MemoryAccess ofDense(OperationCounts layers, long updates) {
    long weightGradient = layers.sum(OperationCount::denseWeightGradient);
    long all = layers.denseTotal();
    return new MemoryAccess(all - weightGradient, weightGradient, WORDS_OF_ADAMW * updates,
        layers.sum(count -> count.stateWords(false)), all);
  }

  /** Accesses to the matrices, the optimiser's left out: weights read, gradients read and written. */
  public long matrices() {
    return weightReads + 2 * gradientReads;
  }

  /** All accesses. */
  public long words() {
    return matrices() + optimiser + states;
  }

  /** In joules. */
  public double joules(Energy energy) {
    return 1e-12 * (energy.matrix * (matrices() + optimiser) + energy.state * states + energy.multiplyAdd * multiplyAdds);
  }
}

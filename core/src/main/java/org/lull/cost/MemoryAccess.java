// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Memory accesses of training, in words of 32 bits. Like the multiply-adds ({@link OperationCount}) they are counted from the entries that
 * fired.
 *
 * <p>The model is a device that learns online: it runs one sequence at a time, timestep after timestep, and keeps no weight from one
 * timestep to the next. So each multiply-add of a product accesses the matrix once, and each stage reads or writes each of its vectors
 * once. Chen et al. 2024 count accesses in the same way. Biases (one word for each row and sequence) are left out.
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
 * @param weightReads words of W that are read
 * @param gradientReads words of dL/dW that are read; the same number is written
 * @param optimiser words that the optimiser reads and writes
 * @param states words of vectors that are read and written
 * @param multiplyAdds multiply-adds of the three products
 */
public record MemoryAccess(long weightReads, long gradientReads, @JsonProperty("optimizer") long optimiser, long states,
    long multiplyAdds) {
  private static final int WORDS_OF_ADAMW = 7;

  /**
   * Energy of accesses and arithmetic, in picojoules.
   *
   * @param matrix access to one word of the weights, gradients or moments
   * @param state access to one word of a vector
   * @param multiplyAdd one multiply-add in 32-bit floating point
   */
  public record Energy(double matrix, double state, double multiplyAdd) {
    /**
     * A 45 nm process at 0.9 V (Horowitz, "Computing's energy problem", ISSCC 2014, figure 1.1.9). Matrices are in DRAM, at least 1.3 nJ
     * for 64 bits. Vectors are in a cache of 8 kB, 10 pJ for 64 bits. A 32-bit multiplication takes 3.7 pJ, an addition 0.9 pJ.
     */
    public static final Energy HOROWITZ_2014 = new Energy(640, 5, 4.6);
  }

  /**
   * The accesses of training.
   *
   * @param layers operation counts of the passes
   * @param delta whether the layers were delta layers
   * @param updates number of updates of single parameters: training steps times parameters
   */
  public static MemoryAccess of(OperationCounts layers, boolean delta, long updates) {
    return new MemoryAccess(layers.sum(count -> count.forward() + count.transposed()),
        layers.sum(OperationCount::weightGradient), WORDS_OF_ADAMW * updates,
        layers.sum(count -> count.stateWords(delta)), layers.total());
  }

  /** The accesses of the same training with dense layers. */
  public static MemoryAccess ofDense(OperationCounts layers, long updates) {
    long weightGradient = layers.sum(OperationCount::denseWeightGradient);
    long all = layers.denseTotal();
    return new MemoryAccess(all - weightGradient, weightGradient, WORDS_OF_ADAMW * updates,
        layers.sum(count -> count.stateWords(false)), all);
  }

  /** Words of weights read, and of gradients read and written. Those of the optimiser are not included. */
  public long matrices() {
    return weightReads + 2 * gradientReads;
  }

  /** All words that are read and written. */
  public long words() {
    return matrices() + optimiser + states;
  }

  /** Energy of all accesses and multiply-adds, in joules. */
  public double joules(Energy energy) {
    return 1e-12 * (energy.matrix * (matrices() + optimiser) + energy.state * states + energy.multiplyAdd * multiplyAdds);
  }
}

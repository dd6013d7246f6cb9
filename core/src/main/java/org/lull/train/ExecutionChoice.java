// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import org.lull.network.Execution;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.rnn.LayerLayout;

/**
 * Which form of a pass is the faster, so that at no sparsity training is much slower than the dense network. Chosen from counts, never from
 * the clock: the same bytes come out on every machine. The break-even sparsities were measured (docs/benchmarks.md has the command); on
 * another machine they cost a little speed at worst.
 */
final class ExecutionChoice {
  /** Break-even of a single sequence: the dense form then reads every weight at every timestep too. */
  private static final double ONE = 0.38;
  /** The same where a layer's weights come from beyond the second-level cache, so that reading them is what costs. */
  private static final double ONE_FROM_MEMORY = 0.25;
  /** Of several sequences, for which the dense form reads a weight once. */
  private static final double SEVERAL = 0.42;

  private ExecutionChoice() {}

  /** Whether there is nothing to choose: dense mode, or thresholds at which every entry fires. */
  static boolean onlyDense(Network network, Mode mode) {
    if (onlySparse(network, mode)) {
      return false;
    }
    if (mode == Mode.DENSE) {
      return true;
    }
    for (int layer = 0; layer < network.spec().layers(); layer++) {
      if (!network.thresholds(layer).zero()) {
        return false;
      }
    }
    return true;
  }

  /** Whether there is nothing to choose but the sparse form, as in numbers that have no other. */
  static boolean onlySparse(Network network, Mode mode) {
    return !network.arithmetic().runs(mode, Execution.DENSE);
  }

  /**
   * The form for delta mode.
   *
   * @param sparsity share of entries that are expected not to fire
   * @param sequences how many would run together in the dense form
   */
  static Execution of(Network network, double sparsity, int sequences) {
    boolean fromMemory = !network.layers().stream().allMatch(LayerLayout::cached);
    double breakEven = sequences > 1 ? SEVERAL : fromMemory ? ONE_FROM_MEMORY : ONE;
    return sparsity < breakEven ? Execution.DENSE : Execution.SPARSE;
  }
}

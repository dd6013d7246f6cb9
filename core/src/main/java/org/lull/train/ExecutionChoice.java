// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import org.lull.network.Execution;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.rnn.LayerLayout;

/**
 * Chooses the faster form of a pass, sparse or dense, so that training is never much slower than the dense network. The choice depends on
 * counts and never on the clock, so the bytes are the same on every machine. The break-even sparsities were measured (docs/benchmarks.md
 * has the command). If they do not suit another machine, it loses a little speed at worst.
 */
final class ExecutionChoice {
  /** Break-even sparsity for a single sequence, where the dense form too reads every weight at every timestep. */
  private static final double ONE = 0.38;
  /** Break-even sparsity for a single sequence if a layer's weights do not fit the second-level cache, so that reading them dominates. */
  private static final double ONE_FROM_MEMORY = 0.25;
  /** Break-even sparsity for several sequences, for which the dense form reads each weight once. */
  private static final double SEVERAL = 0.42;

  private ExecutionChoice() {}

  /** Whether only the dense form is possible or sensible: in dense mode, or at thresholds at which every entry fires. */
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

  /** Whether only the sparse form is possible, as in an arithmetic without a dense form. */
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

// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import org.lull.input.InvalidInputException;
import org.lull.network.Arithmetic;
import org.lull.network.Execution;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.rnn.LstmCell;

/**
 * The arithmetic of the accelerator for training. Forward and backward pass compute in its integers, bit for bit. For each pass the weights
 * are rounded to 16 bits; the optimiser updates the float weights (quantisation-aware training, Jacob et al. 2018).
 */
public record Fixed16() implements Arithmetic {
  @Override
  public String name() {
    return "fixed16";
  }

  @Override
  public void check(NetworkSpec spec) {
    if (!(spec.cell() instanceof LstmCell)) {
      throw new InvalidInputException("fixed16 is the arithmetic of the accelerator, whose cell is lstm; got " + spec.cell().name()
          + ", choose another cell or float32");
    }
  }

  /** The logic runs one sequence at a time, with lists of the entries that fired. In dense mode every entry fires. */
  @Override
  public boolean runs(Mode mode, Execution execution) {
    return execution == Execution.SPARSE;
  }

  @Override
  public State state(Network network) {
    return FixedState.of(network);
  }

  @Override
  public Layers layers(Network network, Mode mode) {
    return new FixedLayers(network, mode);
  }
}

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
 * The accelerator's arithmetic for training: forward and backward in its integers, to the bit, on weights that are rounded to 16 bits for
 * each pass while their updates go to the floats they were made of (Jacob et al. 2018, quantisation-aware training).
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

  /** The logic takes one sequence at a time and lists what fired; in dense mode that is everything. */
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

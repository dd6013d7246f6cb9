// SPDX-License-Identifier: Apache-2.0
package org.lull.bench.kernels;

import java.util.SplittableRandom;
import org.lull.kernel.KernelChoice;
import org.lull.kernel.Kernels;
import org.lull.kernel.ScalarKernels;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.LstmCell;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What all benchmarks of kernels have: which kernels, how many units, and data that lies as {@link LayerLayout} has it. */
@State(Scope.Thread)
public abstract class KernelState {
  /** Timesteps of a call that works on more than one. */
  static final int STEPS = 128;

  /** Units of a panel of the pointwise stages; what all sizes are multiples of. */
  static final int PANEL = 64;

  static final int ALIGNED = Kernels.ALIGNED;

  @Param("vector")
  public String kernels;
  @Param("128")
  public int units;

  final SplittableRandom random = new SplittableRandom(1);

  /** Those this machine chooses, or the reference. */
  Kernels chosen() {
    return kernels.equals("scalar") ? new ScalarKernels() : KernelChoice.kernels();
  }

  /** An LSTM layer with as many inputs as units: 2 units columns of 4 units rows. */
  static LayerLayout layout(int units) {
    return new LayerLayout(new LstmCell(), units, units, ALIGNED);
  }

  /** Values of the size of weights, behind the gap that aligns them. */
  float[] values(int n) {
    float[] values = new float[ALIGNED + n];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.1 * random.nextGaussian());
    }
    return values;
  }
}

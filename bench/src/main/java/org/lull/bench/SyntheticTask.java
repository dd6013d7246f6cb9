// SPDX-License-Identifier: Apache-2.0
package org.lull.bench;

import java.util.ArrayList;
import java.util.List;
import org.lull.network.Mode;
import org.lull.network.NetworkSpec;
import org.lull.rnn.Cell;
import org.lull.train.Workload;

/** Random sequences, and thresholds that give a wanted sparsity. */
record SyntheticTask(Workload.Shape shape, Cell cell) implements Task {
  private static final double[] SPARSITIES = {0, 0.5, 0.8, 0.9, 0.95};

  @Override
  public String name() {
    return shape.name();
  }

  @Override
  public NetworkSpec spec() {
    return shape.spec(cell);
  }

  @Override
  public int steps() {
    return shape.steps();
  }

  @Override
  public List<Workload> ours(int batch, int threads) {
    List<Workload> ours = new ArrayList<>();
    ours.add(new Workload(shape, cell, Mode.DENSE, 0, batch, threads));
    for (double sparsity : SPARSITIES) {
      ours.add(new Workload(shape, cell, Mode.DELTA, sparsity, batch, threads));
    }
    return ours;
  }
}

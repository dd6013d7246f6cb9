// SPDX-License-Identifier: Apache-2.0
package org.lull.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lull.network.Execution;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.Sequence;
import org.lull.rnn.Cell;
import org.lull.train.StepTimer;
import org.lull.train.Workload;

/**
 * Both forms of delta mode beside the dense network, forward and backward, at rising sparsity: where the sparse form overtakes the dense
 * one is the break-even sparsity that training chooses by. For one sequence and for the 8 that the dense form runs together; one thread.
 * {@code seconds} is how long each row is timed.
 */
public final class BreakEven {
  private static final double[] SPARSITIES = {0.2, 0.3, 0.4, 0.5, 0.6, 0.7};

  private BreakEven() {}

  public static void main(String[] arguments) {
    double seconds = Options.numbers("seconds", "2", 1).getFirst();
    System.out.printf("%-8s %9s %9s %10s %21s %21s%n", "network", "sequences", "sparsity", "dense, us", "dense execution, dense/it",
        "sparse execution, dense/it");
    for (Workload.Shape shape : Workload.Shape.ALL) {
      for (int n : new int[] {1, 8}) {
        for (double sparsity : SPARSITIES) {
          row(shape, Workload.sequences(shape, n), sparsity, seconds);
        }
      }
    }
  }

  private static void row(Workload.Shape shape, List<Sequence> sequences, double wanted, double seconds) {
    Network network = Workload.tuned(shape, Cell.named("lstm"), wanted);
    NetworkPass sparse = new NetworkPass(network, Mode.DELTA);
    List<List<Sequence>> oneByOne = sequences.stream().map(List::of).toList();
    List<Runnable> steps = new ArrayList<>();
    steps.add(step(network, new NetworkPass(network, Mode.DENSE), Execution.DENSE, List.of(sequences)));
    steps.add(step(network, new NetworkPass(network, Mode.DELTA), Execution.DENSE, List.of(sequences)));
    steps.add(step(network, sparse, Execution.SPARSE, oneByOne));
    StepTimer.medianMicros(steps, 1, seconds); // for the compiler
    double[] micros = StepTimer.medianMicros(steps, 1, seconds);
    System.out.printf(Locale.ROOT, "%-8s %9d %7.1f %% %10.1f %20.2fx %20.2fx%n", shape.name(), sequences.size(),
        100 * sparse.operations().sparsity(), micros[0], micros[0] / micros[1], micros[0] / micros[2]);
  }

  /** Forward and backward of sequences, so many at a time; the logits serve as their own gradient. */
  private static Runnable step(Network network, NetworkPass pass, Execution execution, List<List<Sequence>> together) {
    float[] gradients = new float[network.parameters().length];
    return () -> {
      for (int i = 0; i < together.size(); i++) {
        pass.forward(together.get(i), execution);
        pass.backward(gradients, i == 0);
      }
    };
  }
}

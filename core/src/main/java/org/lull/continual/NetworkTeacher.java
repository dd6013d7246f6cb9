// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.lull.cost.OperationCounts;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Normalisation;
import org.lull.network.Sequence;
import org.lull.train.Example;

/**
 * A teacher that runs the network before the task on the same augmented inputs as the student. Any number of threads may use it.
 */
final class NetworkTeacher implements Distillation.Teacher {
  private final Network network;
  private final Queue<Inference> all = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<Inference> own;

  /** @param network network before the task; it must not change */
  NetworkTeacher(Network network, Mode mode, Normalisation normalisation) {
    this.network = network;
    own = ThreadLocal.withInitial(() -> {
      Inference run = new Inference(network, mode, normalisation);
      all.add(run);
      return run;
    });
  }

  @Override
  public float[] scores(Example example, Sequence input) {
    return own.get().scores(input);
  }

  /** Multiply-adds of all passes, one count per layer. */
  OperationCounts operations() {
    OperationCounts sum = network.operationCounts();
    all.forEach(run -> sum.add(run.operations()));
    return sum;
  }
}

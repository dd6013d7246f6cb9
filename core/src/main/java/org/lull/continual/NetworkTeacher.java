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
 * The network of before as a teacher: run on the very inputs the student is, augmented as they are, by any number of threads.
 */
final class NetworkTeacher implements Distillation.Teacher {
  private final Network network;
  private final Queue<Inference> all = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<Inference> own;

  /** @param network of before; it must stay as it is */
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

  /** Multiply-adds of all it ran, one count a layer. */
  OperationCounts operations() {
    OperationCounts sum = network.operationCounts();
    all.forEach(run -> sum.add(run.operations()));
    return sum;
  }
}

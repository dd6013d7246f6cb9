package org.lull.learn;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.lull.model.Mode;
import org.lull.model.Network;
import org.lull.model.Normalisation;
import org.lull.model.Sequence;
import org.lull.rnn.OperationCount;
import org.lull.train.Example;

/**
 * The network of before as a teacher: run on the very inputs the student is, augmented as they are, by any number of threads.
 */
final class Teaching implements Distillation.Teacher {
  private final Network network;
  private final Queue<Inference> all = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<Inference> own;

  /** @param network of before; it must stay as it is */
  Teaching(Network network, Mode mode, Normalisation normalisation) {
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
  List<OperationCount> operations() {
    List<OperationCount> sum = network.operationCounts();
    all.forEach(run -> IncrementalLearner.add(sum, run.operations()));
    return sum;
  }
}

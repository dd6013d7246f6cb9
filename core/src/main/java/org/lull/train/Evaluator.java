package org.lull.train;

import java.util.List;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Normalisation;

/** Measures a network on labelled examples, several threads at a time; the same figures at any number of threads. */
public final class Evaluator implements AutoCloseable {
  private final Network network;
  private final Normalisation normalisation;
  private final BatchGradient batchGradient;

  public Evaluator(Network network, Normalisation normalisation, Mode mode, int threads) {
    this(network, normalisation, BatchGradient.forwardOnly(network, mode, threads));
  }

  /** On the threads and tapes of another. */
  Evaluator(Network network, Normalisation normalisation, BatchGradient batchGradient) {
    this.network = network;
    this.normalisation = normalisation;
    this.batchGradient = batchGradient;
  }

  /**
   * Runs the network over the examples.
   *
   * @param task told how far it is, in examples
   * @throws IllegalArgumentException if there are none
   */
  public Evaluation evaluate(List<Example> examples, Progress.Task task) {
    batchGradient.takeOperations(); // drops those of training steps
    batchGradient.forward(new Batch(examples, i -> {
      task.advance(1);
      return examples.get(i).normalised(normalisation);
    }));
    int classes = network.spec().head().classes(network.spec().outputs());
    int[][] confusion = new int[classes][classes];
    double loss = 0;
    for (int i = 0; i < examples.size(); i++) {
      confusion[examples.get(i).label()][batchGradient.decision(i)]++;
      loss += batchGradient.loss(i);
    }
    return new Evaluation(confusion, loss / examples.size(), batchGradient.takeOperations());
  }

  @Override
  public void close() {
    batchGradient.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.List;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Normalisation;

/** Measures a network on examples, on several threads. The figures are the same at any number of threads. */
public final class Evaluator implements AutoCloseable {
  private final Network network;
  private final Normalisation normalisation;
  private final Loss loss;
  private final BatchGradient batchGradient;

  /** An evaluator for classes, by the cross-entropy. */
  public Evaluator(Network network, Normalisation normalisation, Mode mode, int threads) {
    this(network, normalisation, mode, threads, Loss.CROSS_ENTROPY);
  }

  /**
   * An evaluator for any loss.
   *
   * @throws InvalidInputException if the normalisation has another number of channels than the network has inputs
   */
  public Evaluator(Network network, Normalisation normalisation, Mode mode, int threads, Loss loss) {
    this(network, normalisation, loss, BatchGradient.forwardOnly(network, mode, loss, threads));
  }

  /** An evaluator that shares the threads and tapes of {@code batchGradient}. */
  Evaluator(Network network, Normalisation normalisation, Loss loss, BatchGradient batchGradient) {
    this.network = network;
    this.normalisation = normalisation;
    this.loss = loss;
    this.batchGradient = batchGradient;
    if (normalisation.channels() != network.spec().inputs()) {
      throw new InvalidInputException("a normalisation of " + normalisation.channels() + " channels for a network of "
          + network.spec().inputs() + " inputs");
    }
  }

  /**
   * Runs the network over the examples.
   *
   * @param task receives the progress, in examples
   * @throws InvalidInputException if an example does not fit the network: it has another number of channels, or a label or target without
   *     an output
   * @throws IllegalArgumentException if there are no examples
   */
  public Evaluation evaluate(List<Example> examples, Progress.Task task) {
    check(examples);
    batchGradient.takeOperations(); // drops those of training steps
    batchGradient.forward(new Batch(examples, i -> {
      task.advance(1);
      return examples.get(i).normalised(normalisation);
    }));
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < examples.size(); i++) {
      double weight = loss.weight(examples.get(i));
      sum += weight * batchGradient.loss(i);
      weights += weight;
    }
    double mean = sum / weights;
    return loss.targets() == null ? onClasses(examples, mean) : inRegression(examples, mean);
  }

  /** Refuses examples that do not fit the network. They would be read misaligned, or fail without a clear message. */
  void check(List<Example> examples) {
    for (int i = 0; i < examples.size(); i++) { // no iterator: part of every training step
      Example example = examples.get(i);
      if (example.channels() != network.spec().inputs()) {
        throw new InvalidInputException(example.id() + ": " + example.channels() + " channels, expected " + network.spec().inputs()
            + ", the inputs of the network");
      }
      loss.check(example, network.spec());
    }
  }

  private Evaluation onClasses(List<Example> examples, double mean) {
    int classes = network.spec().head().classes(network.spec().outputs());
    int[][] confusion = new int[classes][classes];
    for (int i = 0; i < examples.size(); i++) {
      confusion[examples.get(i).label()][batchGradient.decision(i)]++;
    }
    return new Evaluation(confusion, mean, batchGradient.takeOperations());
  }

  private Evaluation inRegression(List<Example> examples, double mean) {
    int targets = network.spec().outputs();
    double squares = 0;
    double magnitudes = 0;
    for (int i = 0; i < examples.size(); i++) {
      for (int k = 0; k < targets; k++) {
        double error = (double) loss.targets().restored(k, batchGradient.output(i, k)) - examples.get(i).target(k);
        squares += error * error;
        magnitudes += Math.abs(error);
      }
    }
    long n = (long) examples.size() * targets;
    return Evaluation.ofRegression(examples.size(), mean, Math.sqrt(squares / n), magnitudes / n, batchGradient.takeOperations());
  }

  @Override
  public void close() {
    batchGradient.close();
  }
}

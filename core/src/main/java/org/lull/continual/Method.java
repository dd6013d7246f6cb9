// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.List;
import org.lull.network.Network;
import org.lull.train.Example;
import org.lull.train.Loss;

/**
 * A method for learning new classes: which clips a task trains on, the loss, what is done to the weights before the first step and after
 * each step, and which classifier makes the predictions. {@link IncrementalLearner} calls these methods in this order.
 *
 * <p>A new method is one more file beside {@link ReplayMethod}, and a line in {@link Methods}.
 */
public interface Method {
  /** The name as in options: "icarl". */
  String name();

  /** Whether training uses exemplars of old classes beside the new clips. */
  default boolean replays() {
    return true;
  }

  /** Whether the network is trained. If not, only {@link #classifier} is called. */
  default boolean trains() {
    return true;
  }

  /** Number of clips that an epoch draws from an old class with this number of exemplars. By default each exemplar is taken once. */
  default int clipsOfOldClass(int exemplars) {
    return exemplars;
  }

  /**
   * Changes the grown network before the first step.
   *
   * @param grown network whose new outputs have random weights
   * @param inference runs that network
   */
  default void initialise(LearningTask task, Network grown, Inference inference) {}

  /** The loss of a task. */
  default Loss loss(LearningTask task) {
    return Loss.CROSS_ENTROPY;
  }

  /**
   * Changes the weights after each step of the optimiser.
   *
   * @param examples number of examples of the step
   * @param learningRate learning rate of the step
   */
  default void afterStep(LearningTask task, Network student, int examples, double learningRate) {}

  /**
   * The network to use for predictions. By default this is the trained network.
   *
   * @param network trained network; it must not change
   * @param exemplars exemplars of each class
   * @param inference runs that network
   */
  default Network classifier(Network network, List<List<Example>> exemplars, Inference inference) {
    return network.copy();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.List;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;

/** Finds where numbers that are not finite come from, for the message of {@link Diverged}. */
final class Divergence {
  private static final String ADVICE = "; lower the learning rate or the clipping norm";

  private final Network network;
  private final Mode mode;
  private final BatchGradient batchGradient;

  Divergence(Network network, Mode mode, BatchGradient batchGradient) {
    this.network = network;
    this.mode = mode;
    this.batchGradient = batchGradient;
  }

  /** The first example of the last batch whose loss is not finite, and the lowest part of the network that is not finite for it. */
  String worstExample(Batch batch) {
    int i = 0;
    while (Double.isFinite(batchGradient.loss(i))) {
      i++;
    }
    NetworkPass pass = new NetworkPass(network, mode);
    pass.forward(List.of(batch.sequence(i)));
    return "the loss of " + batch.examples().get(i).id() + " is " + batchGradient.loss(i)
        + pass.firstNotFinite().map(part -> ", from " + part + " on").orElse("") + ADVICE + ", or look at that example";
  }

  /**
   * The part of the network where a gradient that is not finite comes from. Such gradients spread downwards, so it is the highest part that
   * has one.
   */
  String worstGradient(double norm) {
    float[] gradient = batchGradient.gradient();
    for (int i = gradient.length - 1; i >= network.first(); i--) {
      if (!Float.isFinite(gradient[i])) {
        return "a gradient in " + network.partAt(i) + " is " + gradient[i] + ADVICE;
      }
    }
    return "the norm of the gradient is " + norm + ADVICE;
  }

  /** Checks the weights at the end of an epoch, because there may be no further step that would notice. */
  void checkParameters(int epoch) {
    float[] parameters = network.parameters();
    for (int i = network.first(); i < parameters.length; i++) {
      if (!Float.isFinite(parameters[i])) {
        throw new Diverged("epoch " + epoch + ": a weight in " + network.partAt(i) + " is " + parameters[i] + ADVICE);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.List;
import java.util.stream.Collectors;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;

/**
 * How parameters are changed by their gradients, with its hyper-parameters: {@link AdamW} or {@link Sgd}. A value; what it remembers from
 * step to step is in the {@link State} it makes for each training.
 *
 * <p>Another optimiser is one class that implements this and one line in {@link #named}.
 */
public interface Optimiser {
  /** As in options: "adamw". */
  String name();

  /** A state before the first step. */
  State state(int parameters);

  /** Adam with decoupled weight decay; beta 0.9 and 0.999, epsilon 1e-8. */
  static Optimiser adamW(double weightDecay) {
    return new AdamW(0.9, 0.999, 1e-8, weightDecay);
  }

  /** Gradient descent with momentum, without weight decay. */
  static Optimiser sgd(double momentum) {
    return new Sgd(momentum, 0);
  }

  /**
   * The optimiser of that name, its other hyper-parameters the customary ones.
   *
   * @throws InvalidInputException where there is none
   */
  static Optimiser named(String name, double weightDecay) {
    List<Optimiser> all = List.of(
        adamW(weightDecay),
        new Sgd(0.9, weightDecay));
    return all.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow(() -> new InvalidInputException(
        "optimiser \"" + name + "\" is unknown; choose " + all.stream().map(Optimiser::name).collect(Collectors.joining(" or "))));
  }

  /** Holds one or two numbers for each parameter, in arenas of the same layout. */
  interface State {
    /**
     * Begins a step, which {@link #update} then takes part by part.
     *
     * @param scale factor on the gradients
     */
    void begin(float scale, double learningRate);

    /**
     * The step that was begun, on positions {@code from} to {@code to - 1}, a multiple of LANES of them. Several threads may update parts
     * that do not overlap at a time.
     */
    void update(Kernels kernels, float[] parameters, float[] gradients, int from, int to);

    /** Bytes of what it holds. */
    long bytes();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.List;
import java.util.SequencedMap;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;

/**
 * An optimiser with its hyper-parameters: {@link AdamW} or {@link Sgd}. It is immutable. Moments and the like are in the {@link State},
 * which is made for each training.
 *
 * <p>To add an optimiser, write a class that implements this interface and add one line to {@code all}.
 */
public interface Optimiser {
  /** The name as in the option {@code --optimizer}, such as "adamw". */
  String name();

  /** Strength of the weight decay; 0 for none. */
  double weightDecay();

  /** A new state, as before the first step. */
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
   * The optimiser of that name; the other hyper-parameters have their usual values.
   *
   * @throws InvalidInputException if there is no optimiser of that name
   */
  static Optimiser named(String name, double weightDecay) {
    return all(weightDecay).stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow(
        () -> new InvalidInputException("optimiser \"" + name + "\" is unknown; choose " + String.join(" or ", names())));
  }

  /** The names of all optimisers. */
  static List<String> names() {
    return all(0).stream().map(Optimiser::name).toList();
  }

  private static List<Optimiser> all(double weightDecay) {
    return List.of(
        adamW(weightDecay),
        new Sgd(0.9, weightDecay));
  }

  /** The state of an optimiser: one or two numbers for each parameter, in arenas with the layout of the parameters. */
  interface State {
    /**
     * Begins a step. Then {@link #update} does the step, part by part.
     *
     * @param scale factor that the gradients are multiplied by
     */
    void begin(float scale, double learningRate);

    /**
     * Updates positions {@code from} to {@code to - 1} in the current step. Their number is a multiple of LANES. Several threads may update
     * parts that do not overlap.
     */
    void update(Kernels kernels, float[] parameters, float[] gradients, int from, int to);

    /**
     * The arenas of the state by the names that PyTorch's optimisers give them, such as "exp_avg", for a checkpoint. They are not copies:
     * what is written to them is restored.
     */
    SequencedMap<String, float[]> arenas();

    /** Number of steps so far, where a step depends on it; otherwise 0. */
    default int steps() {
      return 0;
    }

    /** Restores that number. */
    default void setSteps(int value) {}

    /** Size of the state in bytes. */
    default long bytes() {
      return arenas().values().stream().mapToLong(arena -> Float.BYTES * (long) arena.length).sum();
    }
  }
}

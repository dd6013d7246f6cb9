// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;

/**
 * Gradient descent with momentum and decoupled weight decay.
 *
 * @param momentum share of the previous step's velocity that is kept, 0 or more and below 1
 * @param weightDecay each step subtracts learningRate * weightDecay times the parameter from each parameter
 */
public record Sgd(double momentum, double weightDecay) implements Optimiser {
  /** @throws InvalidInputException if a hyper-parameter is out of range */
  public Sgd {
    Hyperparameter.requireDecay("momentum", momentum);
    Hyperparameter.requireWeightDecay(weightDecay);
  }

  @Override
  public String name() {
    return "sgd";
  }

  @Override
  public State state(int parameters) {
    return new Velocity(parameters);
  }

  private final class Velocity implements State {
    private final float[] velocity;
    private final float decay = (float) momentum;
    // of the current step
    private float scale;
    private float rate;
    private float keep;

    Velocity(int parameters) {
      velocity = new float[parameters];
    }

    @Override
    public void begin(float scale, double learningRate) {
      this.scale = scale;
      rate = (float) learningRate;
      keep = (float) (1 - learningRate * weightDecay);
    }

    @Override
    public void update(Kernels kernels, float[] parameters, float[] gradients, int from, int to) {
      for (int i = from; i < to; i++) {
        velocity[i] = Math.fma(decay, velocity[i], gradients[i] * scale);
        parameters[i] = parameters[i] * keep - rate * velocity[i];
      }
    }

    @Override
    public SequencedMap<String, float[]> arenas() {
      SequencedMap<String, float[]> arenas = new LinkedHashMap<>();
      arenas.put("momentum_buffer", velocity);
      return arenas;
    }
  }
}

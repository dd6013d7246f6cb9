// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019).
 *
 * @param beta1 decay of the running mean of the gradients, 0 or more and below 1
 * @param beta2 decay of the running mean of the squared gradients, 0 or more and below 1
 * @param epsilon above 0; added to the square root of the mean of squares
 * @param weightDecay each step subtracts learningRate * weightDecay times the parameter from each parameter
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay) implements Optimiser {
  /** @throws InvalidInputException if a hyper-parameter is out of range */
  public AdamW {
    Hyperparameter.requireDecay("beta1", beta1);
    Hyperparameter.requireDecay("beta2", beta2);
    Hyperparameter.require((float) epsilon > 0 && epsilon < 1, "epsilon", epsilon, "above 0 and below 1, such as 1e-8");
    Hyperparameter.requireWeightDecay(weightDecay);
  }

  @Override
  public String name() {
    return "adamw";
  }

  @Override
  public State state(int parameters) {
    return new Moments(parameters);
  }

  private final class Moments implements State {
    private final float[] first;
    private final float[] second;
    private int steps;
    // of the current step
    private float scale;
    private float step;
    private float root;
    private float keep;

    Moments(int parameters) {
      first = new float[parameters];
      second = new float[parameters];
    }

    @Override
    public void begin(float scale, double learningRate) {
      steps++;
      this.scale = scale;
      step = (float) (learningRate / (1 - StrictMath.pow(beta1, steps)));
      root = (float) Math.sqrt(1 - StrictMath.pow(beta2, steps));
      keep = (float) (1 - learningRate * weightDecay);
    }

    @Override
    public void update(Kernels kernels, float[] parameters, float[] gradients, int from, int to) {
      kernels.adamW(parameters, gradients, first, second, from, to - from, scale, (float) beta1, (float) beta2, (float) epsilon, step, root,
          keep);
    }

    @Override
    public SequencedMap<String, float[]> arenas() {
      SequencedMap<String, float[]> arenas = new LinkedHashMap<>();
      arenas.put("exp_avg", first);
      arenas.put("exp_avg_sq", second);
      return arenas;
    }

    @Override
    public int steps() {
      return steps;
    }

    @Override
    public void setSteps(int value) {
      steps = value;
    }
  }
}

package org.lull.train;

import org.lull.InvalidInputException;
import org.lull.kernel.Kernels;

/** Changes parameters by their gradients. Holds one or two numbers for each parameter, in arenas of the same layout. */
public sealed interface Optimizer permits Optimizer.AdamW, Optimizer.Sgd {

  /**
   * One step.
   *
   * @param from first position of the arena that is a parameter
   * @param scale factor on the gradients
   */
  void step(Kernels kernels, float[] parameters, float[] gradients, int from, float scale, double learningRate);

  /** As in options: adamw or sgd. */
  static Optimizer named(String name, int parameters, double weightDecay) {
    return switch (name) {
      case "adamw" -> new AdamW(parameters, weightDecay);
      case "sgd" -> new Sgd(parameters, weightDecay);
      default -> throw new InvalidInputException("optimizer \"" + name + "\" is unknown; choose adamw or sgd");
    };
  }

  /** Adam with decoupled weight decay (Loshchilov and Hutter 2019); beta 0.9 and 0.999, epsilon 1e-8. */
  final class AdamW implements Optimizer {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final float EPSILON = 1e-8f;

    private final float[] first;
    private final float[] second;
    private final double weightDecay;
    private int steps;

    AdamW(int parameters, double weightDecay) {
      first = new float[parameters];
      second = new float[parameters];
      this.weightDecay = weightDecay;
    }

    @Override
    public void step(Kernels kernels, float[] parameters, float[] gradients, int from, float scale, double learningRate) {
      steps++;
      double correction1 = 1 - StrictMath.pow(BETA1, steps);
      double correction2 = 1 - StrictMath.pow(BETA2, steps);
      kernels.adamW(parameters, gradients, first, second, from, parameters.length - from, scale, (float) BETA1, (float) BETA2, EPSILON,
          (float) (learningRate / correction1), (float) Math.sqrt(correction2), (float) (1 - learningRate * weightDecay));
    }
  }

  /** Gradient descent with momentum 0.9 and decoupled weight decay. */
  final class Sgd implements Optimizer {
    private static final float MOMENTUM = 0.9f;

    private final float[] velocity;
    private final double weightDecay;

    Sgd(int parameters, double weightDecay) {
      velocity = new float[parameters];
      this.weightDecay = weightDecay;
    }

    @Override
    public void step(Kernels kernels, float[] parameters, float[] gradients, int from, float scale, double learningRate) {
      float keep = (float) (1 - learningRate * weightDecay);
      float rate = (float) learningRate;
      for (int i = from; i < parameters.length; i++) {
        velocity[i] = Math.fma(MOMENTUM, velocity[i], gradients[i] * scale);
        parameters[i] = parameters[i] * keep - rate * velocity[i];
      }
    }
  }
}

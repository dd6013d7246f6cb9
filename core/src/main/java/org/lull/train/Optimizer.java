package org.lull.train;

import org.lull.input.InvalidInputException;
import org.lull.kernel.Kernels;

/** Changes parameters by their gradients. Holds one or two numbers for each parameter, in arenas of the same layout. */
public sealed interface Optimizer permits Optimizer.AdamW, Optimizer.Sgd {

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
    // of the step that was begun
    private float scale;
    private float step;
    private float root;
    private float keep;

    AdamW(int parameters, double weightDecay) {
      first = new float[parameters];
      second = new float[parameters];
      this.weightDecay = weightDecay;
    }

    @Override
    public void begin(float scale, double learningRate) {
      steps++;
      this.scale = scale;
      step = (float) (learningRate / (1 - StrictMath.pow(BETA1, steps)));
      root = (float) Math.sqrt(1 - StrictMath.pow(BETA2, steps));
      keep = (float) (1 - learningRate * weightDecay);
    }

    @Override
    public void update(Kernels kernels, float[] parameters, float[] gradients, int from, int to) {
      kernels.adamW(parameters, gradients, first, second, from, to - from, scale, (float) BETA1, (float) BETA2, EPSILON, step, root, keep);
    }

    @Override
    public long bytes() {
      return Float.BYTES * ((long) first.length + second.length);
    }
  }

  /** Gradient descent with momentum 0.9 and decoupled weight decay. */
  final class Sgd implements Optimizer {
    private static final float MOMENTUM = 0.9f;

    private final float[] velocity;
    private final double weightDecay;
    // of the step that was begun
    private float scale;
    private float rate;
    private float keep;

    Sgd(int parameters, double weightDecay) {
      velocity = new float[parameters];
      this.weightDecay = weightDecay;
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
        velocity[i] = Math.fma(MOMENTUM, velocity[i], gradients[i] * scale);
        parameters[i] = parameters[i] * keep - rate * velocity[i];
      }
    }

    @Override
    public long bytes() {
      return Float.BYTES * (long) velocity.length;
    }
  }
}

package org.lull.learn;

import java.util.Arrays;
import java.util.Map;
import org.lull.model.Sequence;
import org.lull.train.Example;
import org.lull.train.Loss;

/**
 * Cross-entropy, and beside it a loss that holds the outputs of the classes known before to what the network of before gave them (Li and
 * Hoiem 2016, learning without forgetting).
 */
public final class Distillation implements Loss {
  /** How old outputs are compared. */
  public enum Kind {
    /** Not at all. */
    NONE,
    /** Each by itself, as sigmoids: binary cross-entropy (iCaRL). */
    SIGMOID,
    /** All together, as a softmax of a temperature: Kullback-Leibler divergence (Hinton et al. 2015). */
    SOFTMAX
  }

  private final Kind kind;
  private final double strength;
  private final double temperature;
  private final Map<Example, float[]> before;

  /**
   * @param strength weight of the distillation beside the cross-entropy
   * @param temperature of the softmax
   * @param before by example the scores the network of before gave it, [old outputs]; one that is not among them is not distilled
   */
  Distillation(Kind kind, double strength, double temperature, Map<Example, float[]> before) {
    this.kind = kind;
    this.strength = strength;
    this.temperature = temperature;
    this.before = before;
  }

  double[] prior;

  private void prior(float[] logits, int at, int n) {
    for (int k = 0; k < n && prior != null; k++) {
      logits[at + k] += (float) prior[k];
    }
  }

  java.util.function.Supplier<Inference> live;
  final ThreadLocal<Inference> teachers = ThreadLocal.withInitial(() -> live.get());

  @Override
  public double replaceByGradient(Example example, Sequence input, float[] logits, int at, int n, int target, double weight) {
    float[] taught = before.get(example);
    if (kind == Kind.NONE || taught == null) {
      prior(logits, at, n);
      return CROSS_ENTROPY.replaceByGradient(example, input, logits, at, n, target, weight);
    }
    if (live != null) {
      Inference t = teachers.get();
      taught = t.scores(input);
    }
    float[] now = Arrays.copyOfRange(logits, at, at + taught.length);
    prior(logits, at, n);
    double loss = CROSS_ENTROPY.replaceByGradient(example, input, logits, at, n, target, weight);
    return loss + strength * switch (kind) {
      case SIGMOID -> sigmoid(now, taught, logits, at, strength * weight);
      case SOFTMAX -> softmax(now, taught, logits, at, strength * weight);
      case NONE -> 0;
    };
  }

  /** Sum over outputs of the binary cross-entropy; adds weight (sigmoid(now) - sigmoid(taught)). */
  private static double sigmoid(float[] now, float[] taught, float[] gradient, int at, double weight) {
    double loss = 0;
    for (int k = 0; k < now.length; k++) {
      double q = 1 / (1 + StrictMath.exp(-taught[k]));
      double p = 1 / (1 + StrictMath.exp(-now[k]));
      loss += Math.max(now[k], 0) - now[k] * q + StrictMath.log1p(StrictMath.exp(-Math.abs(now[k])));
      gradient[at + k] += (float) (weight * (p - q));
    }
    return loss;
  }

  /** T^2 KL(taught || now) at temperature T; adds weight T (p - q). */
  private double softmax(float[] now, float[] taught, float[] gradient, int at, double weight) {
    double[] p = probabilities(now);
    double[] q = probabilities(taught);
    double loss = 0;
    for (int k = 0; k < p.length; k++) {
      loss += q[k] == 0 ? 0 : q[k] * (StrictMath.log(q[k]) - StrictMath.log(Math.max(p[k], Double.MIN_NORMAL)));
      gradient[at + k] += (float) (weight * temperature * (p[k] - q[k]));
    }
    return temperature * temperature * loss;
  }

  private double[] probabilities(float[] scores) {
    double max = Double.NEGATIVE_INFINITY;
    for (float score : scores) {
      max = Math.max(max, score);
    }
    double[] p = new double[scores.length];
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      p[k] = StrictMath.exp((scores[k] - max) / temperature);
      sum += p[k];
    }
    for (int k = 0; k < p.length; k++) {
      p[k] /= sum;
    }
    return p;
  }
}

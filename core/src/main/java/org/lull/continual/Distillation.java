// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.Arrays;
import java.util.Map;
import org.lull.network.Sequence;
import org.lull.train.Example;
import org.lull.train.Loss;

/**
 * The sum of another loss and a distillation loss. The distillation keeps the outputs of the old classes near those of the network before
 * the task (Li and Hoiem 2016, learning without forgetting).
 */
public final class Distillation implements Loss {
  /** How the old outputs are compared with the teacher's. */
  public enum Kind {
    /** Each output by itself, as a sigmoid: binary cross-entropy (iCaRL). */
    SIGMOID,
    /** All outputs together, as a softmax at a temperature: Kullback-Leibler divergence (Hinton et al. 2015). */
    SOFTMAX
  }

  /** Gives the outputs of the network before the task. */
  @FunctionalInterface
  interface Teacher {
    /** Scores of the old outputs, or null for an example that is not distilled; called from several threads. */
    float[] scores(Example example, Sequence input);
  }

  private final Loss beside;
  private final Kind kind;
  private final double strength;
  private final double temperature;
  private final Teacher teacher;

  /**
   * @param beside the other loss, which teaches the classes
   * @param strength weight of the distillation loss
   * @param temperature of the softmax
   */
  Distillation(Loss beside, Kind kind, double strength, double temperature, Teacher teacher) {
    this.beside = beside;
    this.kind = kind;
    this.strength = strength;
    this.temperature = temperature;
    this.teacher = teacher;
  }

  /**
   * A distillation beside cross-entropy.
   *
   * @param before for each example the scores of the network before the task, [old outputs]; an example without scores is not distilled
   */
  Distillation(Kind kind, double strength, double temperature, Map<Example, float[]> before) {
    this(CROSS_ENTROPY, kind, strength, temperature, (example, _) -> before.get(example));
  }

  @Override
  public double lossAndGradient(Example example, Sequence input, float[] logits, int at, int n, int target, double weight) {
    float[] before = teacher.scores(example, input);
    if (before == null) {
      return beside.lossAndGradient(example, input, logits, at, n, target, weight);
    }
    float[] now = Arrays.copyOfRange(logits, at, at + before.length);
    double loss = beside.lossAndGradient(example, input, logits, at, n, target, weight);
    return loss + strength * switch (kind) {
      case SIGMOID -> sigmoid(now, before, logits, at, strength * weight);
      case SOFTMAX -> softmax(now, before, logits, at, strength * weight);
    };
  }

  /** Sum of the binary cross-entropy over the outputs; adds its gradient, weight (sigmoid(now) - sigmoid(before)). */
  private static double sigmoid(float[] now, float[] before, float[] gradient, int at, double weight) {
    double loss = 0;
    for (int k = 0; k < now.length; k++) {
      double q = 1 / (1 + StrictMath.exp(-before[k]));
      double p = 1 / (1 + StrictMath.exp(-now[k]));
      loss += Math.max(now[k], 0) - now[k] * q + StrictMath.log1p(StrictMath.exp(-Math.abs(now[k])));
      gradient[at + k] += (float) (weight * (p - q));
    }
    return loss;
  }

  /** T^2 KL(before || now) at temperature T; adds its gradient, weight T (p - q). */
  private double softmax(float[] now, float[] before, float[] gradient, int at, double weight) {
    double[] p = probabilities(now);
    double[] q = probabilities(before);
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

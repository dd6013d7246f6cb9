// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import org.lull.network.Network;
import org.lull.train.Loss;

/**
 * Oversamples the exemplars, and adjusts the scores for the imbalance that remains ({@link LogitAdjustment}). New outputs begin as linear
 * discriminants ({@link Discriminant}). Old outputs are distilled, and the recurrent weights are drawn back to those before the task (Li et
 * al. 2018, L2-SP), both more strongly if there are fewer exemplars.
 */
record BalancedMethod() implements Method {
  private static final int CLIPS_OF_OLD_CLASS = 20;
  private static final double DISTILLATION = 1;
  private static final double TEMPERATURE = 2;
  /**
   * Each example, at any batch size, moves the weights this share of the way back to those before the task. The share is for one exemplar
   * per class and the full learning rate. It is divided by the number of exemplars per class, and falls with the learning rate.
   */
  private static final double ANCHOR = 0.0014;

  @Override
  public String name() {
    return "balanced";
  }

  @Override
  public int clipsOfOldClass(int exemplars) {
    return exemplars == 0 ? 0 : CLIPS_OF_OLD_CLASS;
  }

  @Override
  public void initialise(LearningTask task, Network grown, Inference inference) {
    Discriminant.imprint(grown, task.oldClasses(), inference.readAll(task.examples()));
  }

  @Override
  public Loss loss(LearningTask task) {
    return task.distilled(LogitAdjustment.of(task.clipsPerEpoch()), Distillation.Kind.SOFTMAX, perExemplar(task) * DISTILLATION,
        TEMPERATURE);
  }

  /** 1 divided by the number of exemplars per old class. */
  private static double perExemplar(LearningTask task) {
    return task.oldClasses() / (double) Math.max(1, task.exemplars());
  }

  @Override
  public void afterStep(LearningTask task, Network student, int examples, double learningRate) {
    double share = perExemplar(task) * ANCHOR * examples * learningRate / task.options().schedule().learningRate();
    float[] target = task.before().parameters();
    float[] w = student.parameters();
    float step = (float) Math.min(1, share);
    for (int i = student.first(); i < student.headWeight(); i++) {
      w[i] += step * (target[i] - w[i]);
    }
  }
}

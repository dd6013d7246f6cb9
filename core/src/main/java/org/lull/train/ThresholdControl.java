// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.ArrayList;
import java.util.List;
import org.lull.network.Network;
import org.lull.rnn.Thresholds;

/**
 * Multiplies all thresholds of a network by one factor, so that the cost of the whole training meets a {@link Budget}. This is an integral
 * controller. After each step the logarithm of the factor moves by a small part of the step's error, which is the logarithm of the step's
 * share over the wanted share. This works because ln share falls about as fast as ln theta rises. The part starts at a half, so that
 * thresholds that are far off come near within some ten steps. It falls to {@value #GAIN}, so that the noise of single batches moves the
 * thresholds by no more than a percent. The remaining steps make up for what earlier steps spent too much or too little.
 */
final class ThresholdControl {
  private static final double GAIN = 0.05;
  /** Largest factor between the share wanted of the remaining steps and the share of the budget. */
  private static final double LEEWAY = 2;
  /** Largest step of the logarithm; it limits the effect of a batch in which nothing fired. */
  private static final double FARTHEST = 1;
  private static final double LIMIT = StrictMath.log(1e4);

  private final Network network;
  private final Budget budget;
  private final long steps;
  private final List<Thresholds> start = new ArrayList<>();
  private double logFactor;
  private long done;
  private double spent;
  private double ofDense;

  /**
   * @param network its thresholds are the start values; thresholds of 0 stay 0
   * @param steps number of steps of the whole training
   */
  ThresholdControl(Network network, Budget budget, long steps) {
    this.network = network;
    this.budget = budget;
    this.steps = steps;
    for (int layer = 0; layer < network.spec().layers(); layer++) {
      start.add(network.thresholds(layer));
    }
  }

  /**
   * Takes the cost of a step and sets the thresholds of the next step.
   *
   * @param spentNow cost of the step, in the unit of the budget
   * @param ofDenseNow cost that the dense network would have had in that step
   */
  void step(double spentNow, double ofDenseNow) {
    done++;
    spent += spentNow;
    ofDense += ofDenseNow;
    double error = StrictMath.log(Math.max(spentNow, 1) / ofDenseNow / wanted());
    logFactor += Math.max(GAIN, 0.5 / Math.sqrt(done)) * Math.clamp(error, -FARTHEST, FARTHEST);
    logFactor = Math.clamp(logFactor, -LIMIT, LIMIT);
    float factor = (float) StrictMath.exp(logFactor);
    for (int layer = 0; layer < start.size(); layer++) {
      network.setThresholds(layer, start.get(layer).scaled(factor));
    }
  }

  /**
   * Where the control stands, for a checkpoint. The thresholds are start values times the factor.
   *
   * @param logFactor logarithm of the factor
   * @param done steps so far
   * @param spent their cost
   * @param ofDense the cost that the dense network would have had
   */
  record State(double logFactor, long done, double spent, double ofDense) {}

  State state() {
    return new State(logFactor, done, spent, ofDense);
  }

  void restore(State state) {
    logFactor = state.logFactor;
    done = state.done;
    spent = state.spent;
    ofDense = state.ofDense;
  }

  /** The share of the dense cost that the remaining steps should have. */
  private double wanted() {
    double share = budget.share();
    double remaining = ofDense * (steps - done) / done;
    double allowed = share * (ofDense + remaining) - spent;
    return remaining == 0 ? share : Math.clamp(allowed / remaining, share / LEEWAY, share * LEEWAY);
  }
}

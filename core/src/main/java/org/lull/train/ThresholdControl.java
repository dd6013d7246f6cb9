// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.ArrayList;
import java.util.List;
import org.lull.network.Network;
import org.lull.rnn.Thresholds;

/**
 * Moves the thresholds of a network, all by one factor, so that the counts of a whole training meet a {@link Budget}. After each step the
 * logarithm of the factor moves by a small part of the logarithm by which the step's share was off, an integral controller: ln share falls
 * about as fast as ln theta rises. The part falls from a half, so that thresholds that are far off come near within some ten steps, to
 * {@value #GAIN}, so that the noise of single batches moves them by no more than a percent. What earlier steps spent too much or too little
 * is made up for by those that remain.
 */
final class ThresholdControl {
  private static final double GAIN = 0.05;
  /** Largest factor between the share asked of the steps that remain and that of the budget. */
  private static final double LEEWAY = 2;
  /** Largest step of the logarithm: a batch in which nothing fired says no more than that. */
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
   * @param network its thresholds are where the control begins; what is 0 stays 0
   * @param steps of the whole training
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
   * Takes a step's counts and sets the thresholds of the next.
   *
   * @param spentNow in what the budget counts
   * @param ofDenseNow what the dense network would have spent in that step
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

  /** The share asked of the steps that remain. */
  private double wanted() {
    double share = budget.share();
    double remaining = ofDense * (steps - done) / done;
    double allowed = share * (ofDense + remaining) - spent;
    return remaining == 0 ? share : Math.clamp(allowed / remaining, share / LEEWAY, share * LEEWAY);
  }
}

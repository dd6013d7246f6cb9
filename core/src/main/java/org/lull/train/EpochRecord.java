// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

/**
 * What one epoch gave; everything in it is the same in every run of the same seed.
 *
 * @param epoch counted from 1; after pretraining the count goes on
 * @param learningRate at its last step
 * @param trainLoss mean over its examples, augmented as they were seen, by weights that still moved
 * @param trainAccuracy likewise; null in regression
 * @param validationLoss after the epoch; null where there are no examples for validation
 * @param validationAccuracy likewise; null in regression too
 * @param gradientNorm mean over its steps, before clipping
 * @param sparsityX share of entries of x, of all layers, that did not fire in training
 * @param sparsityH the same of h
 * @param macs multiply-adds of the three products in its training steps
 * @param denseMacs what a dense network would have needed
 */
public record EpochRecord(int epoch, double learningRate, double trainLoss, Double trainAccuracy, Double validationLoss,
    Double validationAccuracy, double gradientNorm, double sparsityX, double sparsityH, long macs, long denseMacs) {

  /** The accuracy that decides whose weights are kept: validation's, or training's where there is none; 0 in regression. */
  public double decidingAccuracy() {
    return trainAccuracy == null ? 0 : validationAccuracy == null ? trainAccuracy : validationAccuracy;
  }

  /** The loss that decides among equals, and when the plateau schedule lowers the learning rate; chosen likewise. */
  public double decidingLoss() {
    return validationLoss == null ? trainLoss : validationLoss;
  }

  /**
   * Whether its weights are the ones to keep of the two: those of the higher accuracy, of equals (and in regression) those of
   * the lower loss.
   */
  public boolean isBetterThan(EpochRecord other) {
    int byAccuracy = Double.compare(decidingAccuracy(), other.decidingAccuracy());
    return byAccuracy > 0 || byAccuracy == 0 && decidingLoss() < other.decidingLoss();
  }
}

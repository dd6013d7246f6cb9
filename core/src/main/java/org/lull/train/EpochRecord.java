package org.lull.train;

/**
 * What one epoch gave; everything in it is the same in every run of the same seed.
 *
 * @param epoch counted from 1
 * @param learningRate at its last step
 * @param trainLoss mean over its examples, as they were seen
 * @param gradientNorm mean over its steps, before clipping
 * @param sparsityX share of entries of x, of all layers, that did not fire in training
 * @param sparsityH the same of h
 * @param macs multiply-adds of the three products in its training steps
 * @param denseMacs what a dense network would have needed
 */
public record EpochRecord(int epoch, double learningRate, double trainLoss, double trainAccuracy, double validationLoss,
    double validationAccuracy, double gradientNorm, double sparsityX, double sparsityH, long macs, long denseMacs) {}

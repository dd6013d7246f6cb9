// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import picocli.CommandLine.Option;

/**
 * Options of the delta network alone: dense training ignores them, so that networks that differ in nothing else have one dense control.
 * Read by their names, see {@link OptionValues}.
 */
final class DeltaOptions {
  @Option(names = "--threshold", paramLabel = "THETA", defaultValue = "auto",
      description = "How far a value must move before it is transmitted, in standard deviations of the input and in units of h: one"
          + " number, or one for each layer, such as 0.1,0.2 (0 is the dense network); or auto: 0.15 for large data that moves fast,"
          + " less for small or slow data (default: ${DEFAULT-VALUE}).")
  private String threshold;

  @Option(names = "--threshold-x", paramLabel = "THETA", split = ",",
      description = "The same for the layers' inputs alone (default: --threshold).")
  private float[] thresholdX;

  @Option(names = "--threshold-h", paramLabel = "THETA", split = ",",
      description = "The same for the hidden states alone (default: --threshold).")
  private float[] thresholdH;

  @Option(names = "--target-reduction", paramLabel = "TIMES",
      description = "How many times fewer multiply-adds the delta network's training may cost, such as 8: the thresholds, beginning with"
          + " those given, are moved to meet it, all by one factor. Dense pretraining is not counted.")
  private Double targetReduction;

  @Option(names = "--target-sparsity", paramLabel = "SHARE",
      description = "Or the share of entries that may not fire in it, such as 0.9.")
  private Double targetSparsity;

  @Option(names = "--delta-penalty", paramLabel = "STRENGTH", defaultValue = "0",
      description = "Adds to the loss so many times the sum of what hidden units transmit in a timestep, without signs: they learn to move"
          + " less, and the same budget is met with lower thresholds (default: ${DEFAULT-VALUE}; 0.01 to 0.06 helped in our tests, the most"
          + " with little weight decay).")
  private double penalty;
}

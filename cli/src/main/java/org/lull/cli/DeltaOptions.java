package org.lull.cli;

import picocli.CommandLine.Option;

/** Options of the delta network alone: dense training ignores them, so that networks that differ in nothing else have one dense control. */
final class DeltaOptions {
  @Option(names = "--threshold", paramLabel = "THETA", split = ",", defaultValue = "0.15",
      description = "How far a value must move before it is transmitted, in standard deviations of the input and in units of h; one"
          + " number, or one for each layer (default: ${DEFAULT-VALUE}; 0 is the dense network).")
  private float[] threshold;

  @Option(names = "--threshold-x", paramLabel = "THETA", split = ",",
      description = "The same for the layers' inputs alone (default: --threshold).")
  private float[] thresholdX;

  @Option(names = "--threshold-h", paramLabel = "THETA", split = ",",
      description = "The same for the hidden states alone (default: --threshold).")
  private float[] thresholdH;

  float[] thresholdX() {
    return thresholdX == null ? threshold : thresholdX;
  }

  float[] thresholdH() {
    return thresholdH == null ? threshold : thresholdH;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lull.input.InvalidInputException;
import org.lull.train.Budget;

/**
 * What only the delta network depends on: networks that differ in nothing else have one dense control.
 *
 * @param threshold theta of x and h, in standard deviations of the input and in units of h; one number, or one for each layer; null for
 *     those that follow the data ({@link org.lull.train.DefaultThresholds})
 * @param thresholdX of the layers' inputs alone; null for {@code threshold}
 * @param thresholdH of the hidden states alone; null likewise
 * @param targetReduction how many times fewer multiply-adds training may cost; null for thresholds that stay as they are
 * @param targetSparsity or the share of entries that may not fire; null likewise
 * @param penalty strength of the penalty on what hidden units transmit
 */
public record DeltaConfig(List<Float> threshold, List<Float> thresholdX, List<Float> thresholdH, Double targetReduction,
    Double targetSparsity, double penalty) {
  static DeltaConfig read(OptionReader options) {
    return new DeltaConfig(options.numbersOrAuto("threshold"), options.numbers("threshold-x", null),
        options.numbers("threshold-h", null), options.number("target-reduction", null), options.number("target-sparsity", null),
        options.number("delta-penalty", 0.0));
  }

  void write(Map<String, String> options) {
    options.put("threshold", threshold == null ? OptionReader.AUTO : threshold.toString());
    putIfGiven(options, "threshold-x", thresholdX);
    putIfGiven(options, "threshold-h", thresholdH);
    putIfGiven(options, "target-reduction", targetReduction);
    putIfGiven(options, "target-sparsity", targetSparsity);
    options.put("delta-penalty", Double.toString(penalty));
  }

  private static void putIfGiven(Map<String, String> options, String name, Object value) {
    if (value != null) {
      options.put(name, value.toString());
    }
  }

  /** Thresholds on x as they apply; null for those that follow the data. */
  public List<Float> ofX() {
    return thresholdX == null ? threshold : thresholdX;
  }

  /** Thresholds on h as they apply; null likewise. */
  public List<Float> ofH() {
    return thresholdH == null ? threshold : thresholdH;
  }

  /**
   * What the delta network's training may cost; empty where thresholds stay as they are.
   *
   * @throws InvalidInputException where two budgets are given, or one that is none
   */
  public Optional<Budget> budget() {
    if (targetReduction == null && targetSparsity == null) {
      return Optional.empty();
    }
    if (targetReduction != null && targetSparsity != null) {
      throw new InvalidInputException("--target-reduction and --target-sparsity exclude each other; give one of them");
    }
    return Optional.of(targetReduction != null ? new Budget(Budget.Kind.REDUCTION, targetReduction)
        : new Budget(Budget.Kind.SPARSITY, targetSparsity));
  }

  private static boolean areZero(List<Float> thresholds) {
    return thresholds != null && thresholds.stream().allMatch(theta -> theta == 0);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import org.lull.cost.OperationCount;
import org.lull.cost.OperationCounts;
import org.lull.input.InvalidInputException;

/**
 * What training may cost, said instead of thresholds: {@link ThresholdControl} moves them until what is counted meets it.
 *
 * @param kind what is counted
 * @param value the wanted figure of the whole delta phase: a sparsity of 0 or more and below 1, or a reduction above 1
 */
public record Budget(Kind kind, double value) {
  /** What a budget is of. */
  public enum Kind {
    /** Share of entries of x and h of all layers that do not fire. */
    SPARSITY,
    /** Multiply-adds of the three products of the dense network over those of the delta network. */
    REDUCTION
  }

  /** Share by which a budget may be missed and still count as met. */
  private static final double TOLERANCE = 0.05;

  /** So many times fewer multiply-adds: above 1, such as 8. */
  public static Budget reduction(double times) {
    return new Budget(Kind.REDUCTION, times);
  }

  /** The share of entries that do not fire: 0 or more and below 1, such as 0.9. */
  public static Budget sparsity(double share) {
    return new Budget(Kind.SPARSITY, share);
  }

  /** @throws InvalidInputException where the value is out of range */
  public Budget {
    switch (kind) {
      case SPARSITY -> require(value >= 0 && value < 1, "sparsity", value, "0 or more and below 1, a share of entries such as 0.9");
      case REDUCTION -> require(value >= 1 && value < 1e6, "reduction", value,
          "1 or more and below 1000000, so many times fewer multiply-adds, such as 8");
    }
  }

  private static void require(boolean ok, String what, double value, String expected) {
    if (!ok) {
      throw new InvalidInputException("target of " + what + ": " + value + ", expected " + expected);
    }
  }

  /** The same as a share of what the dense network costs: entries that fire, or multiply-adds that are done. */
  double share() {
    return kind == Kind.SPARSITY ? 1 - value : 1 / value;
  }

  /** What was spent, in what this budget counts. */
  double spent(OperationCounts counts) {
    return counts.sum(kind == Kind.SPARSITY ? OperationCount::active : OperationCount::total);
  }

  /** What the dense network would have spent. */
  double ofDense(OperationCounts counts) {
    return counts.sum(kind == Kind.SPARSITY ? OperationCount::entries : OperationCount::denseTotal);
  }

  /** The figure that was reached, comparable with {@link #value}. */
  public double reached(OperationCounts counts) {
    double share = spent(counts) / ofDense(counts);
    return kind == Kind.SPARSITY ? 1 - share : 1 / share;
  }

  /** Whether what was spent is within a twentieth of the budget. */
  public boolean isMet(double reached) {
    double share = kind == Kind.SPARSITY ? 1 - reached : 1 / reached;
    return Math.abs(share / share() - 1) <= TOLERANCE;
  }
}

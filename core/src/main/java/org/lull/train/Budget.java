// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.Objects;
import org.lull.cost.OperationCount;
import org.lull.cost.OperationCounts;
import org.lull.input.InvalidInputException;

/**
 * What training may cost. It is given instead of thresholds: {@link ThresholdControl} moves the thresholds until the counted cost meets the
 * budget.
 *
 * @param kind what is counted
 * @param value the target for the whole delta phase: a sparsity of 0 or more and below 1, or a reduction above 1
 */
public record Budget(Kind kind, double value) {
  /** The quantity that a budget limits. */
  public enum Kind {
    /** Share of entries of x and h of all layers that do not fire. */
    SPARSITY,
    /** Multiply-adds of the dense network divided by those of the delta network, in the three products. */
    REDUCTION
  }

  /** Relative error up to which a budget still counts as met. */
  private static final double TOLERANCE = 0.05;

  /** A budget of so many times fewer multiply-adds than the dense network: above 1, such as 8. */
  public static Budget reduction(double times) {
    return new Budget(Kind.REDUCTION, times);
  }

  /** A budget for the share of entries that do not fire: 0 or more and below 1, such as 0.9. */
  public static Budget sparsity(double share) {
    return new Budget(Kind.SPARSITY, share);
  }

  /** @throws InvalidInputException if the value is out of range */
  public Budget {
    Objects.requireNonNull(kind, "kind");
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

  /** The target as a share of the dense network's cost: of entries that fire, or of multiply-adds. */
  double share() {
    return kind == Kind.SPARSITY ? 1 - value : 1 / value;
  }

  /** The cost of these counts, in the unit of this budget. */
  double spent(OperationCounts counts) {
    return counts.sum(kind == Kind.SPARSITY ? OperationCount::active : OperationCount::total);
  }

  /** The cost that the dense network would have had, in the same unit. */
  double ofDense(OperationCounts counts) {
    return counts.sum(kind == Kind.SPARSITY ? OperationCount::entries : OperationCount::denseTotal);
  }

  /** The sparsity or reduction that was reached; compare it with {@link #value}. */
  public double reached(OperationCounts counts) {
    double share = spent(counts) / ofDense(counts);
    return kind == Kind.SPARSITY ? 1 - share : 1 / share;
  }

  /** Whether the cost is within a twentieth of the budget. */
  public boolean isMet(double reached) {
    double share = kind == Kind.SPARSITY ? 1 - reached : 1 / reached;
    return Math.abs(share / share() - 1) <= TOLERANCE;
  }
}

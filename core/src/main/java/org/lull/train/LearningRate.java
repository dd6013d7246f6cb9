// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import org.lull.input.InvalidInputException;

/** The learning rate over a run. Every schedule begins with a linear warm-up. */
public final class LearningRate {
  private static final double COSINE_FLOOR = 0.02;
  private static final double PLATEAU_FACTOR = 0.8;
  private static final int PLATEAU_PATIENCE = 4;
  private static final double PLATEAU_FLOOR = 0.3;

  /** The shapes to choose from. */
  public enum Shape {
    /** Half a cosine from the full rate down to 2 % of it. */
    COSINE,
    /**
     * Reduce on plateau, as in Chen et al.: multiplied by 0.8 after the fifth epoch in a row without a better validation loss (patience 4),
     * down to 0.3 of the full rate.
     */
    PLATEAU,
    /** The full rate throughout. */
    CONSTANT;

    public static Shape named(String name) {
      return switch (name) {
        case null -> throw new InvalidInputException("no schedule; choose cosine, plateau or constant");
        case "cosine" -> COSINE;
        case "plateau" -> PLATEAU;
        case "constant" -> CONSTANT;
        default -> throw new InvalidInputException("schedule \"" + name + "\" is unknown; choose cosine, plateau or constant");
      };
    }
  }

  private final Shape shape;
  private final double full;
  private final long warmup;
  private final long steps;
  private double plateau = 1;
  private double bestLoss = Double.POSITIVE_INFINITY;
  private int epochsWithout;

  /**
   * @param stepsPerEpoch steps of an epoch
   * @param steps steps of the whole run, warm-up included
   */
  public LearningRate(Schedule schedule, long stepsPerEpoch, long steps) {
    this(schedule.shape(), schedule.learningRate(), Math.round(schedule.warmup() * stepsPerEpoch), steps);
  }

  /**
   * @param full the rate after the warm-up
   * @param warmup steps of the warm-up, in which the rate rises linearly from {@code full / (warmup + 1)}
   * @param steps steps of the whole run, warm-up included
   */
  public LearningRate(Shape shape, double full, long warmup, long steps) {
    this.shape = shape;
    this.full = full;
    this.warmup = warmup;
    this.steps = steps;
  }

  /** The rate of a step, counted from 0. */
  public double at(long step) {
    if (step < warmup) {
      return full * (step + 1) / (warmup + 1);
    }
    return full * switch (shape) {
      case CONSTANT -> 1;
      case PLATEAU -> plateau;
      case COSINE -> {
        double done = steps <= warmup ? 1 : Math.min(1, (step - warmup) / (double) (steps - warmup));
        yield COSINE_FLOOR + (1 - COSINE_FLOOR) * 0.5 * (1 + StrictMath.cos(Math.PI * done));
      }
    };
  }

  /**
   * What the rate depends on beside the number of the step, for a checkpoint.
   *
   * @param plateau factor of the plateau schedule so far
   * @param bestLoss best validation loss so far
   * @param epochsWithout epochs in a row without a better one
   */
  record State(double plateau, double bestLoss, int epochsWithout) {}

  State state() {
    return new State(plateau, bestLoss, epochsWithout);
  }

  void restore(State state) {
    plateau = state.plateau;
    bestLoss = state.bestLoss;
    epochsWithout = state.epochsWithout;
  }

  /** Whether the rate of a step depends on the number of all steps. */
  boolean dependsOnTotal() {
    return shape == Shape.COSINE;
  }

  /** Reports the validation loss at the end of an epoch. */
  public void endOfEpoch(double validationLoss) {
    if (validationLoss < bestLoss) {
      bestLoss = validationLoss;
      epochsWithout = 0;
    } else if (++epochsWithout > PLATEAU_PATIENCE) {
      plateau = Math.max(PLATEAU_FLOOR, plateau * PLATEAU_FACTOR);
      epochsWithout = 0;
    }
  }
}

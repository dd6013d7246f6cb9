// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.util.Locale;
import org.lull.accelerator.CoreSize;
import org.lull.accelerator.SequenceWorkload;
import org.lull.accelerator.StepSimulation.Products;
import org.lull.accelerator.StepSimulation;
import org.lull.accelerator.TrainingBatch;
import org.lull.cli.options.SimulationOptions;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.Table;

/**
 * A training step on the accelerator, as printed with --json.
 *
 * @param simulator verilator: the logic; schedule: a model of its cycles
 * @param sizes inputs of the lowest layer, then hidden units of all
 * @param steps timesteps of all sequences
 * @param denseCycles those of the same step with thresholds of 0
 * @param stepSpeedup dense cycles / cycles
 * @param matrixUtilisation share of the cycles forward and backward in which all multipliers work on one of the three products
 * @param referenceCycles those of the reference's three products alone, by its formulas, with as many multipliers
 * @param memory words of P weights, and of P sums of gradients, that are read, or read and written
 * @param streamedCycles with the weights in the memory asked for; null if none was
 * @param taken inputs and weights that were beyond 16 bits when they were made integers
 * @param bitExact whether the logic agrees with the golden model, and its cycles with the model of the schedule; null without logic
 * @param megacyclesPerSecond of the simulated logic; null without
 */
record SimulationResult(String simulator, int lanes, String sizes, int sequences, long steps, double sparsityX,
    double sparsityH, long forwardCycles, long backwardCycles, long updateCycles, long cycles, double cyclesPerStep, long denseCycles,
    double stepSpeedup, double matrixUtilisation, long referenceCycles, double speedupOverReference, Memory memory, Memory denseMemory,
    Long streamedCycles, Long denseStreamedCycles, TrainingBatch.Taken taken, StepSimulation.Saturated saturated,
    Boolean bitExact, long compared, long different, Double megacyclesPerSecond) {

  /** Words moved. */
  record Memory(long weightsRead, long gradientsUpdated, long bytes) {
    private static final int GRADIENT_BYTES = 5;

    static Memory of(Products products, int lanes) {
      long weights = products.forward() + products.transposed();
      return new Memory(weights, products.gradient(), lanes * (2 * weights + 2L * GRADIENT_BYTES * products.gradient()));
    }
  }

  /** Of the batch, and of the same with thresholds of 0, on a core of that size. */
  static SimulationResult of(SimulationOptions options, TrainingBatch batch, CoreSize size) {
    StepSimulation step = options.step(batch, size);
    StepSimulation dense = options.step(batch.dense(), size);
    return of(options, batch, size, options.run(step), options.run(dense));
  }

  /**
   * Of the batch.
   *
   * @param dense of the same shape; may be the result itself
   */
  static SimulationResult of(SimulationOptions options, TrainingBatch batch, CoreSize size, StepSimulation.Result result,
      StepSimulation.Result dense) {
    SequenceWorkload work = result.work();
    boolean logic = options.logic();
    boolean streams = result.streamed() > 0;
    long products = result.forward() + result.backward();
    boolean exact = result.different() == 0 && dense.different() == 0;
    return new SimulationResult(options.simulator(), size.lanes(), batch.sizes(), batch.sequences(), work.steps(),
        work.sparsityX(), work.sparsityH(), result.forward(), result.backward(), result.update(), result.cycles(),
        result.cycles() / (double) work.steps(), dense.cycles(), dense.cycles() / (double) result.cycles(), result.utilisation(),
        work.reference(), work.reference() / (double) products, Memory.of(result.products(), size.lanes()),
        Memory.of(dense.products(), size.lanes()), streams ? (Long) result.streamed() : null, streams ? (Long) dense.streamed() : null,
        batch.taken(), result.saturated(), logic ? (Boolean) exact : null, result.compared() + (dense == result ? 0 : dense.compared()),
        result.different() + (dense == result ? 0 : dense.different()), logic ? (Double) (products / result.seconds() / 1e6) : null);
  }

  /** As a user reads it. */
  String table() {
    Table table = new Table().row("network", sizes).row("clips", sequences + ", " + steps + " timesteps")
        .row("multipliers", Integer.toString(lanes))
        .row("sparsity of delta-x / delta-h", ResultTable.percent(sparsityX) + " / " + ResultTable.percent(sparsityH))
        .row("cycles forward", count(forwardCycles)).row("cycles backward", count(backwardCycles))
        .row("cycles of the update", count(updateCycles)).row("cycles of a timestep", count(Math.round(cyclesPerStep)))
        .row("multipliers busy", ResultTable.percent(matrixUtilisation))
        .row("step, against thresholds of 0", times(stepSpeedup))
        .row("forward and backward, against the reference's three products", times(speedupOverReference))
        .row("words of weights read, dense", count(memory.weightsRead) + ", " + count(denseMemory.weightsRead))
        .row("words of gradients updated, dense", count(memory.gradientsUpdated) + ", " + count(denseMemory.gradientsUpdated));
    if (streamedCycles != null) {
      table.row("cycles, weights streamed", count(streamedCycles)).row("the same, against thresholds of 0",
          times(denseStreamedCycles / (double) streamedCycles));
    }
    table.row("saturated when made integers: inputs, weights", taken.inputs() + ", " + taken.weights());
    table.row("saturated: values, gradients, weights", saturated.value() + ", " + saturated.gradient() + ", " + saturated.weight());
    if (bitExact == null) {
      table.row("compared with the golden model", "nothing");
    } else {
      table.row("compared with the golden model", count(compared) + (bitExact ? ", all equal" : ", " + different + " DIFFERENT"));
      table.row("speed of the simulation", String.format(Locale.ROOT, "%.1f million cycles/s", megacyclesPerSecond));
    }
    return table.left();
  }

  private static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  static String times(double factor) {
    return String.format(Locale.ROOT, "%.2fx", factor);
  }
}

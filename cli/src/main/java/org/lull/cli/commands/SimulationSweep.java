// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.lull.accelerator.CoreSize;
import org.lull.accelerator.StepSimulation;
import org.lull.accelerator.TrainingBatch;
import org.lull.cli.options.SimulationOptions;
import org.lull.cli.report.Picture.SimulationPoint;
import org.lull.cli.report.Picture;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.Table;
import org.lull.train.Progress;

/**
 * Training steps on the accelerator over sizes, multipliers and sparsities, as printed with --json.
 *
 * @param together sequences interleaved
 * @param steps timesteps of a synthetic sequence
 * @param sequences of a synthetic step
 */
record SimulationSweep(String simulator, int together, int steps, int sequences, List<Step> rows) {
  /**
   * One step.
   *
   * @param source synthetic, or real: clips through a trained model
   * @param size inputs and hidden units; of a trained model the hidden units of a layer
   * @param sparsity share of the dense multiply-adds of the weight gradient that was not done, as measured
   * @param asked share of entries that were not to fire; null of a trained model
   * @param stepSpeedup over the same core at thresholds of 0, update included
   * @param bitExact null without logic
   * @param compared values of the logic compared with the golden model's
   */
  record Step(String source, int size, int lanes, double sparsity, Double asked, double stepSpeedup, double matrixUtilisation, long cycles,
      double sparsityX, double sparsityH, double speedupOverReference, Boolean bitExact, long compared) {

    private static Step of(Planned planned, SimulationResult result) {
      double done = result.memory().gradientsUpdated() / (double) result.denseMemory().gradientsUpdated();
      return new Step(planned.source, planned.size, result.lanes(), 1 - done, planned.asked, result.stepSpeedup(),
          result.matrixUtilisation(), result.cycles(), result.sparsityX(), result.sparsityH(), result.speedupOverReference(),
          result.bitExact(), result.compared());
    }
  }

  /**
   * A row that is not simulated yet.
   *
   * @param dense that its step is compared with; may be the step itself
   */
  private record Planned(String source, int size, Double asked, TrainingBatch batch, CoreSize core, StepSimulation step,
      StepSimulation dense) {}

  /**
   * Simulates.
   *
   * @param real a step of real clips, simulated too; or null
   */
  static SimulationSweep run(SimulationOptions options, List<Integer> lanes, List<Integer> sizes, List<Double> sparsities, int steps,
      int sequences, TrainingBatch real, Progress progress) {
    List<TrainingBatch> dense =
        sizes.stream().map(size -> TrainingBatch.synthetic(size, 0, steps, sequences, options.together(), 1)).toList();
    List<Step> rows = new ArrayList<>();
    long sparse = sparsities.stream().filter(sparsity -> sparsity > 0).count();
    long tasks = lanes.size() * (sizes.size() * (sparse + 1) + (real == null ? 0 : 2));
    try (Progress.Task task = progress.begin("simulating", tasks)) {
      for (int p : lanes) {
        CoreSize core = dense.stream().map(batch -> batch.size(p)).reduce(CoreSize::or).orElseThrow(); // one build for all
        List<Planned> all = new ArrayList<>(); // all, before the first is run: what cannot be is refused before logic is built
        for (int i = 0; i < sizes.size(); i++) {
          int size = sizes.get(i);
          StepSimulation ofDense = options.step(dense.get(i), core);
          for (double sparsity : sparsities) {
            TrainingBatch batch =
                sparsity == 0 ? dense.get(i) : TrainingBatch.synthetic(size, sparsity, steps, sequences, options.together(), 1);
            all.add(new Planned("synthetic", size, sparsity, batch, core, sparsity == 0 ? ofDense : options.step(batch, core), ofDense));
          }
        }
        if (real != null) {
          CoreSize own = real.size(p);
          all.add(new Planned("real", real.hidden(), null, real, own, options.step(real, own), options.step(real.dense(), own)));
        }
        Map<StepSimulation, StepSimulation.Result> results = new HashMap<>();
        for (Planned row : all) {
          for (StepSimulation step : List.of(row.dense, row.step)) {
            results.computeIfAbsent(step, _ -> {
              StepSimulation.Result result = options.run(step);
              task.advance(1);
              return result;
            });
          }
          rows.add(Step.of(row, SimulationResult.of(options, row.batch, row.core, results.get(row.step), results.get(row.dense))));
        }
      }
    }
    return new SimulationSweep(options.simulator(), options.together(), steps, sequences, rows);
  }

  /** The rows as a picture: a line for each size and number of multipliers. */
  Picture picture() {
    return Picture.simulation(rows.stream().collect(Collectors.groupingBy(
        row -> row.source + " " + row.size + ", " + row.lanes + " multipliers", LinkedHashMap::new,
        Collectors.mapping(row -> new SimulationPoint(row.sparsity, row.stepSpeedup, row.matrixUtilisation), Collectors.toList()))));
  }

  /** As a user reads it. */
  String table() {
    Table table = new Table().row("", "size", "multipliers", "sparsity", "cycles", "speed-up", "multipliers busy", "over the reference",
        "bit-exact");
    for (Step row : rows) {
      table.row(row.source, Integer.toString(row.size), Integer.toString(row.lanes), ResultTable.percent(row.sparsity),
          String.format(Locale.ROOT, "%,d", row.cycles), SimulationResult.times(row.stepSpeedup),
          ResultTable.percent(row.matrixUtilisation), SimulationResult.times(row.speedupOverReference),
          row.bitExact == null ? "-" : row.bitExact ? "yes" : "NO");
    }
    return table.toString();
  }
}

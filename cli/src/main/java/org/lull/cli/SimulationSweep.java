package org.lull.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lull.accelerator.CoreSize;
import org.lull.accelerator.StepSimulation;
import org.lull.accelerator.TrainingBatch;
import org.lull.train.Progress;

/**
 * Training steps on the accelerator over sizes, multipliers and sparsities, as printed with --json.
 *
 * @param together sequences interleaved
 * @param steps timesteps of a synthetic sequence
 * @param sequences of a synthetic step
 */
record SimulationSweep(String simulator, int together, int steps, int sequences, List<Row> rows) {
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
  record Row(String source, int size, int lanes, double sparsity, Double asked, double stepSpeedup, double matrixUtilisation, long cycles,
      double sparsityX, double sparsityH, double speedupOverReference, Boolean bitExact, long compared) {

    private static Row of(String source, int size, Double asked, SimulationResult result) {
      double done = result.memory().gradientsUpdated() / (double) result.denseMemory().gradientsUpdated();
      return new Row(source, size, result.lanes(), 1 - done, asked, result.stepSpeedup(), result.matrixUtilisation(), result.cycles(),
          result.sparsityX(), result.sparsityH(), result.speedupOverReference(), result.bitExact(), result.compared());
    }
  }

  /**
   * Simulates.
   *
   * @param real a step of real clips, simulated too; or null
   */
  static SimulationSweep run(SimulationOptions options, List<Integer> lanes, List<Integer> sizes, List<Double> sparsities, int steps,
      int sequences, TrainingBatch real, Progress progress) {
    List<TrainingBatch> dense =
        sizes.stream().map(size -> TrainingBatch.synthetic(size, 0, steps, sequences, options.together(), 1)).toList();
    List<Row> rows = new ArrayList<>();
    long tasks = lanes.size() * (sizes.size() * (sparsities.size() + 1L) + (real == null ? 0 : 2));
    try (Progress.Task task = progress.begin("simulating", tasks)) {
      for (int p : lanes) {
        CoreSize core = dense.stream().map(batch -> batch.size(p)).reduce(CoreSize::or).orElseThrow(); // one build for all
        for (int i = 0; i < sizes.size(); i++) {
          StepSimulation.Result ofDense = options.run(dense.get(i), core);
          task.advance(1);
          for (double sparsity : sparsities) {
            TrainingBatch batch =
                sparsity == 0 ? dense.get(i) : TrainingBatch.synthetic(sizes.get(i), sparsity, steps, sequences, options.together(), 1);
            StepSimulation.Result result = sparsity == 0 ? ofDense : options.run(batch, core);
            rows.add(Row.of("synthetic", sizes.get(i), sparsity, SimulationResult.of(options, batch, core, result, ofDense)));
            task.advance(1);
          }
        }
        if (real != null) {
          SimulationResult result = SimulationResult.of(options, real, real.size(p));
          rows.add(Row.of("real", real.hidden(), null, result));
          task.advance(2);
        }
      }
    }
    return new SimulationSweep(options.simulator(), options.together(), steps, sequences, rows);
  }

  /** As a user reads it. */
  String table() {
    Table table = new Table().row("", "size", "multipliers", "sparsity", "cycles", "speed-up", "multipliers busy", "over the reference",
        "bit-exact");
    for (Row row : rows) {
      table.row(row.source, Integer.toString(row.size), Integer.toString(row.lanes), ResultTable.percent(row.sparsity),
          String.format(Locale.ROOT, "%,d", row.cycles), SimulationResult.times(row.stepSpeedup),
          ResultTable.percent(row.matrixUtilisation), SimulationResult.times(row.speedupOverReference),
          row.bitExact == null ? "-" : row.bitExact ? "yes" : "NO");
    }
    return table.toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.lull.cli.options.CellNames;
import org.lull.cli.report.Load;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.Table;
import org.lull.cli.report.TerminalProgress;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.network.Mode;
import org.lull.rnn.Cell;
import org.lull.train.Progress;
import org.lull.train.StepTimer;
import org.lull.train.Workload;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** lull bench: training steps and inference, dense beside delta, on the user's own machine. */
@Command(name = "bench", mixinStandardHelpOptions = true, sortOptions = false, showDefaultValues = true,
    description = "Times training steps and inference, dense and delta at several sparsities, in turn.",
    footer = {"", "Examples:", "  lull bench", "  lull bench --networks 512 --batch 1 --sparsity 0.5,0.9 --json",
        "  lull bench --networks 56k --against ../old/cli/target/lull.jar"})
public final class BenchCommand implements Callable<Integer> {
  /** Largest spread of times that need no warning. */
  private static final double STEADY = 0.1;

  @Spec
  private CommandSpec spec;

  @Option(names = "--networks", paramLabel = "NAME", split = ",", defaultValue = "56k,128,256,512",
      description = "56k: 16 inputs, 2 x 64 units, 100 steps; 128: 16 inputs, 61 steps; 256: 256 inputs, 256 steps;"
          + " 512: 512 inputs, 100 steps.")
  private List<String> networks;

  @Option(names = "--cell", paramLabel = "CELL", defaultValue = "lstm", completionCandidates = CellNames.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private String cell;

  @Option(names = "--batch", paramLabel = "N", split = ",", defaultValue = "1,32", description = "Sequences of a step.")
  private List<Integer> batches;

  @Option(names = "--sparsity", paramLabel = "SHARE", split = ",", defaultValue = "0,0.5,0.8,0.9,0.95",
      description = "Shares of entries that do not fire, to be measured beside the dense network.")
  private List<Double> sparsities;

  @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "Threads of a step.")
  private int threads;

  @Option(names = "--seconds", paramLabel = "SECONDS", defaultValue = "3", description = "How long each group of rows is timed.")
  private double seconds;

  @Option(names = "--against", paramLabel = "JAR",
      description = "The lull.jar of another build, to be timed in turn with this one, each in a process of its own.")
  private Path against;

  @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "Turns of each build, with --against.")
  private int rounds;

  @Option(names = "--json", description = "Print the rows as JSON on standard output.")
  private boolean json;

  /**
   * One row.
   *
   * @param what "train": forward, loss and backward; or "infer"
   * @param micros median time of the whole batch
   * @param lowerQuartile time that a quarter of the steps stay below
   * @param upperQuartile time that a quarter of the steps go beyond
   * @param tape bytes of a step beside weights and gradients, all threads
   */
  record Timing(String network, String what, String mode, double sparsity, int batch, int threads, double micros, double lowerQuartile,
      double upperQuartile, long tape) {
    /** How far the times vary: the distance of the quartiles, as a share of the median. */
    double spread() {
      return (upperQuartile - lowerQuartile) / micros;
    }
  }

  @Override
  public Integer call() {
    check();
    PrintWriter err = spec.commandLine().getErr();
    Load.now().warning().ifPresent(warning -> err.println("warning: " + warning));
    err.flush();
    Progress progress = new TerminalProgress(err);
    if (against != null) {
      compare(progress);
      return 0;
    }
    List<Timing> rows = new ArrayList<>();
    try (Progress.Task task = progress.begin("bench", 2L * networks.size() * batches.size())) {
      for (String network : networks) {
        for (int batch : batches) {
          measure(Workload.Shape.named(network), batch, rows, task);
        }
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(rows) + System.lineSeparator() : text(rows));
    out.flush();
    unsteady(rows).ifPresent(warning -> err.println("warning: " + warning));
    err.flush();
    return 0;
  }

  private void compare(Progress progress) {
    BuildComparison comparison = new BuildComparison(against, List.of("--networks", String.join(",", networks), "--cell", cell,
        "--batch", joined(batches), "--sparsity", joined(sparsities), "--threads", Integer.toString(threads),
        "--seconds", Double.toString(seconds)));
    List<BuildComparison.Ratio> rows;
    try (Progress.Task task = progress.begin("builds", 2L * rounds)) {
      rows = comparison.run(rounds, task);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(rows) + System.lineSeparator() : BuildComparison.text(rows));
    out.flush();
  }

  private static String joined(List<? extends Number> values) {
    return values.stream().map(Number::toString).collect(Collectors.joining(","));
  }

  /** What is to be said of rows whose times vary much; empty where there are none. */
  static Optional<String> unsteady(List<Timing> rows) {
    long unsteady = rows.stream().filter(row -> row.spread() > STEADY).count();
    return unsteady == 0 ? Optional.empty() : Optional.of(String.format(Locale.ROOT, "the times of %d of %d rows vary by more than"
        + " %.0f %% of their median between the quartiles; on a machine that is not busy they vary less", unsteady, rows.size(),
        100 * STEADY));
  }

  private void check() {
    Cell.named(cell);
    networks.forEach(Workload.Shape::named);
    for (double sparsity : sparsities) {
      require(sparsity >= 0 && sparsity < 1, "sparsity", sparsity, "0 or more and below 1");
    }
    for (int batch : batches) {
      require(batch >= 1 && batch <= 4096, "batch", batch, "1 to 4096");
    }
    require(threads >= 1 && threads <= 1024, "threads", threads, "1 to 1024");
    require(rounds >= 1 && rounds <= 1000, "rounds", rounds, "1 to 1000");
    require(seconds > 0 && seconds <= 3600, "seconds", seconds, "above 0 and at most 3600");
  }

  private static void require(boolean ok, String what, Number value, String expected) {
    if (!ok) {
      throw new InvalidInputException(what + ": " + value + ", expected " + expected);
    }
  }

  /** The dense network and the delta network at each sparsity, in turn. */
  private void measure(Workload.Shape shape, int batch, List<Timing> rows, Progress.Task task) {
    List<Workload> contestants = new ArrayList<>();
    try {
      contestants.add(new Workload(shape, Cell.named(cell), Mode.DENSE, 0, batch, threads));
      sparsities.forEach(s -> contestants.add(new Workload(shape, Cell.named(cell), Mode.DELTA, s, batch, threads)));
      rows.addAll(rows(shape, "train", batch, contestants, contestants.stream().map(w -> (Runnable) w::train).toList()));
      task.advance(1);
      rows.addAll(rows(shape, "infer", batch, contestants, contestants.stream().map(w -> (Runnable) w::infer).toList()));
      task.advance(1);
    } finally {
      contestants.forEach(Workload::close);
    }
  }

  private List<Timing> rows(Workload.Shape shape, String what, int batch, List<Workload> contestants, List<Runnable> steps) {
    StepTimer.medianMicros(steps, 1, seconds / 2); // the compiler wants its time first
    List<StepTimer.Times> times = StepTimer.times(steps, 1, seconds);
    List<Timing> rows = new ArrayList<>();
    for (int i = 0; i < times.size(); i++) {
      StepTimer.Times t = times.get(i);
      rows.add(new Timing(shape.name(), what, i == 0 ? "dense" : "delta", contestants.get(i).sparsity(), batch, threads, t.median(),
          t.lowerQuartile(), t.upperQuartile(), contestants.get(i).tapeSize().allocated()));
    }
    return rows;
  }

  private String text(List<Timing> rows) {
    Table table = new Table().row("network", "batch", "", "", "sparsity", "median us", "quartiles us", "dense / this", "tape");
    double dense = 0;
    for (Timing row : rows) {
      dense = row.mode.equals("dense") ? row.micros : dense;
      table.row(row.network, Integer.toString(row.batch), row.what, row.mode,
          row.mode.equals("dense") ? "" : ResultTable.percent(row.sparsity),
          String.format(Locale.ROOT, "%.1f", row.micros),
          String.format(Locale.ROOT, "%.1f - %.1f", row.lowerQuartile, row.upperQuartile),
          String.format(Locale.ROOT, "%.2f", dense / row.micros),
          ResultTable.bytes(row.tape));
    }
    return "kernels: " + KernelChoice.kernels().description() + ", " + threads + (threads == 1 ? " thread" : " threads")
        + System.lineSeparator() + table;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.bench.kernels;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.lull.bench.Options;
import org.lull.input.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * Measures every kernel with JMH, each case in a process of its own, beside the ceilings of this machine, which are measured first: one
 * row a case, with what share of the {@link Roofline} it reaches. One thread.
 *
 * <p>Options are system properties: {@code units} and {@code sparsity} (numbers with commas), {@code only} (benchmarks with commas),
 * {@code quick} (a small sweep, short times), {@code json} (a file).
 */
public final class KernelBenchmarks {
  private static final List<String> SPARSE = List.of("forward", "transposed", "weightGradient");
  private static final List<String> DENSE = List.of("gemm", "gemmTransposed");
  private static final List<String> ENCODER = List.of("encode", "encodeBackward", "hold", "holdBackward");
  private static final List<String> POINTWISE = List.of("lstmForward", "lstmBackward", "gruForward", "gruBackward", "tanh");
  private static final List<String> UPDATE = List.of("adamW");
  /** Those that are also measured with the scalar kernels, at the first of the sizes. */
  private static final List<String> ALSO_SCALAR = List.of("forward", "transposed", "gemm", "encode", "lstmForward");

  private final boolean quick = Options.value("quick").isPresent();
  private final List<Integer> units = Options.numbers("units", quick ? "128" : "64,128,256,512", KernelState.PANEL);
  private final List<Integer> sparsities = Options.numbers("sparsity", quick ? "0,90" : "0,50,80,90,95", 0);
  private final List<String> only = Options.list("only", "");
  private final List<Row> rows = new ArrayList<>();
  private Roofline roofline;

  private KernelBenchmarks() {}

  /**
   * One case.
   *
   * @param sparsity percent of the columns that are not on the list; null but for the sparse products
   * @param nanos time of a call, median of some iterations; {@code least} and {@code most}: the fastest and the slowest
   * @param gflops per second
   * @param gelements per second; null for products
   * @param share of the ceiling, 0 to 1
   * @param binds the ceiling: "compute" or a level of memory
   */
  record Row(String kernel, String kernels, int units, Integer sparsity, double nanos, double least, double most, double gflops,
      Double gelements, double share, String binds) {}

  /** As written with -Djson. */
  record Report(String kernels, Roofline roofline, List<Row> rows) {}

  public static void main(String[] arguments) throws RunnerException, IOException {
    try {
      KernelBenchmarks benchmarks = new KernelBenchmarks();
      benchmarks.check();
      benchmarks.run();
    } catch (InvalidInputException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private void check() {
    for (int n : units) {
      require(n % KernelState.PANEL == 0, "units=" + n, "a multiple of " + KernelState.PANEL);
    }
    for (int sparsity : sparsities) {
      require(sparsity < 100, "sparsity=" + sparsity, "0 to 99 percent");
    }
    List<String> all = Stream.of(SPARSE, DENSE, ENCODER, POINTWISE, UPDATE).flatMap(List::stream).toList();
    for (String benchmark : only) {
      require(benchmark.isEmpty() || all.contains(benchmark), "only=" + benchmark, "some of " + String.join(", ", all));
    }
  }

  private static void require(boolean ok, String option, String expected) {
    if (!ok) {
      throw new InvalidInputException("-D" + option + ": expected " + expected);
    }
  }

  private void run() throws RunnerException, IOException {
    System.out.printf("kernels: %s%n", KernelChoice.kernels().description());
    roofline = measureCeilings();
    System.out.printf(Locale.ROOT, "peak of one core: %.1f GFLOP/s%n", roofline.peak());
    for (Roofline.Level level : roofline.levels()) {
      System.out.printf(Locale.ROOT, "reading from %-6s: %6.1f GB/s, up to %d KB%n", level.name(), level.bandwidth(), level.bytes() >> 10);
    }
    System.out.printf("%n%-15s %-7s %5s %9s %12s %9s %10s %11s %7s  %s%n", "kernel", "kernels", "units", "sparsity", "ns a call", "slowest",
        "GFLOP/s", "G elem./s", "share", "bound by");
    measureAll("vector", units, List.of());
    measureAll("scalar", units.subList(0, 1), ALSO_SCALAR);
    Options.writeJson(new Report(KernelChoice.kernels().description(), roofline, rows));
  }

  /** @param these benchmarks, or none for all of them */
  private void measureAll(String kernels, List<Integer> units, List<String> these) throws RunnerException {
    for (int n : units) {
      for (String benchmark : SPARSE) {
        for (int sparsity : sparsities) {
          measure(SparseProducts.class, benchmark, kernels, n, sparsity, these);
        }
      }
      measure(DenseProducts.class, DENSE, kernels, n, these);
      measure(Encoder.class, ENCODER, kernels, n, these);
      measure(Pointwise.class, POINTWISE, kernels, n, these);
      measure(Update.class, UPDATE, kernels, n, these);
    }
  }

  private void measure(Class<?> holder, List<String> benchmarks, String kernels, int units, List<String> these) throws RunnerException {
    for (String benchmark : benchmarks) {
      measure(holder, benchmark, kernels, units, null, these);
    }
  }

  private void measure(Class<?> holder, String benchmark, String kernels, int units, Integer sparsity, List<String> these)
      throws RunnerException {
    boolean wanted = only.contains("") || only.contains(benchmark);
    if (!wanted || !(these.isEmpty() || these.contains(benchmark))) {
      return;
    }
    ChainedOptionsBuilder options = options(holder, benchmark).param("kernels", kernels).param("units", Integer.toString(units));
    if (sparsity != null) {
      options.param("sparsity", Integer.toString(sparsity));
    }
    Statistics times = run(options);
    double nanos = times.getPercentile(50);
    Work work = Work.of(benchmark, units, sparsity == null ? 0 : sparsity);
    Roofline.Bound bound = roofline.bound(work);
    Row row = new Row(benchmark, kernels, units, sparsity, nanos, times.getMin(), times.getMax(), work.flops() / nanos,
        work.elements() == 0 ? null : (Double) (work.elements() / nanos), bound.nanos() / nanos, bound.binds());
    rows.add(row);
    print(row);
  }

  private static void print(Row row) {
    System.out.printf(Locale.ROOT, "%-15s %-7s %5d %9s %12.1f %9.1f %10.1f %11s %5.0f %%  %s%n", row.kernel, row.kernels, row.units,
        row.sparsity == null ? "" : row.sparsity + " %", row.nanos, row.most, row.gflops,
        row.gelements == null ? "" : String.format(Locale.ROOT, "%.2f", row.gelements), 100 * row.share, row.binds);
  }

  /** The compiler takes seconds over the vector code of exp. */
  private ChainedOptionsBuilder options(Class<?> holder, String benchmark) {
    return new OptionsBuilder().include(holder.getName() + "\\." + benchmark + "$").forks(1).warmupIterations(1)
        .warmupTime(TimeValue.milliseconds(holder == Pointwise.class ? 4000 : 1500)).measurementIterations(quick ? 5 : 9)
        .measurementTime(TimeValue.milliseconds(100)).shouldFailOnError(true)
        .jvmArgs("--add-modules", "jdk.incubator.vector", "-XX:ObjectAlignmentInBytes=64", "-Xms2g", "-Xmx2g");
  }

  /** Nanoseconds a call of the iterations. What the process that ran them had to say is shown only if it failed. */
  private static Statistics run(ChainedOptionsBuilder options) throws RunnerException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    OutputFormat format = OutputFormatFactory.createFormatInstance(new PrintStream(said), VerboseMode.NORMAL);
    try {
      return new Runner(options.build(), format).runSingle().getPrimaryResult().getStatistics();
    } catch (RunnerException e) {
      System.err.println(said);
      throw e;
    }
  }

  /** A ceiling is the best that was seen. */
  private Roofline measureCeilings() throws RunnerException {
    double peak = Peak.flops() / run(options(Peak.class, "multiplyAdd")).getMin();
    List<Roofline.Level> levels = new ArrayList<>();
    for (Roofline.Cache cache : Roofline.caches()) {
      double nanos = run(options(Peak.class, "read").param("kilobytes", Integer.toString(cache.probe()))).getMin();
      levels.add(new Roofline.Level(cache.name(), cache.bytes(), 1024.0 * cache.probe() / nanos));
    }
    return new Roofline(peak, levels);
  }
}

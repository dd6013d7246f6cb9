// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.lull.cli.report.ResultTable;
import org.lull.cli.report.Table;
import org.lull.input.InvalidInputException;
import org.lull.train.Progress;

/**
 * This build and another one timed by turns: {@code lull bench --json} of each in processes of their own, with the options Java has here,
 * the order reversed every round. A machine that is busy for a while slows both; the median of the rounds' ratios leaves it out.
 */
final class BuildComparison {
  private static final ObjectMapper JSON = new ObjectMapper();
  /** By name: this package must not know the one that collects its commands. */
  private static final String MAIN = "org.lull.cli.Lull";

  private final Path other;
  private final List<String> options;

  /**
   * A row of both.
   *
   * @param thisMicros median over the rounds of this build's times
   * @param otherMicros of the other build's
   * @param ratio other / this, how many times faster this build is: median over the rounds
   * @param lowest of the rounds' ratios
   * @param highest of the rounds' ratios
   */
  record Ratio(String network, String what, String mode, double sparsity, int batch, int threads, int rounds, double thisMicros,
      double otherMicros, double ratio, double lowest, double highest) {}

  /**
   * @param other the lull.jar of a build, with its libraries where its manifest looks for them
   * @param options of lull bench, the same for both
   */
  BuildComparison(Path other, List<String> options) {
    if (!Files.isRegularFile(other)) {
      throw new InvalidInputException(other + ": no such file, expected the lull.jar of another build; build one with"
          + " ./mvnw -DskipTests package in its checkout, then give cli/target/lull.jar");
    }
    this.other = other;
    this.options = List.copyOf(options);
  }

  /** Runs both for so many rounds. */
  List<Ratio> run(int rounds, Progress.Task task) {
    List<List<JsonNode>> ours = new ArrayList<>();
    List<List<JsonNode>> theirs = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (int turn = 0; turn < 2; turn++) {
        if ((round + turn) % 2 == 0) {
          theirs.add(rows(List.of("-jar", other.toString()), other.toString()));
        } else {
          ours.add(rows(thisBuild(), "this build"));
        }
        task.advance(1);
      }
    }
    int count = ours.getFirst().size();
    if (theirs.getFirst().size() != count) {
      throw new InvalidInputException(other + " gave " + theirs.getFirst().size() + " rows, this build " + count
          + "; compare builds whose lull bench has the same rows");
    }
    return IntStream.range(0, count).mapToObj(i -> ratio(i, ours, theirs)).toList();
  }

  private static Ratio ratio(int row, List<List<JsonNode>> ours, List<List<JsonNode>> theirs) {
    double[] mine = micros(row, ours);
    double[] others = micros(row, theirs);
    double[] ratios = IntStream.range(0, mine.length).mapToDouble(i -> others[i] / mine[i]).sorted().toArray();
    JsonNode r = ours.getFirst().get(row);
    return new Ratio(r.get("network").asText(), r.get("what").asText(), r.get("mode").asText(), r.get("sparsity").asDouble(),
        r.get("batch").asInt(), r.get("threads").asInt(), mine.length, median(mine), median(others), median(ratios), ratios[0],
        ratios[ratios.length - 1]);
  }

  private static double[] micros(int row, List<List<JsonNode>> rounds) {
    return rounds.stream().mapToDouble(rows -> rows.get(row).get("micros").asDouble()).toArray();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** What Java is given to run this build: the jar, or from class files the class path and the main class. */
  private static List<String> thisBuild() {
    String path = System.getProperty("java.class.path");
    return path.endsWith(".jar") && !path.contains(File.pathSeparator) ? List.of("-jar", path)
        : List.of("-cp", path, MAIN);
  }

  private List<JsonNode> rows(List<String> program, String name) {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(BuildComparison::isForBoth).forEach(command::add);
    command.addAll(program);
    command.addAll(List.of("bench", "--json"));
    command.addAll(options);
    try {
      Path errors = Files.createTempFile("lull-bench", ".txt");
      try {
        Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        Thread ender = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(ender); // Ctrl-C ends both
        try {
          process.getOutputStream().close();
          String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          return parse(output, process.waitFor(), errors, name);
        } finally {
          Runtime.getRuntime().removeShutdownHook(ender);
        }
      } finally {
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + name + " was timed", e);
    }
  }

  /** A debugger, a recording or a port can serve one process only. */
  private static boolean isForBoth(String argument) {
    return argument.startsWith("-X") && !argument.startsWith("-XX:StartFlightRecording") && !argument.startsWith("-Xrun")
        && !argument.startsWith("-Xdebug") || argument.startsWith("--") || argument.startsWith("-Dlull.kernels");
  }

  private static List<JsonNode> parse(String output, int code, Path errors, String name) throws IOException {
    try {
      JsonNode rows = code == 0 ? JSON.readTree(output) : null;
      if (rows != null && rows.isArray() && !rows.isEmpty()) {
        return IntStream.range(0, rows.size()).mapToObj(rows::get).toList();
      }
    } catch (JsonProcessingException e) {
      // said below, with what the process says
    }
    List<String> said = Files.readAllLines(errors);
    throw new InvalidInputException(name + " is not a build of Lull that can be timed: java ended with " + code
        + (said.isEmpty() ? "" : ", saying: " + said.getLast()) + "; expected the rows of lull bench --json");
  }

  static String text(List<Ratio> rows) {
    Table table = new Table().row("network", "batch", "", "", "sparsity", "other us", "this us", "other / this", "of the rounds");
    for (Ratio row : rows) {
      table.row(row.network, Integer.toString(row.batch), row.what, row.mode,
          row.mode.equals("dense") ? "" : ResultTable.percent(row.sparsity),
          String.format(Locale.ROOT, "%.1f", row.otherMicros), String.format(Locale.ROOT, "%.1f", row.thisMicros),
          String.format(Locale.ROOT, "%.3f", row.ratio), String.format(Locale.ROOT, "%.3f - %.3f", row.lowest, row.highest));
    }
    return table.toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.Statistic;
import org.lull.experiments.sweep.Axis;
import org.lull.experiments.sweep.SweepResults.Family;
import org.lull.experiments.sweep.SweepResults.Figures;
import org.lull.experiments.sweep.SweepResults.PointResult;
import org.lull.experiments.sweep.SweepResults;

/** What a sweep found as a user reads it: as text, means over the seeds; as comma-separated values, every point. */
public final class SweepTable {
  private SweepTable() {}

  public static String text(SweepResults report) {
    return table(report).shown(1 + report.grid().size());
  }

  /** A row for each family. */
  public static Table table(SweepResults report) {
    List<String> axes = report.grid().stream().map(Axis::name).toList();
    boolean seeds = axes.contains(RunConfig.SEED);
    List<String> columns = axes.stream().filter(name -> !name.equals(RunConfig.SEED)).toList();
    boolean targets = report.families().stream().anyMatch(family -> family.targetsMet() != null);
    boolean timed = report.families().stream().anyMatch(family -> family.stepMicros() != null);
    List<String> header = new ArrayList<>(List.of("network"));
    header.addAll(columns);
    header.addAll(seeds ? List.of("seeds") : List.of());
    boolean regression = report.isRegression();
    header.addAll(regression ? List.of("test RMSE", "validation RMSE") : List.of("test accuracy", "validation accuracy"));
    header.addAll(List.of("minus dense", "sparsity x", "sparsity h", "times fewer multiply-adds", "as the paper counts", "with pretraining",
        "with all work"));
    header.addAll(targets ? List.of("target met") : List.of());
    header.addAll(timed ? List.of("step") : List.of());
    Table table = new Table().row(header.toArray(String[]::new));
    for (Family family : report.families()) {
      List<String> row = new ArrayList<>(List.of(family.network()));
      columns.forEach(name -> row.add(family.options().getOrDefault(name, "-")));
      row.addAll(seeds ? List.of(Integer.toString(family.runs())) : List.of());
      row.addAll(regression ? errors(family) : accuracies(family));
      row.addAll(figures(family));
      row.addAll(targets ? List.of(targetsMet(family)) : List.of());
      row.addAll(timed ? List.of(mean("%.2f ms", 1e-3, family.stepMicros())) : List.of());
      table.row(row.toArray(String[]::new));
    }
    return table;
  }

  private static List<String> accuracies(Family family) {
    return List.of(percent(family.testAccuracy()), percent(family.validationAccuracy()), difference(family.difference()));
  }

  private static List<String> errors(Family family) {
    return List.of(number(family.testRmse(), Statistic::deviation), number(family.validationRmse(), Statistic::deviation),
        number(family.difference(), Statistic::error));
  }

  /** A number with its deviation or error. */
  private static String number(Statistic statistic, Function<Statistic, Double> after) {
    return statistic == null ? "-" : ResultTable.number(statistic.mean())
        + (after.apply(statistic) == null ? "" : " +- " + ResultTable.number(after.apply(statistic)));
  }

  private static List<String> figures(Family family) {
    return List.of(mean("%.1f %%", 100, family.sparsityX()), mean("%.1f %%", 100, family.sparsityH()), mean("%.1fx", 1, family.reduction()),
        mean("%.1fx", 1, family.paperReduction()), mean("%.1fx", 1, family.wholeReduction()), mean("%.1fx", 1, family.fullReduction()));
  }

  /** Of how many the target was met, or a dash where there was none. */
  static String targetsMet(Family family) {
    return family.targetsMet() == null ? "-" : family.targetsMet() + " of " + family.runs();
  }

  /** A share with its deviation. */
  static String percent(Statistic share) {
    return share == null || share.deviation() == null ? mean("%.1f %%", 100, share)
        : String.format(Locale.ROOT, "%.1f +- %.1f %%", 100 * share.mean(), 100 * share.deviation());
  }

  /** In percentage points, with its standard error. */
  static String difference(Statistic share) {
    return share == null || share.error() == null ? mean("%+.1f", 100, share)
        : String.format(Locale.ROOT, "%+.1f +- %.1f", 100 * share.mean(), 100 * share.error());
  }

  /** A mean alone, or a dash where there is none. */
  static String mean(String format, double factor, Statistic statistic) {
    return statistic == null || !Double.isFinite(statistic.mean()) ? "-" : String.format(Locale.ROOT, format, factor * statistic.mean());
  }

  public static String csv(SweepResults report) {
    List<String> axes = report.grid().stream().map(Axis::name).toList();
    List<Object> header = new ArrayList<>(List.of("name", "network"));
    header.addAll(axes);
    boolean regression = report.isRegression();
    header.addAll(regression ? List.of("test_rmse", "validation_rmse") : List.of("test_accuracy", "validation_accuracy"));
    header.addAll(List.of("difference", "sparsity_x", "sparsity_h", "training_macs",
        "dense_training_macs", "pretraining_macs", "reduction", "paper_reduction", "whole_reduction", "full_reduction",
        "target_met", "step_micros"));
    StringBuilder text = new StringBuilder(line(header));
    for (PointResult point : report.points()) {
      List<Object> row = new ArrayList<>(List.of(point.name(), point.network()));
      axes.forEach(name -> row.add(point.options().get(name)));
      Figures f = point.result();
      row.addAll(f == null ? Collections.nCopies(header.size() - row.size(), null)
          : Arrays.asList(regression ? f.testRmse() : f.testAccuracy(),
              regression ? f.validationRmse() : f.validationAccuracy(), f.difference(), f.sparsityX(), f.sparsityH(), f.trainingMacs(),
              f.denseTrainingMacs(),
              f.pretrainingMacs(), f.reduction(),
              f.paperReduction(), f.wholeReduction(), f.fullReduction(), f.targetMet(), f.stepMicros()));
      text.append(line(row));
    }
    return text.toString();
  }

  private static String line(List<?> row) {
    return row.stream().map(SweepTable::quoted).collect(Collectors.joining(",", "", "\n"));
  }

  /** A value that holds a comma or a quote in quotes; one that is missing or not finite as nothing. */
  private static String quoted(Object value) {
    String text = value instanceof Double number && !Double.isFinite(number) ? "" : Objects.toString(value, "");
    return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}

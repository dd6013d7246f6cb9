// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import static j2html.TagCreator.div;

import j2html.tags.DomContent;
import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.lull.Model;
import org.lull.cli.report.ResultTable;
import org.lull.experiments.run.RunResult.ModelResult;
import org.lull.experiments.run.SavedRun;
import org.lull.train.EpochRecord;

/** Several runs beside each other: a line of the table and of the charts for each network. */
final class ComparisonPart {
  private ComparisonPart() {}

  /** By run: as many have lines that look different. */
  private static final List<BasicStroke> STROKES = List.of(Chart.SOLID, Chart.DASHED, Chart.DOTTED);

  /**
   * @param run number of the run
   */
  private record Network(String name, int run, boolean dense, ModelResult result, List<EpochRecord> epochs) {
    /** Dense networks are grey, as on the page of a run; the first delta network is blue, as there, and others have other colours. */
    Color colour() {
      return dense ? Chart.DENSE : Chart.COLOURS.get(run % Chart.COLOURS.size());
    }

    BasicStroke stroke() {
      return STROKES.get((dense ? run : run / Chart.COLOURS.size()) % STROKES.size());
    }
  }

  static List<DomContent> of(List<SavedRun> runs) {
    Map<String, SavedRun> named = new LinkedHashMap<>();
    runs.forEach(run -> named.put(unique(run, runs), run));
    List<Network> networks = new ArrayList<>();
    List<String> names = List.copyOf(named.keySet());
    named.forEach((name, run) -> {
      int number = names.indexOf(name);
      ModelResult dense = run.result().map(result -> result.dense()).orElse(null);
      ModelResult delta = run.result().map(result -> result.delta()).orElse(null);
      if (dense != null || run.result().isEmpty() && !run.dense().isEmpty()) {
        networks.add(new Network(name + ", dense", number, true, dense, run.dense()));
      }
      if (delta != null || run.result().isEmpty() && !run.delta().isEmpty()) {
        networks.add(new Network(name + ", delta", number, false, delta, run.delta()));
      }
    });
    List<DomContent> parts = new ArrayList<>();
    parts.add(Html.part("Runs", figures(networks)));
    options(named).ifPresent(parts::add);
    parts.add(Html.part("Training", Html.charts(charts(networks))));
    return parts;
  }

  /** The last folder, or the whole path where two are called the same. */
  private static String unique(SavedRun run, List<SavedRun> runs) {
    String name = ReportPage.name(run.path());
    boolean alone = runs.stream().filter(other -> ReportPage.name(other.path()).equals(name)).count() == 1;
    return alone ? name : run.path().toString();
  }

  private static DomContent figures(List<Network> networks) {
    List<List<String>> rows = new ArrayList<>();
    for (Network network : networks) {
      ModelResult r = network.result;
      rows.add(r == null ? List.of(network.name, "no result yet") : List.of(network.name, testFigure(r),
          validationFigure(r), String.format(Locale.ROOT, "%,d", r.parameters()), "" + r.bestEpoch(),
          ResultTable.percent(r.sparsity().x()), ResultTable.percent(r.sparsity().h()), ResultTable.macs(r.trainingMacs()),
          RunPage.times(r.reduction()), RunPage.times(r.paperReduction()), String.format(Locale.ROOT, "%.2f ms", r.stepMicros() / 1000)));
    }
    boolean regression = networks.stream().map(network -> network.result).anyMatch(r -> r != null && r.errors() != null);
    return Html.rows("", List.of("network", regression ? "test error (RMSE)" : "test accuracy",
        regression ? "validation error (RMSE)" : "validation accuracy", "parameters", "best epoch", "sparsity x", "sparsity h",
        "multiply-adds", "reduction", "as the paper counts", "training step"), rows);
  }

  private static String testFigure(ModelResult result) {
    return result.errors() == null ? ResultTable.percent(result.testAccuracy()) : ResultTable.number(result.errors().testRmse());
  }

  private static String validationFigure(ModelResult result) {
    if (result.errors() == null) {
      return result.validationAccuracy() == null ? "-" : ResultTable.percent(result.validationAccuracy());
    }
    return result.errors().validationRmse() == null ? "-" : ResultTable.number(result.errors().validationRmse());
  }

  /** The options that the runs do not share; empty if they share all. */
  private static Optional<DomContent> options(Map<String, SavedRun> runs) {
    Map<String, SortedMap<String, String>> all = new LinkedHashMap<>();
    runs.forEach((name, run) -> all.put(name, run.model().or(run::denseModel).map(ComparisonPart::optionsAndData).orElse(new TreeMap<>())));
    TreeSet<String> names = new TreeSet<>();
    all.values().forEach(options -> names.addAll(options.keySet()));
    names.removeIf(name -> all.values().stream().map(options -> options.get(name)).distinct().count() == 1);
    if (names.isEmpty()) {
      return Optional.empty();
    }
    List<String> header = new ArrayList<>(List.of("run"));
    header.addAll(names);
    List<List<String>> rows = new ArrayList<>();
    all.forEach((name, options) -> {
      List<String> row = new ArrayList<>(List.of(name));
      names.forEach(option -> row.add(Objects.requireNonNullElse(options.get(option), "-")));
      rows.add(row);
    });
    return Optional.of(Html.part("Options that differ", div(Html.rows("", header, rows)).withClass("texts")));
  }

  private static SortedMap<String, String> optionsAndData(Model model) {
    SortedMap<String, String> options = new TreeMap<>(model.provenance().options());
    options.put("data", model.provenance().data());
    return options;
  }

  private static List<DomContent> charts(List<Network> networks) {
    boolean classes = networks.stream().flatMap(network -> network.epochs.stream()).anyMatch(epoch -> epoch.trainAccuracy() != null);
    return List.of(
        chart(new Chart(classes ? "accuracy, % (of validation, where there is one)" : "-", "epoch", "#"), networks,
            epoch -> classes ? 100 * epoch.decidingAccuracy() : Double.NaN),
        chart(new Chart(classes ? "loss (of validation, where there is one)" : "squared error (of validation, where there is one)",
            "epoch", "#.###"), networks, EpochRecord::decidingLoss),
        chart(new Chart("multiply-adds: dense / computed", "epoch", "#.#"), networks, epoch -> epoch.denseMacs() / (double) epoch.macs()))
        .stream().filter(chart -> !chart.isEmpty()).map(Chart::svg).toList();
  }

  private static Chart chart(Chart chart, List<Network> networks, Function<EpochRecord, Double> figure) {
    for (Network network : networks) {
      chart.line(network.name, network.colour(), network.stroke(), network.epochs.stream().map(EpochRecord::epoch).toList(),
          network.epochs.stream().map(figure).toList());
    }
    return chart;
  }
}

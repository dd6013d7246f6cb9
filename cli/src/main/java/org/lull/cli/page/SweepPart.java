// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import static j2html.TagCreator.p;

import j2html.tags.DomContent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lull.cli.report.ParetoPicture;
import org.lull.cli.report.Picture.Place;
import org.lull.cli.report.SweepTable;
import org.lull.experiments.store.Store;
import org.lull.experiments.sweep.SweepDirectory;
import org.lull.experiments.sweep.SweepResults;

/** A sweep: the front of what no other network is better than, and the table. */
final class SweepPart {
  private SweepPart() {}

  static DomContent read(Path dir) {
    if (!Files.exists(dir.resolve(SweepDirectory.RESULTS))) {
      return ReportPage.missing(dir, "The sweep has no results yet; lull sweep --out " + dir + " writes what there is.");
    }
    SweepResults results = Store.of(dir).readJson(SweepDirectory.RESULTS, SweepResults.class);
    ParetoPicture.Places places = ParetoPicture.places(results);
    double factor = results.isRegression() ? 1 : 100;
    Chart chart = new Chart(results.isRegression() ? "test error (RMSE)" : "test accuracy, %",
        "1e9 multiply-adds of training" + (places.whole() ? ", pretraining included" : ""), "#.#");
    chart.line("Pareto front", Chart.DENSE, Chart.SOLID, macs(places.front()), accuracies(places.front(), factor));
    int colour = 0;
    for (Map.Entry<String, List<Place>> series : places.series().entrySet()) {
      chart.points(series.getKey(), Chart.COLOURS.get(colour++ % Chart.COLOURS.size()), macs(series.getValue()),
          accuracies(series.getValue(), factor), series.getValue().stream().map(place -> factor * place.deviation()).toList());
    }
    List<DomContent> contents = new ArrayList<>();
    contents.add(p(results.data()).withClass("note"));
    if (!chart.isEmpty()) {
      contents.add(Html.charts(List.of(chart.svg())));
    }
    contents.add(Html.rows(SweepTable.table(results)));
    results.warnings().forEach(warning -> contents.add(p(warning).withClass("note")));
    return Html.part("Sweep " + ReportPage.name(dir), contents.toArray(DomContent[]::new));
  }

  private static List<Double> macs(List<Place> places) {
    return places.stream().map(place -> 1e-9 * place.macs()).toList();
  }

  private static List<Double> accuracies(List<Place> places, double factor) {
    return places.stream().map(place -> factor * place.accuracy()).toList();
  }
}

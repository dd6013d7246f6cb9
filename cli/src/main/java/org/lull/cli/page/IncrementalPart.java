// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import static j2html.TagCreator.p;

import j2html.tags.DomContent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lull.cli.report.IncrementalTable;
import org.lull.experiments.incremental.IncrementalDirectory;
import org.lull.experiments.incremental.IncrementalResults.Family;
import org.lull.experiments.incremental.IncrementalResults;
import org.lull.experiments.run.Statistic;
import org.lull.experiments.store.Store;

/** Class-incremental learning: accuracy by classes known, and the table. */
final class IncrementalPart {
  private IncrementalPart() {}

  static DomContent read(Path dir) {
    if (!Files.exists(dir.resolve(IncrementalDirectory.RESULTS))) {
      return ReportPage.missing(dir, "The experiment has no results yet; the command that began it goes on with it.");
    }
    IncrementalResults results = Store.of(dir).readJson(IncrementalDirectory.RESULTS, IncrementalResults.class);
    Map<String, Chart> charts = new LinkedHashMap<>();
    Map<String, Integer> colours = new LinkedHashMap<>();
    for (Family family : results.families()) {
      Chart chart = charts.computeIfAbsent(family.network(),
          network -> new Chart(network + ": accuracy on the classes known, %", "classes known", "#").range(0, 100));
      int colour = colours.merge(family.network(), 1, Integer::sum) - 1;
      int missing = results.classes().size() - family.accuracy().size();
      chart.line(IncrementalTable.name(family), Chart.COLOURS.get(colour % Chart.COLOURS.size()),
          colour < Chart.COLOURS.size() ? Chart.SOLID : Chart.DASHED, results.classes().subList(missing, results.classes().size()),
          family.accuracy().stream().map(Statistic::mean).map(share -> 100 * share).toList());
    }
    List<DomContent> contents = new ArrayList<>();
    contents.add(p(results.experiments().data()).withClass("note"));
    contents.add(Html.charts(charts.values().stream().map(Chart::svg).toList()));
    contents.add(Html.rows(IncrementalTable.table(results)));
    return Html.part("Incremental learning " + ReportPage.name(dir), contents.toArray(DomContent[]::new));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.i;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.lull.cli.report.ResultTable;
import org.lull.experiments.run.RunResult.LayerOperations;
import org.lull.experiments.run.RunResult.ModelResult;
import org.lull.experiments.run.RunResult;

/** Multiply-adds of training, computed and dense, by product and layer, in both accountings. */
final class OperationsTable {
  private OperationsTable() {}

  /** Empty where no delta network was trained, or by a version that did not keep them. */
  static Optional<DomContent> of(RunResult result) {
    ModelResult delta = result.delta();
    if (delta == null || delta.operations() == null || delta.operations().isEmpty()) {
      return Optional.empty();
    }
    List<Row> rows = new ArrayList<>();
    List<Row> paper = new ArrayList<>();
    for (LayerOperations layer : delta.operations()) {
      String name = "layer " + (layer.layer() + 1) + ", ";
      rows.add(new Row(name + "forward", layer.forward(), layer.denseForward()));
      rows.add(new Row(name + "transposed", layer.transposed(), layer.denseTransposed()));
      rows.add(new Row(name + "weight gradient", layer.weightGradient(), layer.denseWeightGradient()));
      paper.add(new Row(name + "forward", layer.forward(), layer.denseForward()));
      paper.add(new Row(name + "transposed", layer.weightGradient(), layer.denseWeightGradient()));
      paper.add(new Row(name + "weight gradient", layer.weightGradient(), layer.denseWeightGradient()));
    }
    return Optional.of(Html.part("Multiply-adds of training",
        table("As they are computed. Neither network computes the gradient of the data, or that of h before the first step.", rows),
        table("As the paper counts: the transposed product, too, has every column of x and of h that fired.", paper),
        p("Bars show the share of the dense network's multiply-adds that the delta network computes.").withClass("note")));
  }

  private record Row(String name, long macs, long dense) {}

  private static DomContent table(String title, List<Row> rows) {
    List<Row> all = new ArrayList<>(rows);
    all.add(new Row("all", rows.stream().mapToLong(Row::macs).sum(), rows.stream().mapToLong(Row::dense).sum()));
    return div(Html.title(title), div(j2html.TagCreator.table(thead(tr(each(List.of("product", "delta", "dense", "reduction"),
        name -> th(name)))), tbody(each(all, OperationsTable::row)))).withClass("scroll"));
  }

  private static DomContent row(Row row) {
    double share = row.dense == 0 ? 0 : row.macs / (double) row.dense;
    return tr(th(row.name).attr("scope", "row"), td(ResultTable.macs(row.macs)), td(ResultTable.macs(row.dense)),
        td(span(i().withStyle(String.format(Locale.ROOT, "width:%.1f%%", 100 * Math.min(1, share)))).withClass("bar"),
            text(row.macs == 0 ? "-" : RunPage.times(row.dense / (double) row.macs))));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.p;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lull.cli.report.ResultTable;
import org.lull.experiments.run.RunResult.ModelResult;
import org.lull.experiments.run.RunResult;

/** What the examples of each class were taken for. */
final class ConfusionTable {
  /** More classes are a list of what is confused most often, not a matrix. */
  private static final int LARGEST = 100;
  private static final int LISTED = 10;

  private ConfusionTable() {}

  /** The networks of a result with a matrix, which those of earlier versions and of regression have not; delta first. */
  static List<ModelResult> withOne(RunResult result) {
    return Stream.of(result.delta(), result.dense()).filter(network -> network != null && network.confusion() != null
        && !network.confusion().isEmpty()).toList();
  }

  /** @param confusion counts, [true class][predicted class] */
  static DomContent of(List<String> labels, List<List<Integer>> confusion) {
    if (labels.size() != confusion.size()) {
      return p("The matrix is of " + confusion.size() + " classes, the model of " + labels.size() + ".").withClass("note");
    }
    DomContent matrix = labels.size() > LARGEST ? p("A matrix of " + labels.size() + " classes is left out.").withClass("note")
        : div(matrix(labels, confusion), p("Rows are the true classes, columns, numbered in the same order, what they were taken for.")
            .withClass("note"));
    return div(matrix, worst(labels, confusion));
  }

  private static DomContent matrix(List<String> labels, List<List<Integer>> confusion) {
    int n = labels.size();
    return div(table(thead(tr(th(), each(IntStream.range(0, n).boxed().toList(), k -> th("" + (k + 1)).withTitle(labels.get(k))))),
        tbody(each(IntStream.range(0, n).boxed().toList(), k -> tr(th((k + 1) + " " + labels.get(k)).attr("scope", "row"),
            each(IntStream.range(0, n).boxed().toList(), j -> cell(confusion.get(k), k, j))))))
        .withClass("matrix")).withClass("scroll");
  }

  private static DomContent cell(List<Integer> row, int k, int j) {
    int count = row.get(j);
    if (count == 0) {
      return td();
    }
    double share = count / (double) row.stream().mapToInt(Integer::intValue).sum();
    return td("" + count).withCondClass(j != k, "wrong").withStyle(String.format(Locale.ROOT, "--s:%.2f", share));
  }

  private record Confused(int from, int to, int count) {}

  private static DomContent worst(List<String> labels, List<List<Integer>> confusion) {
    List<Confused> all = new ArrayList<>();
    for (int k = 0; k < labels.size(); k++) {
      for (int j = 0; j < labels.size(); j++) {
        if (j != k && confusion.get(k).get(j) > 0) {
          all.add(new Confused(k, j, confusion.get(k).get(j)));
        }
      }
    }
    if (all.isEmpty()) {
      return p("Nothing was confused.");
    }
    all.sort(Comparator.comparingInt(Confused::count).reversed());
    return Html.rows("Most often confused", List.of("class", "taken for", "examples", "of"),
        all.stream().limit(LISTED).map(each -> {
          int of = confusion.get(each.from).stream().mapToInt(Integer::intValue).sum();
          return List.of(labels.get(each.from), labels.get(each.to), "" + each.count,
              of + " (" + ResultTable.percent(each.count / (double) of) + ")");
        }).toList());
  }
}

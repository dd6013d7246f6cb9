// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.lull.experiments.incremental.IncrementalResults.Family;
import org.lull.experiments.incremental.IncrementalResults;
import org.lull.experiments.incremental.Trial;
import org.lull.experiments.run.Statistic;

/** What was found of class-incremental learning as a user reads it: tables, and a picture. */
public final class IncrementalTable {
  /** Method, memory, batch, network, orders. */
  private static final int KEYS = 5;

  private IncrementalTable() {}

  /** As a user reads it. */
  public static String text(IncrementalResults results) {
    return table(results).shown(KEYS);
  }

  /** A row for each family. */
  public static Table table(IncrementalResults results) {
    List<Integer> classes = results.classes();
    Table table = new Table();
    List<String> header = new ArrayList<>(List.of("method", "memory", "batch", "network", "orders"));
    classes.forEach(n -> header.add("at " + n));
    header.addAll(List.of("minus joint", "minus dense", "forgetting", "times fewer multiply-adds", "matrices saved",
        "all saved", "energy"));
    table.row(header.toArray(String[]::new));
    for (Family family : results.families()) {
      boolean joint = family.method().equals(Trial.JOINT);
      List<String> row = new ArrayList<>(List.of(family.method(), family.memory(), joint ? "32" : "" + family.batch(), family.network(),
          "" + family.orders()));
      for (int i = 0; i < classes.size(); i++) {
        int at = i - (classes.size() - family.accuracy().size());
        boolean last = i == classes.size() - 1;
        row.add(at < 0 ? "" : last ? SweepTable.percent(family.accuracy().get(at))
            : SweepTable.mean("%.1f", 100, family.accuracy().get(at)));
      }
      row.add(SweepTable.difference(family.toJoint()));
      row.add(SweepTable.difference(family.toDense()));
      row.add(joint ? "-" : SweepTable.mean("%.1f", 100, family.forgetting()));
      row.add(SweepTable.mean("%.1fx", 1, family.reduction()));
      row.add(SweepTable.mean("-%.1f %%", 100, family.matricesSaved()));
      row.add(SweepTable.mean("-%.1f %%", 100, family.wordsSaved()));
      row.add(SweepTable.mean("%.1f J", 1, family.joules()));
      table.row(row.toArray(String[]::new));
    }
    return table;
  }

  /** The accuracy of each task's classes after each task, of every family. */
  public static String matrices(IncrementalResults results) {
    List<Integer> classes = results.classes();
    StringBuilder text = new StringBuilder();
    for (Family family : results.families()) {
      if (family.method().equals(Trial.JOINT)) {
        continue;
      }
      Table table = new Table();
      List<String> header = new ArrayList<>(List.of("after"));
      IntStream.range(0, classes.size())
          .forEach(task -> header.add(task == 0 ? "1-" + classes.getFirst() : (classes.get(task - 1) + 1) + "-" + classes.get(task)));
      table.row(header.toArray(String[]::new));
      for (int after = 0; after < family.matrix().size(); after++) {
        List<String> row = new ArrayList<>(List.of(classes.get(after) + " classes"));
        family.matrix().get(after).forEach(share -> row.add(String.format(Locale.ROOT, "%.1f", 100 * share)));
        table.row(row.toArray(String[]::new));
      }
      text.append(System.lineSeparator()).append(name(family)).append(", % of each task's classes").append(System.lineSeparator())
          .append(table);
    }
    return text.toString();
  }

  /** What the family is called in pictures. */
  public static String name(Family family) {
    return family.method().equals(Trial.JOINT) ? family.method()
        : family.method() + ", memory " + family.memory() + (family.batch() == 0 ? "" : ", batch " + family.batch());
  }

  /** Accuracy by classes known. */
  public static Picture picture(IncrementalResults results) {
    List<Integer> classes = results.classes();
    Map<String, Map<String, List<Picture.Mark>>> networks = new LinkedHashMap<>();
    for (Family family : results.families()) {
      List<Picture.Mark> marks = new ArrayList<>();
      int missing = classes.size() - family.accuracy().size();
      for (int i = 0; i < family.accuracy().size(); i++) {
        Statistic share = family.accuracy().get(i);
        marks.add(new Picture.Mark(classes.get(missing + i), share.mean(), Objects.requireNonNullElse(share.deviation(), 0.0)));
      }
      networks.computeIfAbsent(family.network(), _ -> new LinkedHashMap<>()).put(name(family), marks);
    }
    return Picture.byClasses(networks);
  }
}

package org.lull.cli.commands;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.lull.cli.commands.IncrementalDirectory.Common;
import org.lull.cli.commands.IncrementalDirectory.Finished;
import org.lull.cli.commands.IncrementalDirectory.Point;
import org.lull.cli.options.IncrementalOptions.Trial;
import org.lull.cli.options.IncrementalOptions;
import org.lull.cli.report.Picture;
import org.lull.cli.report.Table;
import org.lull.cost.MemoryAccess.Energy;
import org.lull.experiments.incremental.Incremental;
import org.lull.experiments.run.Statistic;
import org.lull.network.Mode;

/**
 * What was found of class-incremental learning, as {@value IncrementalDirectory#RESULTS} holds it.
 *
 * @param classes known after each task
 */
record IncrementalReport(Common experiments, List<Integer> classes, List<Family> families) {
  /**
   * What differs in the order of classes alone.
   *
   * @param accuracy after each task; of joint training, once
   * @param toJoint accuracy after the last task against joint training of the same network in the same order
   * @param toDense the same against the dense network; null of that
   * @param matrix means of {@link Incremental#matrix}
   * @param reduction of the multiply-adds of training; null, as what follows, where nothing is trained
   * @param matricesSaved share of the accesses to weights and their gradients that dense training makes and this one does not
   * @param wordsSaved the same of all accesses
   * @param joules of all tasks, by the accesses and multiply-adds counted
   * @param denseJoules what they cost densely
   */
  record Family(String method, String memory, int batch, String network, int orders, List<Statistic> accuracy, Statistic toJoint,
      Statistic toDense, Statistic forgetting, List<List<Double>> matrix, Statistic exemplars, Statistic reduction,
      Statistic matricesSaved, Statistic wordsSaved, Statistic joules, Statistic denseJoules) {}

  static IncrementalReport of(Common experiments, List<Integer> classes, List<Finished> finished) {
    Map<Point, Incremental> results = new LinkedHashMap<>();
    finished.forEach(each -> results.put(each.point(), each.result()));
    Map<Trial, Map<Mode, List<Point>>> families = new LinkedHashMap<>();
    for (Point point : results.keySet()) {
      families.computeIfAbsent(point.trial(), _ -> new LinkedHashMap<>()).computeIfAbsent(point.mode(), _ -> new ArrayList<>()).add(point);
    }
    List<Family> rows = families.values().stream().flatMap(modes -> modes.values().stream()).map(points -> family(points, results))
        .sorted((a, b) -> key(a).compareTo(key(b))).toList();
    return new IncrementalReport(experiments, classes, rows);
  }

  /** Joint training first, then by memory, batch, method and network. */
  private static String key(Family family) {
    boolean joint = family.method.equals(IncrementalOptions.JOINT);
    return (joint ? 0 : 1) + String.format(Locale.ROOT, "%6s %20s %20s ", 9999 - family.batch, family.memory, family.method)
        + (family.network.equals("dense") ? 0 : 1);
  }

  private static Family family(List<Point> points, Map<Point, Incremental> results) {
    Point any = points.getFirst();
    List<Incremental> its = points.stream().map(results::get).toList();
    int tasks = its.getFirst().accuracy().size();
    boolean counted = its.getFirst().access() != null && its.getFirst().macs() > 0; // not of joint training, and of what trains
    return new Family(any.trial().method(), any.trial().memory(), any.trial().batch(), any.mode().name().toLowerCase(Locale.ROOT),
        points.size(), IntStream.range(0, tasks).mapToObj(task -> statistic(its, result -> result.accuracy().get(task))).toList(),
        any.trial().method().equals(IncrementalOptions.JOINT) ? null
            : difference(points, results, point -> new Point(point.order(), point.mode(), new Trial(IncrementalOptions.JOINT, 0, "all"))),
        any.mode() == Mode.DENSE ? null
            : difference(points, results, point -> new Point(point.order(), Mode.DENSE, point.trial())),
        statistic(its, Incremental::forgetting), matrix(its), statistic(its, result -> (double) result.exemplars()),
        its.getFirst().macs() > 0 ? statistic(its, result -> result.denseMacs() / (double) result.macs()) : null,
        counted ? statistic(its, result -> saved(result.access().matrices(), result.denseAccess().matrices())) : null,
        counted ? statistic(its, result -> saved(result.access().words(), result.denseAccess().words())) : null,
        counted ? statistic(its, result -> result.access().joules(Energy.HOROWITZ_2014)) : null,
        counted ? statistic(its, result -> result.denseAccess().joules(Energy.HOROWITZ_2014)) : null);
  }

  private static double saved(long words, long dense) {
    return 1 - words / (double) dense;
  }

  private static Statistic statistic(List<Incremental> results, Function<Incremental, Double> figure) {
    return Statistic.of(results.stream().map(figure).toList());
  }

  /** Of the accuracy at the end, to that of a partner, of those that have one. */
  private static Statistic difference(List<Point> points, Map<Point, Incremental> results, Function<Point, Point> partner) {
    return Statistic.of(points.stream().map(point -> {
      Incremental other = results.get(partner.apply(point));
      return other == null ? null : (Double) (results.get(point).accuracy().getLast() - other.accuracy().getLast());
    }).toList());
  }

  private static List<List<Double>> matrix(List<Incremental> results) {
    return IntStream.range(0, results.getFirst().matrix().size()).mapToObj(after -> IntStream.rangeClosed(0, after)
        .mapToObj(task -> results.stream().mapToDouble(result -> result.matrix().get(after).get(task)).average().orElseThrow()).toList())
        .toList();
  }

  /** As a user reads it. */
  String text() {
    Table table = new Table();
    List<String> header = new ArrayList<>(List.of("method", "memory", "batch", "network", "orders"));
    classes.forEach(n -> header.add("at " + n));
    header.addAll(List.of("to joint", "to dense", "forgetting", "reduction", "matrix words", "all words", "energy"));
    table.row(header.toArray(String[]::new));
    for (Family family : families) {
      boolean joint = family.method.equals(IncrementalOptions.JOINT);
      List<String> row = new ArrayList<>(List.of(family.method, family.memory, joint ? "32" : "" + family.batch, family.network,
          "" + family.orders));
      for (int i = 0; i < classes.size(); i++) {
        int at = i - (classes.size() - family.accuracy.size());
        boolean last = i == classes.size() - 1;
        row.add(at < 0 ? "" : last ? SweepTable.percent(family.accuracy.get(at)) : SweepTable.mean("%.1f", 100, family.accuracy.get(at)));
      }
      row.add(SweepTable.difference(family.toJoint));
      row.add(SweepTable.difference(family.toDense));
      row.add(joint ? "-" : SweepTable.mean("%.1f", 100, family.forgetting));
      row.add(SweepTable.mean("%.1fx", 1, family.reduction));
      row.add(SweepTable.mean("-%.1f %%", 100, family.matricesSaved));
      row.add(SweepTable.mean("-%.1f %%", 100, family.wordsSaved));
      row.add(SweepTable.mean("%.1f J", 1, family.joules));
      table.row(row.toArray(String[]::new));
    }
    return table.toString();
  }

  /** The accuracy of each task's classes after each task, of every family. */
  String matrices() {
    StringBuilder text = new StringBuilder();
    for (Family family : families) {
      if (family.method.equals(IncrementalOptions.JOINT)) {
        continue;
      }
      Table table = new Table();
      List<String> header = new ArrayList<>(List.of("after"));
      IntStream.range(0, classes.size())
          .forEach(task -> header.add(task == 0 ? "1-" + classes.getFirst() : (classes.get(task - 1) + 1) + "-" + classes.get(task)));
      table.row(header.toArray(String[]::new));
      for (int after = 0; after < family.matrix.size(); after++) {
        List<String> row = new ArrayList<>(List.of(classes.get(after) + " classes"));
        family.matrix.get(after).forEach(share -> row.add(String.format(Locale.ROOT, "%.1f", 100 * share)));
        table.row(row.toArray(String[]::new));
      }
      text.append(System.lineSeparator()).append(name(family)).append(", % of each task's classes").append(System.lineSeparator())
          .append(table);
    }
    return text.toString();
  }

  private static String name(Family family) {
    return family.method.equals(IncrementalOptions.JOINT) ? family.method
        : family.method + ", memory " + family.memory + (family.batch == 0 ? "" : ", batch " + family.batch);
  }

  /** Accuracy by classes known. */
  Picture picture() {
    Map<String, Map<String, List<Picture.Mark>>> networks = new LinkedHashMap<>();
    for (Family family : families) {
      List<Picture.Mark> marks = new ArrayList<>();
      int missing = classes.size() - family.accuracy.size();
      for (int i = 0; i < family.accuracy.size(); i++) {
        Statistic share = family.accuracy.get(i);
        marks.add(new Picture.Mark(classes.get(missing + i), share.mean(), Objects.requireNonNullElse(share.deviation(), 0.0)));
      }
      networks.computeIfAbsent(family.network, _ -> new LinkedHashMap<>()).put(name(family), marks);
    }
    return Picture.byClasses(networks);
  }
}

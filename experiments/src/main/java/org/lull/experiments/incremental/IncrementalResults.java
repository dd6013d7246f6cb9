// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.incremental;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.lull.cost.MemoryAccess.Energy;
import org.lull.experiments.incremental.IncrementalDirectory.Common;
import org.lull.experiments.incremental.IncrementalDirectory.Finished;
import org.lull.experiments.incremental.IncrementalDirectory.Point;
import org.lull.experiments.run.Statistic;
import org.lull.network.Mode;

/**
 * What was found of class-incremental learning, as {@value IncrementalDirectory#RESULTS} holds it.
 *
 * @param classes known after each task
 */
public record IncrementalResults(Common experiments, List<Integer> classes, List<Family> families) {
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
  public record Family(String method, String memory, int batch, String network, int orders, List<Statistic> accuracy, Statistic toJoint,
      Statistic toDense, Statistic forgetting, List<List<Double>> matrix, Statistic exemplars, Statistic reduction,
      Statistic matricesSaved, Statistic wordsSaved, Statistic joules, Statistic denseJoules) {}

  public static IncrementalResults of(Common experiments, List<Integer> classes, List<Finished> finished) {
    Map<Point, Incremental> results = new LinkedHashMap<>();
    finished.forEach(each -> results.put(each.point(), each.result()));
    Map<Trial, Map<Mode, List<Point>>> families = new LinkedHashMap<>();
    for (Point point : results.keySet()) {
      families.computeIfAbsent(point.trial(), _ -> new LinkedHashMap<>()).computeIfAbsent(point.mode(), _ -> new ArrayList<>()).add(point);
    }
    List<Family> sorted = families.values().stream().flatMap(modes -> modes.values().stream()).map(points -> family(points, results))
        .sorted((a, b) -> key(a).compareTo(key(b))).toList();
    return new IncrementalResults(experiments, classes, sorted);
  }

  /** Joint training first, then by memory, batch, method and network. */
  private static String key(Family family) {
    boolean joint = family.method.equals(Trial.JOINT);
    return (joint ? 0 : 1) + String.format(Locale.ROOT, "%6s %20s %20s ", 9999 - family.batch, family.memory, family.method)
        + (family.network.equals("dense") ? 0 : 1);
  }

  private static Family family(List<Point> points, Map<Point, Incremental> results) {
    Point any = points.getFirst();
    List<Incremental> found = points.stream().map(results::get).toList();
    int tasks = found.getFirst().accuracy().size();
    boolean counted = found.getFirst().access() != null && found.getFirst().macs() > 0; // not of joint training, and of what trains
    return new Family(any.trial().method(), any.trial().memory(), any.trial().batch(), any.mode().name().toLowerCase(Locale.ROOT),
        points.size(), IntStream.range(0, tasks).mapToObj(task -> statistic(found, result -> result.accuracy().get(task))).toList(),
        any.trial().method().equals(Trial.JOINT) ? null
            : difference(points, results, point -> new Point(point.order(), point.mode(), Trial.OF_JOINT)),
        any.mode() == Mode.DENSE ? null
            : difference(points, results, point -> new Point(point.order(), Mode.DENSE, point.trial())),
        statistic(found, Incremental::forgetting), matrix(found), statistic(found, result -> (double) result.exemplars()),
        found.getFirst().macs() > 0 ? statistic(found, result -> result.denseMacs() / (double) result.macs()) : null,
        counted ? statistic(found, result -> saved(result.access().matrices(), result.denseAccess().matrices())) : null,
        counted ? statistic(found, result -> saved(result.access().words(), result.denseAccess().words())) : null,
        counted ? statistic(found, result -> result.access().joules(Energy.HOROWITZ_2014)) : null,
        counted ? statistic(found, result -> result.denseAccess().joules(Energy.HOROWITZ_2014)) : null);
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
}

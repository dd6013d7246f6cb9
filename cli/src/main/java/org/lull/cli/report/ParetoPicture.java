// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lull.cli.report.Picture.Place;
import org.lull.experiments.run.Statistic;
import org.lull.experiments.sweep.Point;
import org.lull.experiments.sweep.SweepResults.Family;
import org.lull.experiments.sweep.SweepResults;

/** Networks of a sweep, accuracy (in regression: error) against multiply-adds, with the front that no other is better than. */
public final class ParetoPicture {
  private ParetoPicture() {}

  /**
   * Where the networks are.
   *
   * @param series by name, points each
   * @param front the points that no other is better than in both, in the order of their multiply-adds
   * @param whole whether the multiply-adds are those of all training, dense pretraining included
   */
  public record Places(Map<String, List<Place>> series, List<Place> front, boolean whole) {}

  /** Accuracy, or in regression error, against what training cost. */
  public static Picture of(SweepResults results) {
    Places places = places(results);
    return results.isRegression() ? Picture.paretoOfErrors(places.series, places.front, places.whole)
        : Picture.pareto(places.series, places.front, places.whole);
  }

  /** The same as figures; dense pretraining counts where some points have more of it than others. */
  public static Places places(SweepResults results) {
    boolean whole = results.grid().stream().anyMatch(axis -> axis.name().equals("pretrain-epochs"));
    Map<String, List<Place>> series = new LinkedHashMap<>();
    List<Place> all = new ArrayList<>();
    for (Family family : results.families()) {
      Place place = place(family, whole);
      if (place != null) {
        series.computeIfAbsent(series(family), _ -> new ArrayList<>()).add(place);
        all.add(place);
      }
    }
    return new Places(series, results.isRegression() ? front(all, Comparator.comparing(Place::accuracy)) : front(all), whole);
  }

  /** A network that costs nothing, as nothing of it fires, has no place. */
  private static Place place(Family family, boolean whole) {
    if (family.runs() == 0 || family.trainingMacs().mean() == 0) {
      return null;
    }
    Statistic quality = family.testRmse() == null ? family.testAccuracy() : family.testRmse();
    return new Place(family.trainingMacs().mean() + (whole ? family.pretrainingMacs().mean() : 0), quality.mean(),
        Objects.requireNonNullElse(quality.deviation(), 0.0));
  }

  /** A dense network and the delta networks that are compared with it have one colour. */
  private static String series(Family family) {
    Point dense = new Point(false, family.options()).control();
    return dense.options().isEmpty() ? "networks" : new Point(false, dense.options()).name().replace(",", ", ");
  }

  /** The places that no other is better than in both, from the cheapest to the dearest. */
  public static List<Place> front(List<Place> places) {
    return front(places, Comparator.comparing(Place::accuracy, Comparator.reverseOrder()));
  }

  /** @param betterFirst the order of the places by their accuracy, or in regression by their error */
  private static List<Place> front(List<Place> places, Comparator<Place> betterFirst) {
    List<Place> front = new ArrayList<>();
    for (Place place : places.stream().sorted(Comparator.comparingDouble(Place::macs).thenComparing(betterFirst)).toList()) {
      if (front.isEmpty() || betterFirst.compare(place, front.getLast()) < 0) {
        front.add(place);
      }
    }
    return front;
  }
}

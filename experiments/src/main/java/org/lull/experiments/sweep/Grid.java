// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.sweep;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.lull.input.InvalidInputException;

/**
 * The points of a sweep: a delta network for every combination of the values of the axes, and their controls. A control is a dense network;
 * it serves all points that differ only in options that dense training ignores.
 */
public record Grid(List<Axis> axes) {
  /** @throws InvalidInputException if two axes are of one option */
  public Grid {
    axes = List.copyOf(axes);
    Set<String> names = new HashSet<>();
    for (Axis axis : axes) {
      if (!names.add(axis.name())) {
        throw new InvalidInputException("--over " + axis.name() + " is given twice; list all its values once, separated by commas");
      }
    }
  }

  public static Grid of(Axis... axes) {
    return new Grid(List.of(axes));
  }

  /**
   * The grid that texts such as {@code threshold=0.1,0.2} span.
   *
   * @throws InvalidInputException if a text is not of that form, or names an option that decides nothing or that another text names too
   */
  public static Grid parse(List<String> texts) {
    return new Grid(texts.stream().map(Axis::parse).toList());
  }

  /** All points, each control before the first that is compared with it. */
  public List<Point> points() {
    List<Map<String, String>> combinations = List.of(Map.of());
    for (Axis axis : axes) {
      combinations = combinations.stream().flatMap(before -> axis.values().stream().map(value -> {
        Map<String, String> longer = new LinkedHashMap<>(before);
        longer.put(axis.name(), value);
        return longer;
      })).collect(Collectors.toList());
    }
    Set<Point> points = new LinkedHashSet<>();
    for (Map<String, String> combination : combinations) {
      Point point = new Point(false, combination);
      points.add(point.control());
      points.add(point);
    }
    return List.copyOf(points);
  }
}

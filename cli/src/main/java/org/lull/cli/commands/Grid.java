package org.lull.cli.commands;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.lull.cli.options.RunOptions;
import org.lull.input.InvalidInputException;

/**
 * The points of a sweep: a delta network for every combination of the axes' values, and a dense one, its control, for all those that
 * differ only in what dense training ignores.
 */
public record Grid(List<Axis> axes) {
  static final String SEED = "seed";

  /**
   * One option and the values it takes.
   *
   * @param name without dashes
   */
  public record Axis(String name, List<String> values) {}

  /**
   * One network to train.
   *
   * @param dense whether it is a control
   * @param options values of the axes that it depends on, in the order of the axes
   */
  public record Point(boolean dense, Map<String, String> options) {
    /** As its directory is called: {@code threshold=0.1,seed=2} or {@code dense,seed=2}. */
    String name() {
      List<String> parts = new ArrayList<>(dense ? List.of("dense") : List.of());
      options.forEach((name, value) -> parts.add(name + "=" + inFileName(value)));
      return String.join(",", parts);
    }

    public String network() {
      return dense ? "dense" : "delta";
    }

    /** The dense network that a delta network is compared with: equal but for what dense training ignores. */
    Point control() {
      return new Point(true, without(RunOptions.deltaNames()));
    }

    /** All axes but the seed: what the networks have in common that a mean is taken of. */
    Point family() {
      return new Point(dense, without(Set.of(SEED)));
    }

    private Map<String, String> without(Set<String> names) {
      Map<String, String> others = new LinkedHashMap<>(options);
      others.keySet().removeAll(names);
      return others;
    }

    /** Letters, digits and . : + - _ as they are, other bytes in hexadecimal after a percent sign, so that no two become one. */
    private static String inFileName(String value) {
      StringBuilder text = new StringBuilder();
      for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
        boolean plain = b > ' ' && (Character.isLetterOrDigit(b) || ".:+-_".indexOf(b) >= 0);
        text.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b));
      }
      return text.toString();
    }
  }

  /**
   * The grid that texts such as {@code threshold=0.1,0.2} span.
   *
   * @throws InvalidInputException if one is not of that form, or names what decides nothing, or an option a second time
   */
  static Grid of(List<String> texts) {
    List<Axis> axes = texts.stream().map(Grid::axis).toList();
    Set<String> names = new HashSet<>();
    for (Axis axis : axes) {
      if (!names.add(axis.name)) {
        throw new InvalidInputException("--over " + axis.name + " is given twice; list all its values once, separated by commas");
      }
    }
    return new Grid(axes);
  }

  private static Axis axis(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      throw new InvalidInputException("--over " + text + ": expected an option and its values, as in threshold=0.1,0.2");
    }
    String name = text.substring(0, equals);
    SortedSet<String> known = RunOptions.names();
    if (!known.contains(name)) {
      throw new InvalidInputException("--over " + name + " is no option that decides what is trained; choose from "
          + String.join(", ", known));
    }
    List<String> values = List.of(text.substring(equals + 1).split(",", -1));
    if (values.stream().anyMatch(String::isBlank)) {
      throw new InvalidInputException("--over " + text + ": a value is missing; give at least one, separated by commas");
    }
    if (new HashSet<>(values).size() < values.size()) {
      throw new InvalidInputException("--over " + text + ": a value is given twice; give each once");
    }
    return new Axis(name, values);
  }

  /** All points, each control before the first that is compared with it. */
  List<Point> points() {
    List<Map<String, String>> combinations = List.of(Map.of());
    for (Axis axis : axes) {
      combinations = combinations.stream().flatMap(before -> axis.values.stream().map(value -> {
        Map<String, String> longer = new LinkedHashMap<>(before);
        longer.put(axis.name, value);
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

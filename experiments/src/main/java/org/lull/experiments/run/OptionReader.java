// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.lull.input.InvalidInputException;

/** Options by their names, as text, read as what they are; it notes which names there are. */
final class OptionReader {
  /** Value of an option whose numbers follow the data. */
  static final String AUTO = "auto";

  private final Map<String, String> options;
  private final SortedSet<String> names = new TreeSet<>();

  OptionReader(Map<String, String> options) {
    this.options = options;
  }

  /** All names that were asked for. */
  SortedSet<String> names() {
    return names;
  }

  /** @param usual where the option is not given; may be null */
  String text(String name, String usual) {
    names.add(name);
    return options.getOrDefault(name, usual);
  }

  private <T> T read(String name, T usual, String expected, Function<String, T> parse) {
    String text = text(name, null);
    if (text == null) {
      return usual;
    }
    try {
      return parse.apply(text.strip());
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(name + ": \"" + text + "\", expected " + expected, e);
    }
  }

  Integer integer(String name, Integer usual) {
    return read(name, usual, "a whole number", Integer::valueOf);
  }

  long longInteger(String name, long usual) {
    return read(name, usual, "a whole number", Long::valueOf);
  }

  Double number(String name, Double usual) {
    return read(name, usual, "a number", Double::valueOf);
  }

  /** Written as 0.1:0.2, as 0.1,0.2, or in brackets. */
  List<Float> numbers(String name, List<Float> usual) {
    return read(name, usual, "numbers, as in 0.1 or 0.1:0.2", text -> {
      String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
      return Arrays.stream(bare.split("[:,]", -1)).map(Float::valueOf).toList();
    });
  }

  /** The same, or {@link #AUTO}, which is null and what there is without the option. */
  List<Float> numbersOrAuto(String name) {
    String text = text(name, AUTO).strip();
    return text.equals(AUTO) ? null : numbers(name, null);
  }

  boolean onOrOff(String name, boolean usual) {
    return read(name, usual, "true or false", text -> switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException();
    });
  }
}

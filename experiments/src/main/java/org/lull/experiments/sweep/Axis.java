// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.sweep;

import java.util.HashSet;
import java.util.List;
import java.util.SortedSet;
import org.lull.experiments.run.RunConfig;
import org.lull.input.InvalidInputException;

/**
 * One option of a {@link RunConfig} and the values it takes.
 *
 * @param name without dashes
 * @param values as text; numbers for each layer separated by colons
 */
public record Axis(String name, List<String> values) {
  /** @throws InvalidInputException if the option decides nothing, or there is no value, or one twice */
  public Axis {
    SortedSet<String> known = RunConfig.names();
    if (!known.contains(name)) {
      throw new InvalidInputException("--over " + name + " is no option that decides what is trained; choose from "
          + String.join(", ", known));
    }
    values = List.copyOf(values);
    String text = name + "=" + String.join(",", values);
    if (values.isEmpty() || values.stream().anyMatch(String::isBlank)) {
      throw new InvalidInputException("--over " + text + ": a value is missing; give at least one, separated by commas");
    }
    if (new HashSet<>(values).size() < values.size()) {
      throw new InvalidInputException("--over " + text + ": a value is given twice; give each once");
    }
  }

  /** An axis of these values. */
  public static Axis of(String name, String... values) {
    return new Axis(name, List.of(values));
  }

  /** @throws InvalidInputException if the text is not of the form threshold=0.1,0.2 */
  public static Axis parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      throw new InvalidInputException("--over " + text + ": expected an option and its values, as in threshold=0.1,0.2");
    }
    return new Axis(text.substring(0, equals), List.of(text.substring(equals + 1).split(",", -1)));
  }
}

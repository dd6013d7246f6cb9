// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.train.Example;

/** The examples of a {@link Dataset} that are given as arrays. What is wrong is refused, with the number of the example. */
final class ArrayExamples {
  private ArrayExamples() {}

  /** The classes of these labels, in the order of their names. */
  static List<String> classes(List<String> labels) {
    return List.copyOf(new TreeSet<>(cleaned("example ", labels)));
  }

  /**
   * Examples with classes.
   *
   * @param id of an example, without its number
   * @param classes that there are
   */
  static List<Example> of(String id, List<float[][]> sequences, List<String> labels, List<String> classes) {
    requireAsMany("labels", sequences, labels);
    List<String> named = cleaned(id, labels);
    return IntStream.range(0, sequences.size()).mapToObj(i -> {
      int label = classes.indexOf(named.get(i));
      if (label < 0) {
        throw new InvalidInputException(id + i + ": class \"" + named.get(i) + "\" has no examples to train on; there are "
            + String.join(", ", classes));
      }
      return Example.of(id + i, sequences.get(i), label);
    }).toList();
  }

  /** Examples with numbers to predict. */
  static List<Example> of(String id, List<float[][]> sequences, List<float[]> targets) {
    requireAsMany("targets", sequences, targets);
    return IntStream.range(0, sequences.size()).mapToObj(i -> Example.of(id + i, sequences.get(i), targets.get(i))).toList();
  }

  private static void requireAsMany(String what, List<float[][]> sequences, List<?> others) {
    Objects.requireNonNull(sequences, "sequences");
    Objects.requireNonNull(others, what);
    if (sequences.isEmpty() || sequences.size() != others.size()) {
      throw new InvalidInputException(sequences.size() + " sequences and " + others.size() + " " + what
          + ", expected one of each for every example, and at least one");
    }
  }

  private static List<String> cleaned(String id, List<String> labels) {
    List<String> cleaned = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      try {
        cleaned.add(Label.of(labels.get(i)));
      } catch (InvalidInputException e) {
        throw new InvalidInputException(id + i + ": " + e.getMessage(), e);
      }
    }
    return cleaned;
  }
}

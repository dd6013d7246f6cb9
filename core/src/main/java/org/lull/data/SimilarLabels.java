// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.lull.input.Label;

/** Finds labels that differ only by case, white space or invisible characters, and so were probably meant as one class. */
public final class SimilarLabels {
  private SimilarLabels() {}

  /** Another of these labels that is similar to this one: the first, if there are several. */
  public static Optional<String> similarTo(String label, Collection<String> labels) {
    String key = Label.withoutCaseAndSpace(label);
    return labels.stream().filter(other -> !other.equals(label) && Label.withoutCaseAndSpace(other).equals(key)).findFirst();
  }

  /** A warning if some of these labels are similar; empty if none are. */
  public static List<String> warnings(Collection<String> labels) {
    Map<String, List<String>> byKey =
        labels.stream().collect(Collectors.groupingBy(Label::withoutCaseAndSpace, TreeMap::new, Collectors.toList()));
    List<List<String>> similar = byKey.values().stream().filter(group -> group.size() > 1).toList();
    if (similar.isEmpty()) {
      return List.of();
    }
    String first = "'" + String.join("' and '", similar.getFirst()) + "'";
    return List.of("classes that differ only by case or white space: " + similar.stream().mapToInt(List::size).sum() + ", the first "
        + first + "; they are trained as different classes, write them alike if they are one");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lull.input.Label;

/** Finds classes that look like one class written in two ways. */
public final class SimilarLabels {
  private SimilarLabels() {}

  /** A warning if some labels differ only in case or white space; empty if none do. */
  public static List<String> warnings(Collection<String> labels) {
    Map<String, List<String>> byKey = new TreeMap<>();
    for (String label : labels) {
      byKey.computeIfAbsent(Label.withoutCaseAndSpace(label), _ -> new ArrayList<>()).add(label);
    }
    List<List<String>> alike = byKey.values().stream().filter(group -> group.size() > 1).toList();
    if (alike.isEmpty()) {
      return List.of();
    }
    String first = "'" + String.join("' and '", alike.getFirst()) + "'";
    return List.of("classes that differ only by case or white space: " + alike.stream().mapToInt(List::size).sum() + ", the first " + first
        + "; they are trained as different classes, write them alike if they are one");
  }
}

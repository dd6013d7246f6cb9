// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts what was wrong with recordings that are used all the same, so that the user can be warned once for each kind. */
public final class FlawCounts {
  private final Map<Flaw, Integer> counts = new EnumMap<>(Flaw.class);
  private final Map<Flaw, String> first = new EnumMap<>(Flaw.class);

  /** Nothing counted yet. */
  public FlawCounts() {}

  /** @param name what the warning calls the recording, if it is the first with a flaw */
  public void add(String name, Set<Flaw> flaws) {
    for (Flaw flaw : flaws) {
      counts.merge(flaw, 1, Integer::sum);
      first.putIfAbsent(flaw, name);
    }
  }

  /**
   * A sentence for each kind of flaw that was found.
   *
   * @param all how many recordings there are
   */
  public List<String> warnings(int all) {
    List<String> warnings = new ArrayList<>();
    counts.forEach((flaw, count) -> warnings.add(flaw.warning(count, all, first.get(flaw))));
    return warnings;
  }
}

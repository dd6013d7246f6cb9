// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeSet;
import org.lull.input.InvalidInputException;

/**
 * The identity of a sweep, as in {@value SweepDirectory#SWEEP}. Two sweeps with the same identity train the same networks.
 *
 * @param options that decide, with their values; without the axes of the grid
 * @param data what was recognised
 * @param dataHash of its content
 */
public record SweepIdentity(List<Axis> grid, SortedMap<String, String> options, String data, String dataHash) {
  /** The differences to another sweep, one phrase each. */
  public List<String> differences(SweepIdentity other) {
    List<String> differences = new ArrayList<>();
    Map<String, Object> here = all();
    Map<String, Object> there = other.all();
    TreeSet<String> names = new TreeSet<>(here.keySet());
    names.addAll(there.keySet());
    for (String name : names) {
      if (!Objects.equals(here.get(name), there.get(name))) {
        differences.add(name + " is " + there.getOrDefault(name, "not given") + ", there " + here.getOrDefault(name, "not given"));
      }
    }
    if (differences.isEmpty() && !grid.equals(other.grid)) {
      differences.add("its axes are in another order");
    }
    if (!dataHash.equals(other.dataHash)) {
      differences.add(data.equals(other.data) ? "the data, " + data + ", have changed" : "the data are " + other.data + ", there " + data);
    }
    return differences;
  }

  private Map<String, Object> all() {
    Map<String, Object> all = new LinkedHashMap<>(options);
    grid.forEach(axis -> all.put(axis.name(), axis.values()));
    return all;
  }

  /**
   * Checks that another is the same.
   *
   * @param where this one was found, for the message
   */
  void requireSame(SweepIdentity other, String where) {
    List<String> differences = differences(other);
    if (!differences.isEmpty()) {
      throw new InvalidInputException(where + " holds another sweep: " + String.join("; ", differences)
          + "; choose another directory with --out, or give the options it was begun with");
    }
  }
}

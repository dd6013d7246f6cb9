// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.sweep;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lull.experiments.run.Networks;
import org.lull.experiments.run.RunConfig;

/**
 * One network of a sweep.
 *
 * @param dense whether it is a control, a dense network
 * @param options values of the axes on which the network depends, in the order of the axes
 */
public record Point(boolean dense, Map<String, String> options) {
  /** Name of its directory: {@code threshold=0.1,seed=2} or {@code dense,seed=2}. */
  public String name() {
    List<String> parts = new ArrayList<>(dense ? List.of("dense") : List.of());
    options.forEach((name, value) -> parts.add(name + "=" + inFileName(value)));
    return String.join(",", parts);
  }

  /** Kind of the network, as in files: "dense" or "delta". */
  public String network() {
    return dense ? "dense" : "delta";
  }

  Networks networks() {
    return dense ? Networks.DENSE : Networks.DELTA;
  }

  /** The control: the dense network with the same options, except those that dense training ignores. */
  public Point control() {
    return new Point(true, without(RunConfig.deltaNames()));
  }

  /** The point without its seed. Means are taken over the points of a family. */
  public Point family() {
    return new Point(dense, without(Set.of(RunConfig.SEED)));
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

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;

/** Options as text, by their names without dashes. */
final class OptionValues {
  private OptionValues() {}

  /** Of a command or a mixin; an option without a value is not among them. */
  static SortedMap<String, String> of(CommandSpec spec) {
    SortedMap<String, String> values = new TreeMap<>();
    spec.options().forEach(option -> {
      if (option.getValue() != null) {
        String text = option.getValue() instanceof float[] list ? Arrays.toString(list) : option.getValue().toString();
        values.put(option.longestName().substring(2), text);
      }
    });
    return values;
  }
}

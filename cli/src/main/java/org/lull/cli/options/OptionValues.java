// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tomlj.Toml;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options as text, by their names without dashes. */
public final class OptionValues {
  private OptionValues() {}

  static String name(OptionSpec option) {
    return option.longestName().substring(2);
  }

  /** Of a command or a mixin; an option without a value is not among them. */
  static SortedMap<String, String> of(CommandSpec spec) {
    SortedMap<String, String> values = new TreeMap<>();
    spec.options().forEach(option -> {
      if (option.getValue() != null) {
        String text = option.getValue() instanceof float[] list ? Arrays.toString(list) : option.getValue().toString();
        values.put(name(option), text);
      }
    });
    return values;
  }

  /** Whether an option was given, on the command line or in a file ({@link ConfigFile}). */
  public static boolean isGiven(CommandSpec spec, String name) {
    return spec.commandLine().getParseResult().hasMatchedOption("--" + name)
        || spec.defaultValueProvider() instanceof ConfigFile.Values file && file.has(name);
  }

  /**
   * The options of a command as TOML, as {@link ConfigFile} reads it.
   *
   * @param leftOut names of options that are not written; one without a value never is
   * @param resolved values by name, where they are others than those of the options
   */
  public static String toml(CommandSpec spec, Set<String> leftOut, Map<String, ?> resolved) {
    SortedMap<String, Object> values = new TreeMap<>();
    spec.options().stream().filter(option -> option.getValue() != null && !option.usageHelp() && !option.versionHelp())
        .forEach(option -> values.put(name(option), option.getValue()));
    values.putAll(resolved);
    values.keySet().removeAll(leftOut);
    return values.entrySet().stream().map(option -> option.getKey() + " = " + toml(option.getValue()) + "\n").collect(Collectors.joining());
  }

  private static String toml(Object value) {
    return switch (value) {
      case Boolean _,Number _ -> value.toString();
      case Path path -> toml(path.toAbsolutePath().normalize().toString()); // for a command in any folder
      case float[] list -> IntStream.range(0, list.length).mapToObj(i -> "" + list[i]).collect(Collectors.joining(", ", "[", "]"));
      case List<?> list -> list.stream().map(OptionValues::toml).collect(Collectors.joining(", ", "[", "]"));
      default -> '"' + Toml.tomlEscape(value.toString()).toString() + '"';
    };
  }
}

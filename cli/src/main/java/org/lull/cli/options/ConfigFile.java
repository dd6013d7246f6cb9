// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Stack;
import org.lull.io.AtomicFile;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Reads the file of {@link ConfigOptions} when the option is met: the values become the defaults of the options, so that those on the
 * command line win. A key that is no option, or a value of another type, is refused with its line and column.
 */
public final class ConfigFile implements IParameterPreprocessor {
  /** Larger files are something else. */
  private static final long LARGEST = 1 << 20;
  /** Text on the command line, but numbers are among the values. */
  private static final Set<String> TEXT_OR_NUMBERS = Set.of("threshold");

  @Override
  public boolean preprocess(Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> info) {
    if (!arguments.isEmpty()) { // else picocli says that a file is missing
      Map<String, String> values = read(Path.of(arguments.peek()), command);
      command.commandLine().setDefaultValueProvider(new Values(values, command.defaultValueProvider()));
    }
    return false; // the option itself is still to be read
  }

  /** Values by the longest names of options, without dashes. */
  record Values(Map<String, String> values, IDefaultValueProvider others) implements IDefaultValueProvider {
    boolean has(String name) {
      return values.containsKey(name);
    }

    @Override
    public String defaultValue(ArgSpec argument) throws Exception {
      String value = argument instanceof OptionSpec option ? values.get(OptionValues.name(option)) : null;
      return value != null || others == null ? value : others.defaultValue(argument);
    }
  }

  private static Map<String, String> read(Path file, CommandSpec command) {
    TomlParseResult toml = parse(file, command);
    Map<String, OptionSpec> options = options(command);
    Map<String, String> values = new HashMap<>();
    for (String key : toml.keySet()) {
      String place = place(file, toml.inputPositionOf(List.of(key)));
      OptionSpec option = options.get(key);
      if (option == null) {
        throw refused(command, place + "\"" + key + "\" is no option of " + command.qualifiedName() + "; did you mean "
            + nearest(key, options.keySet()) + "?");
      }
      if (option.isMultiValue() && option.splitRegex().isEmpty()) {
        throw refused(command, place + key + " is for the command line alone; leave it out of the file");
      }
      String text = text(toml.get(List.of(key)), option);
      if (text == null) {
        throw refused(command, place + key + ": " + shown(toml.get(List.of(key))) + ", expected " + expected(option));
      }
      if (values.put(OptionValues.name(option), text) != null) {
        throw refused(command, place + key + " is another name of an option that the file has already; leave one of them out");
      }
    }
    return values;
  }

  private static TomlParseResult parse(Path file, CommandSpec command) {
    try {
      if (Files.isRegularFile(file) && Files.size(file) > LARGEST) {
        throw refused(command, file + " has " + Files.size(file) + " bytes, expected a TOML file of options");
      }
      TomlParseResult toml = Toml.parse(Files.readString(file));
      if (toml.hasErrors()) {
        TomlParseError error = toml.errors().getFirst();
        throw refused(command, place(file, error.position()) + error.getMessage());
      }
      return toml;
    } catch (StackOverflowError | AssertionError e) { // how the parser ends on deep lists and on some broken escapes
      throw refused(command, file + " is no TOML file that can be read: a list in lists too deep, or a broken text in quotes; write options"
          + " as epochs = 20, one on each line");
    } catch (CharacterCodingException e) {
      throw refused(command, file + " is not UTF-8 text; write it anew");
    } catch (IOException e) {
      throw refused(command, "cannot read " + file + ": " + AtomicFile.reason(e) + "; give a TOML file of options");
    }
  }

  private static String place(Path file, TomlPosition position) {
    return file + ", line " + position.line() + ", column " + position.column() + ": ";
  }

  private static ParameterException refused(CommandSpec command, String message) {
    return new ParameterException(command.commandLine(), message);
  }

  /** All that may stand in a file, by every name without dashes. */
  private static Map<String, OptionSpec> options(CommandSpec command) {
    Map<String, OptionSpec> options = new HashMap<>();
    command.options().stream().filter(option -> !option.usageHelp() && !option.versionHelp() && !option.longestName().equals(
        ConfigOptions.NAME)).forEach(option -> {
          for (String name : option.names()) {
            if (name.startsWith("--")) {
              options.put(name.substring(2), option);
            }
          }
        });
    return options;
  }

  // ------------------------------------------------------------------------------------------------ types

  /** A value as the command line would have it; null if it is of another type. */
  private static String text(Object value, OptionSpec option) {
    if (option.isMultiValue()) {
      return list(value, option.auxiliaryTypes()[0], option.splitRegex());
    }
    boolean numbers = isTextOrNumbers(option) && !(value instanceof String);
    return numbers ? list(value, double.class, ",") : scalar(value, option.type());
  }

  private static boolean isTextOrNumbers(OptionSpec option) {
    return option.type() == String.class && TEXT_OR_NUMBERS.contains(OptionValues.name(option));
  }

  /** One value, or a list of at least one. */
  private static String list(Object value, Class<?> type, String separator) {
    List<Object> elements = value instanceof TomlArray array ? array.toList() : List.of(value);
    List<String> texts = new ArrayList<>();
    for (Object element : elements) {
      String text = scalar(element, type);
      if (text == null || text.contains(separator)) {
        return null;
      }
      texts.add(text);
    }
    return texts.isEmpty() ? null : String.join(separator, texts);
  }

  private static String scalar(Object value, Class<?> type) {
    boolean fits = isFlag(type) ? value instanceof Boolean
        : isWhole(type) ? value instanceof Long
            : isNumber(type) ? value instanceof Long || value instanceof Double number && Double.isFinite(number)
                : value instanceof String;
    return fits ? value.toString() : null;
  }

  private static boolean isFlag(Class<?> type) {
    return type == boolean.class || type == Boolean.class;
  }

  private static boolean isWhole(Class<?> type) {
    return type == int.class || type == Integer.class || type == long.class || type == Long.class;
  }

  private static boolean isNumber(Class<?> type) {
    return type == float.class || type == Float.class || type == double.class || type == Double.class;
  }

  private static String expected(OptionSpec option) {
    Class<?> type = option.isMultiValue() ? option.auxiliaryTypes()[0] : option.type();
    if (isTextOrNumbers(option)) {
      return "a number, a list of numbers, or text in quotes";
    }
    if (option.isMultiValue()) {
      return isWhole(type) ? "a whole number or a list of them" : isNumber(type) ? "a number or a list of numbers"
          : "text in quotes or a list of such";
    }
    return isFlag(type) ? "true or false" : isWhole(type) ? "a whole number" : isNumber(type) ? "a number" : "text in quotes";
  }

  private static String shown(Object value) {
    return switch (value) {
      case String text -> "\"" + text + "\"";
      case TomlArray array -> array.toJson().replaceAll("\\s+", " ");
      case TomlTable _ -> "a table";
      default -> value.toString();
    };
  }

  // ------------------------------------------------------------------------------------------------ names

  /** The name that the fewest changes of a letter lead to. */
  private static String nearest(String key, Iterable<String> names) {
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (String name : names) {
      int changes = changes(key.replace('_', '-'), name);
      if (changes < least || changes == least && name.compareTo(nearest) < 0) {
        least = changes;
        nearest = name;
      }
    }
    return nearest;
  }

  /** Letters to be inserted, removed or replaced between two words (Levenshtein distance). */
  private static int changes(String a, String b) {
    int[] above = new int[b.length() + 1];
    Arrays.setAll(above, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.lull.input.InvalidInputException;

/** Options of the benchmarks: system properties, which Maven passes on; an empty one counts as not given. */
public final class Options {
  private Options() {}

  /** The value, if it is given. */
  public static Optional<String> value(String name) {
    return Optional.ofNullable(System.getProperty(name)).filter(text -> !text.isEmpty());
  }

  /** Values with commas between them. */
  public static List<String> list(String name, String otherwise) {
    return Arrays.asList(value(name).orElse(otherwise).split(","));
  }

  /** Numbers with commas between them, each at least {@code least}. */
  public static List<Integer> numbers(String name, String otherwise, int least) {
    return list(name, otherwise).stream().map(text -> number(name, text, least)).toList();
  }

  private static int number(String name, String text, int least) {
    try {
      int number = Integer.parseInt(text);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException _) {
      // told below
    }
    throw new InvalidInputException("-D" + name + "=" + text + ": expected a whole number, " + least + " or more");
  }

  /** Writes a result as JSON to the file of -Djson, if that is given. */
  public static void writeJson(Object result) throws IOException {
    Optional<Path> file = value("json").map(Path::of);
    if (file.isPresent()) {
      Files.writeString(file.get(), JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValueAsString(result));
      System.out.println("written to " + file.get());
    }
  }
}

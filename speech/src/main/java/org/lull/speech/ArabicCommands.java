// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.lull.data.Purpose;
import org.lull.data.Split;
import org.lull.io.Folder;

/**
 * Arabic Speech Commands (Ghandoura et al. 2021), as published: {@code train.csv}, {@code val.csv} and {@code test.csv} with the columns
 * {@code file} and {@code class} name the recordings, {@code dataset/<word>/<speaker>_NO_<round>.wav}. No speaker is in two tables.
 */
final class ArabicCommands {
  private static final RecordingTables.Format FORMAT =
      new RecordingTables.Format("Arabic Speech Commands", List.of("file", "class"), "file", "dataset", List.of("class"),
          (_, wav) -> speaker(wav));

  private ArabicCommands() {}

  /** The names of the tables are common ones, so their columns decide. */
  static boolean matches(Path dir) {
    return Arrays.stream(Split.values()).anyMatch(split -> hasColumns(table(dir, split)));
  }

  private static boolean hasColumns(Path table) {
    if (!Files.isRegularFile(table)) {
      return false;
    }
    // in any encoding: text that is not UTF-8 is refused when it is read
    try (BufferedReader in = Files.newBufferedReader(table, StandardCharsets.ISO_8859_1)) {
      String header = in.readLine();
      return header != null
          && Arrays.asList(header.toLowerCase(Locale.ROOT).replace("\"", "").split("[^a-z]+")).containsAll(FORMAT.columns());
    } catch (IOException e) {
      return false;
    }
  }

  private static Path table(Path dir, Split split) {
    return dir.resolve(switch (split) {
      case TRAIN -> "train.csv";
      case VALIDATION -> "val.csv";
      case TEST -> "test.csv";
    });
  }

  private static String speaker(Path wav) {
    return Folder.stem(wav).replaceFirst("_NO_.*", "");
  }

  static WavListing read(Path dir, Purpose purpose) {
    return RecordingTables.read(dir, FORMAT, split -> table(dir, split),
        (words, speakers) -> "Arabic Speech Commands layout, " + words + " words, " + speakers + " speakers, split by its tables", purpose);
  }
}

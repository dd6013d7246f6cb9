// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.lull.data.Purpose;
import org.lull.data.Split;

/**
 * Fluent Speech Commands (Lugosch et al. 2019): {@code data/{train,valid,test}_data.csv} name the recordings, their speakers and intents. A
 * class is {@code action|object|location}, 31 in the published corpus.
 */
final class FluentCommands {
  private static final RecordingTables.Format FORMAT = new RecordingTables.Format("Fluent Speech Commands",
      List.of("path", "speakerId", "transcription", "action", "object", "location"), "path", "",
      List.of("action", "object", "location"), (field, _) -> field.apply("speakerId"));

  private FluentCommands() {}

  static boolean matches(Path dir) {
    return Arrays.stream(Split.values()).anyMatch(split -> Files.exists(table(dir, split)));
  }

  /** Where a corpus in {@code dir} has the table of a split. */
  static Path table(Path dir, Split split) {
    return dir.resolve("data").resolve(switch (split) {
      case TRAIN -> "train_data.csv";
      case VALIDATION -> "valid_data.csv";
      case TEST -> "test_data.csv";
    });
  }

  static WavListing read(Path dir, Purpose purpose) {
    return RecordingTables.read(dir, FORMAT, split -> table(dir, split),
        (intents, speakers) -> "Fluent Speech Commands layout, " + intents + " intents, " + speakers + " speakers", purpose);
  }
}

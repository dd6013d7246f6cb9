// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.lull.io.CheckpointFile.Stage;

/**
 * Ends the process while a checkpoint is written, as a power cut would: for tests of resuming. {@code -Dlull.checkpoint.fault=half:3} does
 * so in the middle of the third checkpoint. The stages are those of {@link Stage}.
 */
final class CheckpointFault {
  private static final String PROPERTY = "lull.checkpoint.fault";

  private CheckpointFault() {}

  /** What the property asks for; usually nothing. */
  static Consumer<Stage> asked() {
    String fault = System.getProperty(PROPERTY);
    if (fault == null) {
      return _ -> {};
    }
    String[] parts = fault.split(":");
    Stage at = Stage.valueOf(parts[0].toUpperCase(Locale.ROOT));
    AtomicInteger left = new AtomicInteger(Integer.parseInt(parts[1]));
    return stage -> {
      if (stage == at && left.decrementAndGet() == 0) {
        Runtime.getRuntime().halt(137); // the exit code of a process that was killed
      }
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Ends work while a checkpoint is written, by an error that nothing catches, as the end of a process would. In force until closed. */
public final class CheckpointFaults implements AutoCloseable {
  private CheckpointFaults() {}

  /** What the work ends with. */
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /**
   * @param stage name of a stage of {@link CheckpointFile}
   * @param write in which checkpoint, counted from 1
   */
  public static CheckpointFaults at(String stage, int write) {
    CheckpointFile.Stage at = CheckpointFile.Stage.valueOf(stage.toUpperCase(Locale.ROOT));
    AtomicInteger left = new AtomicInteger(write);
    CheckpointFile.atStage = reached -> {
      if (reached == at && left.decrementAndGet() == 0) {
        throw new Killed();
      }
    };
    return new CheckpointFaults();
  }

  @Override
  public void close() {
    CheckpointFile.atStage = _ -> {};
  }
}

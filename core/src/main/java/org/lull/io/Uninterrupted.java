// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Finishes work on files in a thread that was interrupted. A {@link java.nio.channels.FileChannel} closes itself when that happens, and
 * what was to be kept would be lost. The interrupt is not lost either: the caller finds it afterwards.
 */
final class Uninterrupted {
  private Uninterrupted() {}

  /** Work that opens the channels it uses, and may be done again. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  static <T> T run(Work<T> work) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return work.run();
        } catch (ClosedByInterruptException e) { // during the work
          interrupted = true;
          Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.io.PrintWriter;
import java.util.function.Supplier;

/**
 * Ctrl-C or a request to end, while long work goes on: what there is is put in order, and the user hears of it. No progress is shown after
 * that. In force until closed.
 */
public final class Interruption implements AutoCloseable {
  private final Thread hook;

  /** @param stop ends what is being written, and says what there is */
  public Interruption(PrintWriter err, Supplier<String> stop) {
    hook = Thread.ofPlatform().unstarted(() -> {
      StatusLine.end(err);
      String kept = stop.get();
      err.println();
      err.println("lull: stopped before the end; " + kept);
      err.flush();
    });
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the end has begun already
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.lull.train.Cancellation;

/**
 * Ctrl-C or a request to end (SIGTERM), while long work goes on. The work is asked to stop and to keep where it stands. Then what there is
 * is put in order, and the user is told. No progress is shown after that. In force until closed.
 */
public final class Interruption implements AutoCloseable {
  /** Most seconds to wait for the work. A training step takes less; whoever waits for the end of the process may not wait much longer. */
  private static final int PATIENCE = 30;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook;

  /**
   * @param cancellation is requested
   * @param stop ends what is being written, and says what there is
   */
  public Interruption(PrintWriter err, Cancellation cancellation, Supplier<String> stop) {
    hook = Thread.ofPlatform().unstarted(() -> {
      cancellation.request();
      awaitEnd();
      StatusLine.end(err);
      String kept = stop.get();
      err.println();
      err.println("lull: stopped before the end; " + kept);
      err.flush();
    });
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void awaitEnd() {
    try {
      closed.await(PATIENCE, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // then without what the work would have kept
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the end has begun already
    }
  }
}

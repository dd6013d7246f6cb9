package org.lull.cli;

import java.io.PrintWriter;

/**
 * Ctrl-C or a request to end, while a run goes on: what is being written gets finished, then nothing more is, and the user is told what
 * there is. In force until closed.
 */
final class Interruption implements AutoCloseable {
  private final Thread hook;

  Interruption(RunDirectory run, PrintWriter err) {
    hook = Thread.ofPlatform().unstarted(() -> {
      run.seal();
      run.removeIfEmpty();
      err.println();
      err.println("lull: stopped before the end; " + (run.isEmpty() ? "no epoch was over, nothing is kept"
          : "the best weights so far are in " + run.path()));
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

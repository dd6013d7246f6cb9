// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.lull.train.Progress;

/** Progress on standard error: a bar on a terminal, else a line every ten seconds; either with the time left. */
public final class TerminalProgress implements Progress {
  private static final Duration LINE_EVERY = Duration.ofSeconds(10);

  private final PrintWriter err;
  private final boolean terminal;
  private final long lineEveryNanos;
  private final AtomicLong doneInAll = new AtomicLong();
  private volatile long expectedInAll;
  private volatile long expectedSince;
  private volatile String note = "";

  public TerminalProgress(PrintWriter err) {
    this(err, !(err instanceof WarningsOnly) && System.console() != null && System.console().isTerminal(), LINE_EVERY);
  }

  /** @param lineEvery time between two lines, off a terminal */
  TerminalProgress(PrintWriter err, boolean terminal, Duration lineEvery) {
    this.err = err;
    this.terminal = terminal;
    this.lineEveryNanos = lineEvery.toNanos();
  }

  /** Says how many steps the tasks that follow have together, so that the time left can be told of all of them. */
  public void expect(long steps) {
    expectedSince = System.nanoTime();
    doneInAll.set(0);
    expectedInAll = steps;
  }

  /** What to show beside the running task, until the next begins. */
  public void note(String text) {
    note = text;
  }

  @Override
  public Task begin(String task, long total) {
    note = "";
    return terminal ? new Bar(task, total) : new Lines(task, total);
  }

  /** What is said of a task: "45 s left, 2 min 10 s in all; epoch 12". */
  private String message(long start, long done, long total) {
    long doneOfAll = doneInAll.get();
    long all = expectedInAll;
    boolean more = doneOfAll > 0 && doneOfAll < all && total - done < all - doneOfAll;
    return left(start, done, total) + " left" + (more ? ", " + left(expectedSince, doneOfAll, all) + " in all" : "")
        + (note.isEmpty() ? "" : "; " + note);
  }

  private static String left(long since, long done, long total) {
    return brief(Duration.ofNanos((long) ((System.nanoTime() - since) * ((total - done) / (double) done))));
  }

  private final class Bar implements Task {
    private final ProgressBar bar;
    private final long start = System.nanoTime();

    Bar(String task, long total) {
      bar = new ProgressBarBuilder().setTaskName(task).setInitialMax(total).setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(250)
          .hideEta().clearDisplayOnFinish().build();
    }

    @Override
    public void advance(long steps) {
      doneInAll.addAndGet(steps);
      bar.stepBy(steps);
      bar.setExtraMessage(message(start, bar.getCurrent(), bar.getMax()));
    }

    @Override
    public void close() {
      doneInAll.addAndGet(bar.getMax() - bar.getCurrent()); // what an early end has left out
      bar.close();
    }
  }

  private final class Lines implements Task {
    private final String task;
    private final long total;
    private final long start = System.nanoTime();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong nextLine = new AtomicLong(start + lineEveryNanos);

    Lines(String task, long total) {
      this.task = task;
      this.total = total;
    }

    @Override
    public void advance(long steps) {
      doneInAll.addAndGet(steps);
      long sum = done.addAndGet(steps);
      long now = System.nanoTime();
      long due = nextLine.get();
      if (now >= due && nextLine.compareAndSet(due, now + lineEveryNanos)) {
        err.printf("%s: %d %%, %s%n", task, 100 * sum / total, message(start, sum, total));
        err.flush();
      }
    }

    @Override
    public void close() {
      doneInAll.addAndGet(total - done.get());
    }
  }

  /** As people say it: "45 s", "3 min 20 s", "2 h 5 min". */
  public static String brief(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3600 ? seconds / 60 + " min " + seconds % 60 + " s" : seconds / 3600 + " h " + seconds / 60 % 60 + " min";
  }
}

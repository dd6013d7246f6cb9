package org.lull.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.lull.train.Progress;

/** Progress on standard error: a bar on a terminal, else a line every ten seconds; either with the time left. */
final class TerminalProgress implements Progress {
  private static final long LINE_EVERY_NANOS = 10_000_000_000L;

  private final PrintWriter err;
  private final boolean terminal;
  private final AtomicLong doneInAll = new AtomicLong();
  private volatile long expectedInAll;
  private volatile long expectedSince;
  private volatile String note = "";

  TerminalProgress(PrintWriter err) {
    this(err, System.console() != null && System.console().isTerminal());
  }

  TerminalProgress(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /** Says how many steps the tasks that follow have together, so that the time left can be told of all of them. */
  void expect(long steps) {
    expectedSince = System.nanoTime();
    doneInAll.set(0);
    expectedInAll = steps;
  }

  /** What to show beside the running task, until the next begins. */
  void note(String text) {
    note = text;
  }

  @Override
  public Task begin(String task, long total) {
    note = "";
    return terminal ? new Bar(task, total) : new Lines(task, total);
  }

  /** What is shown beside the task: the note, and the time left of all tasks where it is known. */
  private String extra() {
    long done = doneInAll.get();
    long expected = expectedInAll;
    if (expected == 0 || done == 0 || done >= expected) {
      return note;
    }
    return (note.isEmpty() ? "" : note + ", ") + left(expectedSince, done, expected) + " left in all";
  }

  private static String left(long since, long done, long total) {
    return brief(Duration.ofNanos((long) ((System.nanoTime() - since) * ((total - done) / (double) done))));
  }

  private final class Bar implements Task {
    private final ProgressBar bar;

    Bar(String task, long total) {
      bar = new ProgressBarBuilder().setTaskName(task).setInitialMax(total).setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(250)
          .clearDisplayOnFinish().build();
    }

    @Override
    public void advance(long steps) {
      doneInAll.addAndGet(steps);
      bar.setExtraMessage(extra());
      bar.stepBy(steps);
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
    private final AtomicLong nextLine = new AtomicLong(start + LINE_EVERY_NANOS);

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
      if (now >= due && nextLine.compareAndSet(due, now + LINE_EVERY_NANOS)) {
        String extra = extra();
        err.printf("%s: %d %%, %s left%s%n", task, 100 * sum / total, left(start, sum, total), extra.isEmpty() ? "" : "; " + extra);
        err.flush();
      }
    }

    @Override
    public void close() {
      doneInAll.addAndGet(total - done.get());
    }
  }

  /** As people say it: "45 s", "3 min 20 s", "2 h 5 min". */
  static String brief(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3600 ? seconds / 60 + " min " + seconds % 60 + " s" : seconds / 3600 + " h " + seconds / 60 % 60 + " min";
  }
}

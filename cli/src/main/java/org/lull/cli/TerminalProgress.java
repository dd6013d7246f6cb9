package org.lull.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.lull.train.Progress;

/** Progress on standard error: a bar with the time left on a terminal, else a line every ten seconds. */
final class TerminalProgress implements Progress {
  private static final long LINE_EVERY_NANOS = 10_000_000_000L;

  private final PrintWriter err;
  private final boolean terminal;

  TerminalProgress(PrintWriter err) {
    this(err, System.console() != null && System.console().isTerminal());
  }

  TerminalProgress(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  @Override
  public Task begin(String task, long total) {
    return terminal ? new Bar(task, total) : new Lines(task, total);
  }

  private static final class Bar implements Task {
    private final ProgressBar bar;

    Bar(String task, long total) {
      bar = new ProgressBarBuilder().setTaskName(task).setInitialMax(total).setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(250)
          .clearDisplayOnFinish().build();
    }

    @Override
    public void advance(long steps) {
      bar.stepBy(steps);
    }

    @Override
    public void close() {
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
      long now = System.nanoTime();
      long sum = done.addAndGet(steps);
      long due = nextLine.get();
      if (now >= due && nextLine.compareAndSet(due, now + LINE_EVERY_NANOS)) {
        long left = (long) ((now - start) / 1e9 * (total - sum) / sum);
        err.printf("%s: %d %%, %s left%n", task, 100 * sum / total, brief(Duration.ofSeconds(left)));
        err.flush();
      }
    }
  }

  /** As people say it: "45 s", "3 min 20 s". */
  static String brief(Duration time) {
    long seconds = time.toSeconds();
    return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
  }
}

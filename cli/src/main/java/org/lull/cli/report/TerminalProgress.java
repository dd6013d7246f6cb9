// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.lull.train.Progress;

/** Progress on standard error: a line that changes on a terminal, else a line every ten seconds; either with the time left. */
public final class TerminalProgress implements Progress {
  private static final Duration LINE_EVERY = Duration.ofSeconds(10);
  private static final Duration DRAW_EVERY = Duration.ofMillis(250);
  /** How often the terminal is asked for its width, which may change. */
  private static final Duration MEASURE_EVERY = Duration.ofSeconds(10);

  private final PrintWriter err;
  private final Supplier<OptionalInt> columns;
  private final long lineEveryNanos;
  private final LongSupplier clock;
  private OptionalInt width;
  private long widthSince;
  private long doneInAll;
  private long expectedInAll;
  private TimeLeft leftInAll;
  private String note = "";
  private String shortNote = "";

  public TerminalProgress(PrintWriter err) {
    this(err, err instanceof WarningsOnly ? OptionalInt::empty : Terminal::columns, LINE_EVERY, System::nanoTime);
  }

  /**
   * @param columns asks for the width of the terminal; empty if there is none
   * @param lineEvery time between two lines, off a terminal
   * @param clock nanoseconds
   */
  TerminalProgress(PrintWriter err, Supplier<OptionalInt> columns, Duration lineEvery, LongSupplier clock) {
    this.err = err;
    this.columns = columns;
    this.lineEveryNanos = lineEvery.toNanos();
    this.clock = clock;
  }

  /** Says how many steps the tasks that follow have together, so that the time left can be given for all of them. */
  public synchronized void expect(long steps) {
    doneInAll = 0;
    expectedInAll = steps;
    leftInAll = new TimeLeft(steps, clock.getAsLong());
  }

  /** What to show beside the running task, until the next begins. */
  public void note(String text) {
    note(text, text);
  }

  /** @param brief the same in fewer characters, for a narrow terminal */
  public synchronized void note(String text, String brief) {
    note = text;
    shortNote = brief;
  }

  /** Prints a line, above what is shown of a running task. */
  public void say(String line) {
    StatusLine.above(err, line);
  }

  @Override
  public synchronized Task begin(String task, long total) {
    note("");
    return new Running(task, total);
  }

  private OptionalInt width(long now) {
    if (width == null || width.isPresent() && now - widthSince >= MEASURE_EVERY.toNanos()) {
      width = columns.get();
      widthSince = now;
    }
    return width;
  }

  private final class Running implements Task {
    private final String name;
    private final long total;
    private final TimeLeft left;
    private long done;
    private long nextShow;

    Running(String name, long total) {
      this.name = name;
      this.total = total;
      long now = clock.getAsLong();
      left = new TimeLeft(total, now);
      nextShow = now + lineEveryNanos;
      if (width(now).isPresent()) {
        show(now);
      }
    }

    @Override
    public void advance(long steps) {
      synchronized (TerminalProgress.this) {
        done += steps;
        doneInAll += steps;
        long now = clock.getAsLong();
        left.observe(done, now);
        if (leftInAll != null) {
          leftInAll.observe(doneInAll, now);
        }
        if (now >= nextShow) {
          show(now);
        }
      }
    }

    @Override
    public void skip(long steps) {
      synchronized (TerminalProgress.this) {
        skipped(steps);
        long now = clock.getAsLong();
        if (width(now).isPresent()) {
          show(now);
        }
      }
    }

    /** Counts steps as done, but not for the pace. */
    private void skipped(long steps) {
      done += steps;
      doneInAll += steps;
      left.skip(steps);
      if (leftInAll != null) {
        leftInAll.skip(steps);
      }
    }

    private void show(long now) {
      long here = left.nanos(done, now);
      boolean more = leftInAll != null && expectedInAll - doneInAll > total - done;
      long all = more ? leftInAll.nanos(doneInAll, now) : TimeLeft.UNKNOWN;
      ProgressLine line = new ProgressLine(name, done, total, here, all, note, shortNote);
      OptionalInt columns = width(now);
      if (columns.isPresent()) {
        StatusLine.draw(err, line.fitted(columns.getAsInt() - 1)); // in the last column some terminals would begin a new line
        nextShow = now + DRAW_EVERY.toNanos();
      } else {
        err.println(line.text());
        err.flush();
        nextShow = now + lineEveryNanos;
      }
    }

    @Override
    public void close() {
      synchronized (TerminalProgress.this) {
        skipped(total - done); // what an early end has left out
        StatusLine.erase(err);
      }
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

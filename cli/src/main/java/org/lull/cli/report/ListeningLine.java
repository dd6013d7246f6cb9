// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.io.PrintWriter;
import java.util.Locale;
import org.lull.Detector;
import org.lull.Model;
import org.lull.speech.SpeechListener;

/** The last line of the terminal while a model listens: level, the likeliest word, sparsity, and operations a second. */
public final class ListeningLine {
  private static final long NANOS = 200_000_000; // five times a second
  private static final int BAR = 10;
  /** Levels that the bar shows, dB. */
  private static final double SOFTEST = -90;
  private static final double LOUDEST = -20;

  private final PrintWriter err;
  private final boolean shown;
  private long next;
  private long operations;
  private double seconds;

  public ListeningLine(PrintWriter err) {
    this.err = err;
    this.shown = Terminal.columns().isPresent();
  }

  /** Shows how it is now, if it is time. */
  public void draw(Model model, SpeechListener listener) {
    if (!shown || System.nanoTime() < next || listener.spotter().frames() == 0) {
      return;
    }
    next = System.nanoTime() + NANOS;
    double passed = listener.seconds() - seconds;
    long now = listener.spotter().operations();
    double rate = passed > 0 ? (now - operations) / passed : 0;
    seconds = listener.seconds();
    operations = now;
    int top = listener.spotter().detector().top();
    int bar = (int) Math.round(BAR * Math.clamp((listener.level() - SOFTEST) / (LOUDEST - SOFTEST), 0.0, 1.0));
    String word = top == Detector.NONE ? "" : model.labels().get(top) + String.format(Locale.ROOT, " %.2f",
        listener.spotter().detector().mean(top));
    StatusLine.draw(err, String.format(Locale.ROOT, "%8.1f s [%-" + BAR + "s] %-16.16s %3.0f %% rest, %s operations/s", seconds,
        "#".repeat(bar), word, 100 * listener.spotter().sparsity(), count(rate)));
  }

  /** Erases the line, so that something can be printed on standard output. */
  public void erase() {
    if (shown) {
      StatusLine.erase(err);
    }
  }

  /** A count in three digits: 12.3k, 4.56M. */
  public static String count(double value) {
    return value >= 1e9 ? String.format(Locale.ROOT, "%.3gG", value / 1e9)
        : value >= 1e6 ? String.format(Locale.ROOT, "%.3gM", value / 1e6)
            : value >= 1e3 ? String.format(Locale.ROOT, "%.3gk", value / 1e3) : String.format(Locale.ROOT, "%.0f", value);
  }
}

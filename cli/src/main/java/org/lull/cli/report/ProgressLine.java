// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far a task is, as text.
 *
 * @param left nanoseconds that the task will still take, or {@link TimeLeft#UNKNOWN}
 * @param leftInAll those of all that is to be done, or {@link TimeLeft#UNKNOWN}; this too where the task is the last
 * @param note what is known of the work so far, such as an accuracy; may be empty
 * @param shortNote the same in fewer characters
 */
record ProgressLine(String task, long done, long total, long left, long leftInAll, String note, String shortNote) {
  private static final int SHORTEST_BAR = 6;
  private static final int LONGEST_BAR = 30;

  /** As a line of a log: "training dense: 50 %, 45 s left of this step, 3 min 20 s in all; epoch 12, validation accuracy 97.2 %". */
  String text() {
    String times = times(" left of this step");
    return task + ": " + percent() + " %" + (times.isEmpty() ? "" : ", " + times) + (note.isEmpty() ? "" : "; " + note);
  }

  /**
   * As a line of a terminal, with a bar where there is room for one. The first to go is the long note, then the bar, then the time left in
   * all, then that of the task.
   *
   * @param width most characters
   */
  String fitted(int width) {
    String head = task + String.format(Locale.ROOT, " %3d %%", percent());
    String times = times(" left");
    String here = left == TimeLeft.UNKNOWN ? "" : brief(left) + " left";
    for (List<String> tail : List.of(List.of(note, times), List.of(shortNote, times))) {
      String text = joined(tail);
      int bar = width - head.length() - text.length() - " []".length();
      if (bar >= SHORTEST_BAR) {
        return head + " [" + bar(Math.min(bar, LONGEST_BAR)) + "]" + text;
      }
    }
    return Stream.of(List.of(shortNote, times), List.of(shortNote, here), List.of(shortNote), List.of(""))
        .map(tail -> head + joined(tail)).filter(line -> line.length() <= width).findFirst()
        .orElseGet(() -> head.substring(0, Math.max(0, Math.min(width, head.length()))));
  }

  private static String joined(List<String> parts) {
    return parts.stream().filter(part -> !part.isEmpty()).map(part -> "  " + part).collect(Collectors.joining());
  }

  private String bar(int length) {
    int full = (int) (length * Math.min(done, total) / Math.max(1, total));
    return "#".repeat(full) + ".".repeat(length - full);
  }

  private long percent() {
    return 100 * Math.min(done, total) / Math.max(1, total);
  }

  private String times(String ofThis) {
    if (leftInAll == TimeLeft.UNKNOWN) {
      return left == TimeLeft.UNKNOWN ? "" : brief(left) + " left";
    }
    return left == TimeLeft.UNKNOWN ? brief(leftInAll) + " left in all" : brief(left) + ofThis + ", " + brief(leftInAll) + " in all";
  }

  /** Seconds of an estimate mean nothing where there are many minutes. */
  private static String brief(long nanos) {
    Duration time = Duration.ofNanos(nanos);
    return time.toMinutes() >= 10 && time.toHours() == 0 ? time.toMinutes() + " min" : TerminalProgress.brief(time);
  }
}

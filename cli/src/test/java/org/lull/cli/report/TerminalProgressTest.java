// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.train.Progress;

class TerminalProgressTest {
  private final StringWriter err = new StringWriter();
  private long now = 1;

  private TerminalProgress lines(Duration every) {
    return new TerminalProgress(new PrintWriter(err), OptionalInt::empty, every, () -> now);
  }

  private TerminalProgress terminal(int columns) {
    return new TerminalProgress(new PrintWriter(err), () -> OptionalInt.of(columns), Duration.ofHours(1), () -> now);
  }

  private void seconds(double seconds) {
    now += (long) (seconds * 1e9);
  }

  @Test
  void quickTasksSayNothing() {
    try (Progress.Task task = lines(Duration.ofHours(1)).begin("features", 100)) {
      task.advance(100);
    }
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void linesTellShareAndTimeLeft() {
    try (Progress.Task task = lines(Duration.ofSeconds(10)).begin("features", 40)) {
      for (int i = 0; i < 40; i++) {
        seconds(1);
        task.advance(1);
      }
    }
    assertThat(err.toString().lines()).containsExactly("features: 25 %, 30 s left", "features: 50 %, 20 s left",
        "features: 75 %, 10 s left", "features: 100 %, 0 s left");
  }

  @Test
  void thereIsNoEstimateBeforeThereIsAPace() {
    TerminalProgress progress = lines(Duration.ZERO);
    try (Progress.Task task = progress.begin("training dense", 100_000)) {
      seconds(2);
      task.advance(1); // Java compiles; by this pace there would be 55 hours left
      seconds(2);
      task.advance(1_000);
      seconds(4);
      task.advance(4_000);
      seconds(2);
      task.advance(2_000);
    }
    assertThat(err.toString().lines()).containsExactly("training dense: 0 %", "training dense: 1 %", "training dense: 5 %",
        "training dense: 7 %, 1 min 32 s left");
  }

  @Test
  void aLongTaskIsEstimatedByItsFirstMinute() {
    TimeLeft left = new TimeLeft(1_000_000, 0);
    left.observe(10, TimeUnit.SECONDS.toNanos(4));
    assertThat(left.nanos(10, TimeUnit.SECONDS.toNanos(4))).isEqualTo(TimeLeft.UNKNOWN);
    assertThat(left.nanos(500, TimeUnit.SECONDS.toNanos(60))).as("too little of the work").isEqualTo(TimeLeft.UNKNOWN);
    assertThat(left.nanos(1_010, TimeUnit.SECONDS.toNanos(104)) / 1e9).isCloseTo(99_899, within(0.1));
    assertThat(left.nanos(1_000_000, TimeUnit.SECONDS.toNanos(105))).isZero();
  }

  @Test
  void timeLeftInAllCountsTheTasksToCome() {
    TerminalProgress progress = lines(Duration.ofSeconds(10));
    progress.expect(60);
    try (Progress.Task task = progress.begin("training dense", 40)) {
      for (int i = 0; i < 20; i++) {
        seconds(1);
        task.advance(1);
        if (i == 15) {
          progress.note("epoch 1, validation accuracy 50.0 %", "accuracy 50.0 %");
        }
      }
    } // stops early: the rest counts as done
    try (Progress.Task task = progress.begin("training delta", 20)) {
      for (int i = 0; i < 10; i++) {
        seconds(1);
        task.advance(1);
      }
    }
    assertThat(err.toString().lines()).containsExactly("training dense: 25 %, 30 s left of this step, 50 s in all",
        "training dense: 50 %, 20 s left of this step, 40 s in all; epoch 1, validation accuracy 50.0 %",
        "training delta: 50 %, 10 s left");
  }

  /** In a run that goes on, what was done before counts neither as work to come nor for the pace. */
  @Test
  void whatWasDoneBeforeAnInterruptionIsNotLeft() {
    TerminalProgress progress = lines(Duration.ofSeconds(10));
    progress.expect(1_040);
    try (Progress.Task task = progress.begin("pretraining", 900)) {
      task.skip(900);
    }
    try (Progress.Task task = progress.begin("training dense", 100)) {
      task.skip(60);
      for (int i = 0; i < 20; i++) {
        seconds(1);
        task.advance(1);
      }
      assertThat(err.toString().lines()).containsExactly("training dense: 70 %, 30 s left of this step, 1 min 10 s in all",
          "training dense: 80 %, 20 s left of this step, 1 min 0 s in all");
    }
  }

  /** What was on the last line, one after the other. */
  private List<String> frames() {
    return Arrays.stream(err.toString().split("\r")).map(frame -> frame.replace("\033[K", "")).filter(frame -> !frame.isBlank()).toList();
  }

  @Test
  void eightyColumnsShowBarAccuracyAndTimes() {
    TerminalProgress progress = terminal(80);
    progress.expect(9_000);
    try (Progress.Task task = progress.begin("training dense", 4_500)) {
      progress.note("epoch 3, validation accuracy 97.2 %", "accuracy 97.2 %");
      for (int i = 0; i < 100; i++) {
        seconds(1);
        task.advance(10);
      }
    }
    assertThat(frames()).startsWith("training dense   0 % [..............................]").allMatch(frame -> frame.length() < 80)
        .last().isEqualTo("training dense  22 % [#......]  accuracy 97.2 %  5 min 50 s left, 13 min in all");
    assertThat(err.toString()).endsWith("\r\033[K").doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 20, 25, 40, 60, 79, 80, 100, 120, 200})
  void noLineIsWiderThanTheTerminal(int width) {
    for (long left : new long[] {TimeLeft.UNKNOWN, 0, 59_000_000_000L, 36_000_000_000_000L}) {
      for (long all : new long[] {TimeLeft.UNKNOWN, 100_000_000_000L, 360_000_000_000_000L}) {
        ProgressLine line = new ProgressLine("training dense", 12, 40, left, all, "epoch 3, validation accuracy 97.2 %", "accuracy 97.2 %");
        String fitted = line.fitted(width);
        assertThat(fitted).startsWith("training dense".substring(0, Math.min(14, width))).hasSizeLessThanOrEqualTo(width);
        assertThat(fitted.contains("accuracy 97.2 %")).isEqualTo(width >= 40);
        assertThat(fitted.contains("epoch 3")).as(fitted).isEqualTo(fitted.contains("validation"));
      }
    }
  }

  @Test
  void aLineIsPrintedAboveTheBar() {
    TerminalProgress progress = terminal(60);
    try (Progress.Task task = progress.begin("sweep", 2)) {
      progress.say("warning: a point diverged");
      task.advance(1);
    }
    String bar = "sweep   0 % [..............................]";
    assertThat(err.toString()).startsWith("\r" + bar + "\033[K\r\033[Kwarning: a point diverged" + System.lineSeparator() + "\r" + bar);
  }

  @ParameterizedTest
  @CsvSource({"0, 0 s", "59, 59 s", "60, 1 min 0 s", "3599, 59 min 59 s", "3600, 1 h 0 min", "90061, 25 h 1 min"})
  void timesAreBrief(long seconds, String text) {
    assertThat(TerminalProgress.brief(Duration.ofSeconds(seconds))).isEqualTo(text);
  }

  @Test
  void aBusyMachineIsWarnedOf() {
    assertThat(new Load(2, 2).warning()).isEmpty();
    assertThat(new Load(-1, 2).warning()).as("a system that does not say").isEmpty();
    assertThat(new Load(14.25, 2).warning()).hasValueSatisfying(warning -> assertThat(warning).contains("a load of 14.", "on 2 cores"));
  }
}

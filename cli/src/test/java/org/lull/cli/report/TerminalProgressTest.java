// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.train.Progress;

class TerminalProgressTest {
  private static final String TIME = "(\\d+ h )?(\\d+ min )?(\\d+ s )?";

  private final StringWriter err = new StringWriter();

  private TerminalProgress lines(Duration every) {
    return new TerminalProgress(new PrintWriter(err), false, every);
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
    try (Progress.Task task = lines(Duration.ZERO).begin("features", 3)) {
      task.advance(1);
      task.advance(2);
    }
    assertThat(err.toString().lines().toList()).satisfiesExactly(
        first -> assertThat(first).matches("features: 33 %, " + TIME + "left"),
        second -> assertThat(second).isEqualTo("features: 100 %, 0 s left"));
  }

  @Test
  void timeLeftInAllCountsTheTasksToCome() {
    TerminalProgress progress = lines(Duration.ZERO);
    progress.expect(30);
    try (Progress.Task task = progress.begin("training dense", 20)) {
      task.advance(5);
      progress.note("epoch 1, validation accuracy 50.0 %");
      task.advance(5); // and stops early: the rest counts as done
    }
    try (Progress.Task task = progress.begin("training delta", 10)) {
      task.advance(10);
    }
    assertThat(err.toString().lines().toList()).satisfiesExactly(
        first -> assertThat(first).matches("training dense: 25 %, " + TIME + "left, " + TIME + "in all"),
        second -> assertThat(second).matches("training dense: 50 %, " + TIME + "left, " + TIME + "in all; epoch 1, .* 50.0 %"),
        third -> assertThat(third).isEqualTo("training delta: 100 %, 0 s left"));
  }

  @ParameterizedTest
  @CsvSource({"0, 0 s", "59, 59 s", "60, 1 min 0 s", "3599, 59 min 59 s", "3600, 1 h 0 min", "90061, 25 h 1 min"})
  void timesAreBrief(long seconds, String text) {
    assertThat(TerminalProgress.brief(Duration.ofSeconds(seconds))).isEqualTo(text);
  }
}

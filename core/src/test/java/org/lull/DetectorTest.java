// SPDX-License-Identifier: Apache-2.0
package org.lull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.input.InvalidInputException;

class DetectorTest {
  private static final List<String> LABELS = List.of("_unknown_", "no", "yes");

  private static DetectorSettings settings(int smoothing, int hits, int refractory, double threshold) {
    return new DetectorSettings(0, 1, smoothing, hits, refractory, threshold, null);
  }

  /** Decisions at which words are reported, of probabilities of "yes" in tenths. */
  private static List<Integer> reports(DetectorSettings settings, String tenths) {
    Detector detector = new Detector(settings, LABELS);
    List<Integer> reports = new ArrayList<>();
    for (int i = 0; i < tenths.length(); i++) {
      int word = detector.push(new float[] {0, 0, (tenths.charAt(i) - '0') / 10f});
      if (word != Detector.NONE) {
        assertThat(word).isEqualTo(2);
        reports.add(i);
      }
    }
    return reports;
  }

  @ParameterizedTest
  @CsvSource({
      "1, 1, 0, 0.8, 0089900, '[2]'", // once, however long it is above
      "1, 1, 0, 0.8, 0890890, '[1, 4]'", // again after it was below
      "1, 1, 4, 0.8, 0890890, '[1]'", // but not in the refractory time
      "1, 1, 2, 0.8, 0890890, '[1, 4]'",
      "1, 2, 0, 0.8, 0809900, '[4]'", // two in a row
      "3, 1, 0, 0.5, 0990000, '[2]'", // a mean of 0, 9, 9
      "3, 1, 0, 0.7, 0990000, '[]'",
      "3, 1, 0, 0.5, 9900000, '[1]'", // before the first decision there is nothing
      "1, 1, 0, 0.8, 9900000, '[0]'"})
  void reportsWhen(int smoothing, int hits, int refractory, double threshold, String tenths, String expected) {
    assertThat(reports(settings(smoothing, hits, refractory, threshold), tenths).toString()).isEqualTo(expected);
  }

  @Test
  void theLikeliestWordIsReportedAndNeverAnUnknownOne() {
    Detector detector = new Detector(settings(1, 1, 0, 0.3), LABELS);
    assertThat(detector.push(new float[] {0.99f, 0, 0})).isEqualTo(Detector.NONE);
    assertThat(detector.top()).isEqualTo(1);
    assertThat(detector.push(new float[] {0, 0.4f, 0.5f})).isEqualTo(2);
    assertThat(detector.mean(1)).isEqualTo(0.4f);
  }

  @Test
  void aWordMayHaveItsOwnThreshold() {
    DetectorSettings settings = new DetectorSettings(0, 1, 1, 1, 0, 0.9, new TreeMap<>(Map.of("no", 0.2)));
    Detector detector = new Detector(settings, LABELS);
    assertThat(detector.push(new float[] {0, 0.3f, 0.6f})).isEqualTo(1);
    assertThatThrownBy(() -> new Detector(new DetectorSettings(0, 1, 1, 1, 0, 0.9, new TreeMap<>(Map.of("maybe", 0.2))), LABELS))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("threshold of maybe, expected one of _unknown_, no, yes");
  }

  @Test
  void aDetectorThatIsResetIsAsNew() {
    Detector detector = new Detector(settings(2, 1, 9, 0.4), LABELS);
    detector.push(new float[] {0, 0, 1});
    detector.reset();
    assertThat(detector.push(new float[] {0, 1, 0})).isEqualTo(1);
    assertThat(detector.mean(2)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"-1, 1, 1, 1, 0, 0.5, window", "0, 2, 1, 1, 0, 0.5, hop", "4, 5, 1, 1, 0, 0.5, hop", "0, 1, 0, 1, 0, 0.5, smoothing",
      "0, 1, 1, 0, 0, 0.5, hits", "0, 1, 1, 1, -1, 0.5, refractory", "0, 1, 1, 1, 0, 0, threshold", "0, 1, 1, 1, 0, 1.1, threshold",
      "0, 1, 1, 1, 0, NaN, threshold"})
  void refusesSettingsOutOfRange(int window, int hop, int smoothing, int hits, int refractory, double threshold, String named) {
    assertThatThrownBy(() -> new DetectorSettings(window, hop, smoothing, hits, refractory, threshold, null))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining(named);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.input.InvalidInputException;

class ResamplerTest {
  /** Seconds at both ends where the silence before and after the clip is heard. */
  private static final double EDGE = 0.02;

  @ParameterizedTest(name = "{2} Hz, from {0} to {1}")
  @CsvSource({
      "8000, 16000, 440", "8000, 16000, 3500", "16000, 8000, 440", "16000, 8000, 3500", "44100, 16000, 100", "44100, 16000, 7100",
      "48000, 16000, 7100", "22050, 16000, 3000", "11025, 16000, 4900", "16001, 16000, 3000", "15999, 16000, 3000", "16000, 17123, 5000"
  })
  void aToneBelowBothNyquistFrequenciesIsTheSameTone(int from, int to, double hz) {
    Audio resampled = Resampler.resample(tone(from, from / 4, hz), to);
    Audio expected = tone(to, resampled.samples().length, hz);
    assertThat(resampled.rate()).isEqualTo(to);
    assertThat(resampled.samples().length / (double) to).isCloseTo(0.25, within(1e-3));
    // the difference also holds what imaging would add: all of it 70 dB down
    assertThat(decibels(expected, resampled)).isLessThan(-70);
  }

  @ParameterizedTest(name = "{2} Hz, from {0} to {1}")
  @CsvSource({"16000, 8000, 4000", "16000, 8000, 4100", "16000, 8000, 7900", "44100, 16000, 8010", "44100, 16000, 20000",
      "48000, 16000, 12000", "48000, 8000, 5000", "16000, 15999, 7999.9"})
  void aToneAboveTheNewNyquistFrequencyVanishes(int from, int to, double hz) {
    Audio resampled = Resampler.resample(tone(from, from / 4, hz), to);
    assertThat(decibels(resampled, new Audio(new float[resampled.samples().length], to))).isLessThan(-70);
  }

  @ParameterizedTest
  @CsvSource({"0, 8000, 16000, 0", "1, 8000, 16000, 2", "3, 16000, 8000, 2", "4, 16000, 8000, 2", "1, 48000, 16000, 1",
      "441, 44100, 16000, 160", "442, 44100, 16000, 161", "16000, 16000, 16001, 16001"})
  void theLengthIsRoundedUp(int samples, int from, int to, int expected) {
    assertThat(Resampler.resample(new Audio(new float[samples], from), to).samples()).hasSize(expected);
  }

  @Test
  void aConstantKeepsItsLevel() {
    float[] ones = new float[4000];
    Arrays.fill(ones, 0.5f);
    for (int to : new int[] {8_000, 11_025, 44_100}) {
      float[] out = Resampler.resample(new Audio(ones, 16_000), to).samples();
      assertThat(out[out.length / 2]).isBetween(0.4998f, 0.5002f);
    }
  }

  @Test
  void equalRatesAreTheIdentity() {
    Audio audio = tone(16_000, 160, 440);
    assertThat(Resampler.resample(audio, 16_000)).isSameAs(audio);
  }

  @Test
  void refusesWhatIsNoRateOrTooLong() {
    Audio audio = new Audio(new float[100_000], 1);
    assertThatThrownBy(() -> Resampler.resample(audio, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Resampler.resample(audio, 48_000))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("100000 samples at 1 Hz are too many at 48000 Hz");
  }

  private static Audio tone(int rate, int length, double hz) {
    float[] samples = new float[length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) Math.sin(2 * Math.PI * hz * i / rate + 0.3);
    }
    return new Audio(samples, rate);
  }

  /** Power of the difference, away from the ends, by that of a tone. */
  private static double decibels(Audio a, Audio b) {
    int edge = (int) (EDGE * a.rate());
    double sum = 0;
    for (int i = edge; i < a.samples().length - edge; i++) {
      double difference = a.samples()[i] - b.samples()[i];
      sum += difference * difference;
    }
    return 10 * Math.log10(2 * sum / (a.samples().length - 2 * edge));
  }
}

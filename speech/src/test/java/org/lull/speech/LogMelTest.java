// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LogMelTest {
  @ParameterizedTest
  @MethodSource("org.lull.speech.LogMelSettings#presets")
  void aFrameIsWhatTheDefinitionGives(LogMelSettings settings) {
    float[] samples = noise(settings.frameLength() + 2 * settings.hop(), 1);
    float[] levels = new LogMel(settings).frames(samples);
    for (int t = 0; t < 3; t++) {
      float[] frame = Arrays.copyOfRange(samples, t * settings.hop(), t * settings.hop() + settings.frameLength());
      double[] expected = byDefinition(settings, frame);
      for (int f = 0; f < settings.filters(); f++) {
        assertThat((double) levels[t * settings.filters() + f]).isCloseTo(expected[f], within(1e-4));
      }
    }
  }

  /** Window, discrete Fourier transform and filters written down once more, from the Javadoc of the settings, without regard to speed. */
  private static double[] byDefinition(LogMelSettings settings, float[] frame) {
    double a = Map.of("hamming", 0.54, "hann", 0.5).get(settings.window());
    double low = 2595 * Math.log10(1 + settings.lowHz() / 700);
    double high = 2595 * Math.log10(1 + settings.highHz() / 700);
    double[] sums = new double[settings.filters()];
    for (int k = 0; k <= settings.fftSize() / 2; k++) {
      double re = 0;
      double im = 0;
      for (int n = 0; n < frame.length; n++) {
        double x = frame[n] * (a - (1 - a) * Math.cos(2 * Math.PI * n / frame.length));
        re += x * Math.cos(2 * Math.PI * k * n / settings.fftSize());
        im -= x * Math.sin(2 * Math.PI * k * n / settings.fftSize());
      }
      double magnitude = Math.hypot(re, im);
      double value = (settings.spectrum().equals("power") ? magnitude * magnitude : magnitude) / settings.divisor();
      double hz = k * (double) settings.sampleRate() / settings.fftSize();
      for (int f = 0; f < sums.length; f++) {
        double left = hz(low + f * (high - low) / (sums.length + 1));
        double centre = hz(low + (f + 1) * (high - low) / (sums.length + 1));
        double right = hz(low + (f + 2) * (high - low) / (sums.length + 1));
        sums[f] += value * Math.max(0, Math.min((hz - left) / (centre - left), (right - hz) / (right - centre)));
      }
    }
    double decibels = settings.log().equals("20log10") ? 20 : 10;
    return Arrays.stream(sums).map(sum -> Math.max(settings.floorDb(), decibels * Math.log10(sum))).toArray();
  }

  private static double hz(double mel) {
    return 700 * (Math.pow(10, mel / 2595) - 1);
  }

  /**
   * With 0-8000 Hz and two filters the corners are at 0, 946.674, 1893.349 and 2840.023 mel, or 0, 921.456, 3055.884 and 8000 Hz. Bins
   * are 1000 Hz apart: filter 1 has three under its falling side, (3055.884 - hz) / 2134.428; filter 2 has the complements there, and
   * (8000 - hz) / 4944.116 from 4000 Hz on.
   */
  @Test
  void theCornersOfTwoFiltersAreThoseCalculatedByHand() {
    MelFilterbank filterbank = new MelFilterbank(new LogMelSettings(
        "two", 16_000, 16, 16, "hann", 16, 2, 0, 8000, "htk", "magnitude", 1, "20log10", -90, "channel"));
    double[][] expected = {
        {0, 0.96320, 0.49469, 0.02618, 0, 0, 0, 0, 0},
        {0, 0.03680, 0.50531, 0.97382, 0.80904, 0.60678, 0.40452, 0.20226, 0}
    };
    for (int f = 0; f < 2; f++) {
      for (int bin = 0; bin <= 8; bin++) {
        double[] spectrum = new double[9];
        spectrum[bin] = 1;
        assertThat(filterbank.sum(f, spectrum)).as("filter %d, bin %d", f, bin).isCloseTo(expected[f][bin], within(1e-5));
      }
    }
  }

  /** Centres are 221, 359, 519, 703, 914, 1157, 1437, 1759, 2130, 2557, 3047, 3612, 4262, 5010, 5870, 6861 Hz; tones on and off them. */
  @ParameterizedTest
  @CsvSource({"221, 0", "359, 1", "519, 2", "680, 3", "914, 4", "1200, 5", "2130, 8", "3500, 11", "5870, 14", "7500, 15"})
  void aToneIsLoudestInTheFilterWhoseCentreIsNextToIt(double hz, int filter) {
    float[] frame = new float[512];
    for (int i = 0; i < frame.length; i++) {
      frame[i] = (float) (0.5 * Math.sin(2 * Math.PI * hz * i / 16_000));
    }
    float[] levels = new LogMel(LogMelSettings.preset("mel16")).frames(frame);
    int loudest = IntStream.range(0, levels.length).reduce((a, b) -> levels[b] > levels[a] ? b : a).orElseThrow();
    assertThat(loudest).isEqualTo(filter);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "511, 1", "512, 1", "773, 1", "774, 2", "1035, 2", "1036, 3", "16000, 60"})
  void onlyWholeFramesCountButAShortClipHasOne(int samples, int frames) {
    LogMel logMel = new LogMel(LogMelSettings.preset("mel16"));
    assertThat(logMel.frameCount(samples)).isEqualTo(frames);
    assertThat(logMel.frames(new float[samples]).length).isEqualTo(frames * 16);
  }

  @Test
  void aShortClipIsPaddedWithZeros() {
    LogMel logMel = new LogMel(LogMelSettings.preset("mel16"));
    float[] clip = noise(300, 2);
    assertThat(logMel.frames(clip)).isEqualTo(logMel.frames(Arrays.copyOf(clip, 512)));
  }

  @Test
  void theTailIsInNoFrame() {
    LogMel logMel = new LogMel(LogMelSettings.preset("mel16"));
    float[] clip = noise(512 + 262 + 261, 3);
    assertThat(logMel.frames(clip)).isEqualTo(logMel.frames(Arrays.copyOf(clip, 512 + 262)));
  }

  @ParameterizedTest
  @MethodSource("org.lull.speech.LogMelSettings#presets")
  void silenceIsTheFloorAndTenTimesTheAmplitudeIsTwentyDecibels(LogMelSettings settings) {
    LogMel logMel = new LogMel(settings);
    assertThat(logMel.frames(new float[600])).containsOnly((float) settings.floorDb());
    float[] quiet = noise(settings.frameLength(), 4);
    float[] loud = new float[quiet.length];
    for (int i = 0; i < quiet.length; i++) {
      loud[i] = 10 * quiet[i];
    }
    float[] below = logMel.frames(quiet);
    float[] above = logMel.frames(loud);
    for (int f = 0; f < settings.filters(); f++) {
      assertThat(above[f] - below[f]).isCloseTo(20, within(1e-3f));
    }
  }

  @Test
  void threadsMayShareOne() {
    LogMel logMel = new LogMel(LogMelSettings.preset("mel40"));
    float[][] clips = IntStream.range(0, 32).mapToObj(seed -> noise(4000, seed)).toArray(float[][]::new);
    float[][] alone = Arrays.stream(clips).map(logMel::frames).toArray(float[][]::new);
    float[][] together = Arrays.stream(clips).parallel().map(logMel::frames).toArray(float[][]::new);
    assertThat(Arrays.deepEquals(together, alone)).isTrue();
  }

  /** Models were trained on these bits: a change here makes their features others', and must be a preset of another name. */
  @ParameterizedTest
  @CsvSource({"mel16, 008ae9d6", "reference16, 62fd864e", "mel40, 8c88c2ab"})
  void theBitsOfAPresetNeverChange(String preset, String crc) {
    float[] levels = new LogMel(LogMelSettings.preset(preset)).frames(noise(16_000, 5));
    ByteBuffer bytes = ByteBuffer.allocate(4 * levels.length);
    bytes.asFloatBuffer().put(levels);
    CRC32 actual = new CRC32();
    actual.update(bytes);
    assertThat("%08x".formatted(actual.getValue())).isEqualTo(crc);
  }

  @Test
  void realSpeechStandsOutOfItsFloor() {
    Optional<Path> data = RealData.find();
    assumeTrue(data.isPresent(), RealData.ABSENT);
    Audio audio = Resampler.resample(Wav.read(data.get().resolve("fsdd/recordings/7_theo_3.wav")), 16_000);
    for (LogMelSettings settings : LogMelSettings.presets()) {
      float[] levels = new LogMel(settings).frames(audio.samples());
      double mean = IntStream.range(0, levels.length).mapToDouble(i -> levels[i]).average().orElseThrow();
      assertThat(mean).as(settings.name()).isBetween(settings.floorDb() + 10, 0.0);
    }
  }

  /** White, a tenth of full scale at most; the same on every machine. */
  private static float[] noise(int length, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (random.nextFloat() - 0.5f) * 0.2f;
    }
    return samples;
  }
}

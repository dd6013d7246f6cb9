// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LogMelStreamTest {
  @ParameterizedTest
  @MethodSource("org.lull.speech.LogMelSettings#presets")
  void framesDoNotDependOnHowTheSoundIsCut(LogMelSettings settings) {
    LogMel logMel = new LogMel(settings);
    LogMelStream stream = new LogMelStream(logMel);
    Random random = new Random(1);
    for (int utterance = 0; utterance < 100; utterance++) {
      float[] samples = samples(random, random.nextInt(utterance % 2 == 0 ? 3000 : 600));
      int longest = 1 << random.nextInt(12);
      float[] levels = new float[0];
      for (int at = 0; at < samples.length;) {
        int length = Math.min(random.nextInt(longest + 1), samples.length - at);
        levels = append(levels, stream.push(samples, at, length));
        assertThat(levels.length).as("no frame comes late").isEqualTo(
            at + length < settings.frameLength() ? 0 : logMel.frameCount(at + length) * settings.filters());
        at += length;
      }
      levels = append(levels, stream.finish());
      assertThat(Arrays.equals(levels, logMel.frames(samples))).as("%d samples in pieces up to %d", samples.length, longest).isTrue();
    }
  }

  @Test
  void framesComeSampleBySample() {
    LogMel logMel = new LogMel(LogMelSettings.preset("mel16"));
    LogMelStream stream = new LogMelStream(logMel);
    float[] samples = samples(new Random(2), 1100);
    float[] levels = new float[0];
    for (float sample : samples) {
      levels = append(levels, stream.push(new float[] {sample}));
    }
    assertThat(levels).isEqualTo(logMel.frames(samples));
  }

  @Test
  void whatWasPushedMayBeOverwritten() {
    LogMel logMel = new LogMel(LogMelSettings.preset("mel16"));
    LogMelStream stream = new LogMelStream(logMel);
    float[] samples = samples(new Random(3), 512);
    float[] buffer = Arrays.copyOf(samples, 400);
    stream.push(buffer);
    Arrays.fill(buffer, Float.NaN);
    assertThat(stream.push(samples, 400, 112)).isEqualTo(logMel.frames(samples));
  }

  @Test
  void anUtteranceWithoutSamplesHasNoFrames() {
    LogMelStream stream = new LogMelStream(new LogMel(LogMelSettings.preset("mel16")));
    assertThat(stream.push(new float[0])).isEmpty();
    assertThat(stream.finish()).isEmpty();
  }

  @Test
  void refusesARangeOutsideTheSamples() {
    LogMelStream stream = new LogMelStream(new LogMel(LogMelSettings.preset("mel16")));
    assertThatThrownBy(() -> stream.push(new float[10], 5, 6)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static float[] samples(Random random, int length) {
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = random.nextFloat() - 0.5f;
    }
    return samples;
  }

  private static float[] append(float[] a, float[] b) {
    float[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamFrontEndTest {
  private static float[] samples(Random random, int n) {
    float[] samples = new float[n];
    for (int i = 0; i < n; i++) {
      samples[i] = (float) (0.3 * random.nextGaussian());
    }
    return samples;
  }

  /** Ten seconds, cut anywhere: bit for bit the frames of the whole, at the rate of the front end and at others. */
  @ParameterizedTest
  @CsvSource({"mel16, 16000", "reference16, 16000", "mel40, 16000", "mel16, 8000", "mel16, 44100", "mel40, 48000", "mel16, 22050"})
  void framesAreThoseOfTheWhole(String features, int rate) {
    LogMelSettings settings = LogMelSettings.preset(features);
    Random random = new Random(rate);
    for (int seconds : List.of(1, 10)) {
      float[] sound = samples(random, seconds * rate + random.nextInt(1000));
      float[] expected = new LogMel(settings).example(new Audio(sound, rate), "whole", 0).frames();
      List<float[]> frames = new ArrayList<>();
      StreamFrontEnd stream = new StreamFrontEnd(settings, rate);
      for (int at = 0; at < sound.length;) {
        int n = Math.min(sound.length - at, random.nextInt(1, 3000));
        stream.push(Arrays.copyOfRange(sound, at, at + n), n, frame -> frames.add(frame.clone()));
        at += n;
      }
      stream.finish(frame -> frames.add(frame.clone()));
      assertThat(frames).hasSize(expected.length / settings.filters());
      for (int t = 0; t < frames.size(); t++) {
        assertThat(frames.get(t)).as("frame %d", t)
            .isEqualTo(Arrays.copyOfRange(expected, t * settings.filters(), (t + 1) * settings.filters()));
      }
    }
  }

  @Test
  void whatBelongsToNoFrameIsCounted() {
    StreamFrontEnd stream = new StreamFrontEnd(LogMelSettings.preset("mel16"), 16_000); // frames of 512 samples every 262
    int[] frames = {0};
    stream.push(new float[512 + 262 + 100], 874, _ -> frames[0]++);
    assertThat(stream.finish(_ -> frames[0]++)).isEqualTo(100);
    assertThat(frames[0]).isEqualTo(2);
    stream.push(new float[100], 100, _ -> frames[0]++); // shorter than a frame: padded to one
    assertThat(stream.finish(_ -> frames[0]++)).isZero();
    assertThat(frames[0]).isEqualTo(3);
  }

  @Test
  void aFrameAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int rate : List.of(16_000, 44_100)) {
      StreamFrontEnd stream = new StreamFrontEnd(LogMelSettings.preset("mel16"), rate);
      float[] block = samples(new Random(1), 512);
      LogMelStream.FrameSink sink = _ -> {};
      long fewest = Long.MAX_VALUE;
      for (int i = 0; i < 100 && fewest > 500; i++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int k = 0; k < 20; k++) {
          stream.push(block, block.length, sink);
        }
        fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(fewest).as("bytes of 20 blocks at %d Hz", rate).isLessThanOrEqualTo(500); // asking allocates
    }
  }
}

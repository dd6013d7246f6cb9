// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.lull.network.Normalisation;

class AugmentationTest {
  private static final int BANDS = 16;
  private static final Normalisation NORMALISATION = new Normalisation(filled(BANDS, -77), filled(BANDS, 1));

  private static float[] filled(int n, float value) {
    float[] values = new float[n];
    Arrays.fill(values, value);
    return values;
  }

  private static Example example(int steps, int bands) {
    float[] frames = new float[steps * bands];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = i % bands * 100 + i / bands;
    }
    return new Example("id", frames, steps, bands, 3);
  }

  @Test
  void noneIsTheExampleItself() {
    Example example = example(9, BANDS);
    assertThat(Augmentation.none().apply(example, NORMALISATION, new SplittableRandom(1))).isSameAs(example);
  }

  @Test
  void theSameStreamGivesTheSameFramesAndLeavesTheOriginalAlone() {
    Example example = example(60, BANDS);
    float[] before = example.frames().clone();
    Set<Integer> lengths = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      Example once = Augmentation.speech().apply(example, NORMALISATION, new SplittableRandom(seed));
      Example again = Augmentation.speech().apply(example, NORMALISATION, new SplittableRandom(seed));
      assertThat(again.frames()).isEqualTo(once.frames());
      assertThat(once.label()).isEqualTo(3);
      assertThat(once.id()).isEqualTo("id");
      assertThat(once.steps()).isBetween(48, 80); // 60 / 1.25 to 60 / 0.75
      lengths.add(once.steps());
    }
    assertThat(lengths).hasSizeGreaterThan(20);
    assertThat(example.frames()).isEqualTo(before);
  }

  @Test
  void theSmallestExamplesSurvive() {
    for (int seed = 0; seed < 200; seed++) {
      Example one = Augmentation.speech().apply(example(1, 1), new Normalisation(filled(1, 0), filled(1, 1)), new SplittableRandom(seed));
      assertThat(one.steps()).isEqualTo(1);
      assertThat(one.frames()[0]).isBetween(-6f, 6f);
    }
  }

  @Test
  void aShiftRepeatsTheEdges() {
    Augmentation shift = new SpeechAugmentation(4, 0, 0, 0, 0, 0, 0);
    for (int seed = 0; seed < 50; seed++) {
      float[] frames = shift.apply(example(20, BANDS), NORMALISATION, new SplittableRandom(seed)).frames();
      double offset = frames[10 * BANDS] - 10; // band 0 counts timesteps
      assertThat(offset).isBetween(-4.0, 4.0);
      for (int t = 0; t < 20; t++) {
        assertThat((double) frames[t * BANDS]).isCloseTo(Math.clamp(t + offset, 0, 19), within(1e-4));
      }
    }
  }

  @Test
  void masksAreGapsOfTheMean() {
    Augmentation masks = new SpeechAugmentation(0, 0, 0, 0, 0, 12, 3);
    int longest = 0;
    int widest = 0;
    for (int seed = 0; seed < 300; seed++) {
      float[] frames = masks.apply(example(60, BANDS), NORMALISATION, new SplittableRandom(seed)).frames();
      int steps = 0;
      int bands = 0;
      for (int t = 0; t < 60; t++) {
        steps += rowIsMean(frames, t) ? 1 : 0;
      }
      for (int band = 0; band < BANDS; band++) {
        bands += columnIsMean(frames, band) ? 1 : 0;
      }
      for (int i = 0; i < frames.length; i++) {
        assertThat(frames[i]).isIn(-77f, (float) (i % BANDS * 100 + i / BANDS));
      }
      longest = Math.max(longest, steps);
      widest = Math.max(widest, bands);
    }
    assertThat(longest).isEqualTo(12);
    assertThat(widest).isEqualTo(3);
  }

  private static boolean rowIsMean(float[] frames, int t) {
    for (int band = 0; band < BANDS; band++) {
      if (frames[t * BANDS + band] != -77f) {
        return false;
      }
    }
    return true;
  }

  private static boolean columnIsMean(float[] frames, int band) {
    for (int t = 0; t < 60; t++) {
      if (frames[t * BANDS + band] != -77f) {
        return false;
      }
    }
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.random.RandomGenerator;

/**
 * What sets one synthetic speaker, and the room they sit in, apart from the others.
 *
 * @param id unique in the corpus: split and number
 * @param pitch mean fundamental frequency, Hz
 * @param pitchRange its standard deviation, Hz
 * @param tempo speed relative to 150 words a minute
 * @param formantScale formant frequencies relative to the diphone voice, an adult man's: above 1 for a shorter vocal tract
 * @param tilt k of the filter y[n] = x[n] - k x[n-1]: below 0 a muffled, above 0 a bright microphone or voice
 * @param level root mean square of the speech, dB of full scale
 * @param echo how strong the first reflection of the room is, relative to the direct sound
 */
record SyntheticSpeaker(
    String id, double pitch, double pitchRange, double tempo, double formantScale, double tilt, double level, double echo) {

  /**
   * Draws a speaker.
   *
   * @param variation how far speakers lie apart; 1 gives the ranges stated at each line, 0 makes all speak like the diphone voice
   */
  static SyntheticSpeaker draw(String id, double variation, RandomGenerator random) {
    double size = symmetric(random); // small people tend to have high voices and short vocal tracts
    double pitch = 140 * StrictMath.exp(variation * 0.6 * size); // 77 to 255 Hz
    double liveliness = StrictMath.exp(variation * 0.7 * symmetric(random));
    return new SyntheticSpeaker(
        id,
        pitch,
        pitch * 0.12 * liveliness, // 6 to 24 % of the pitch
        StrictMath.exp(variation * 0.25 * symmetric(random)), // 0.78 to 1.28
        StrictMath.exp(variation * (0.08 * size + 0.10 * symmetric(random))), // 0.84 to 1.20
        variation * 0.5 * symmetric(random), // -0.5 to 0.5
        -26 + variation * 4 * symmetric(random), // -30 to -22 dB
        Math.min(1, variation) * 0.4 * random.nextDouble()); // 0 to 0.4
  }

  /** Uniform in -1..1. */
  static double symmetric(RandomGenerator random) {
    return 2 * random.nextDouble() - 1;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.Set;
import org.lull.input.InvalidInputException;

/**
 * Mono sound.
 *
 * @param samples amplitudes, full scale is -1..1
 * @param rate samples per second
 * @param flaws defects of the recording, which could be read all the same
 */
public record Audio(float[] samples, int rate, Set<Flaw> flaws) {
  /** Larger samples are not loud sound but numbers of another scale: 20 dB over full scale. */
  static final float LOUDEST = 10;

  public Audio {
    if (rate <= 0) {
      throw new IllegalArgumentException("sample rate " + rate + " Hz, expected a positive one");
    }
    flaws = Set.copyOf(flaws);
  }

  /** Sound without a flaw. */
  public Audio(float[] samples, int rate) {
    this(samples, rate, Set.of());
  }

  /**
   * Checks that the samples have the usual scale, and returns this sound.
   *
   * @param name name for the message
   * @throws InvalidInputException if samples are far beyond -1..1, as those are of integers written as floats
   */
  public Audio requireFullScale(String name) {
    if (flaws.contains(Flaw.BEYOND_FULL_SCALE)) {
      float peak = 0;
      for (float sample : samples) {
        peak = Math.max(peak, Math.abs(sample));
      }
      throw new InvalidInputException("%s: float samples up to %s, expected numbers about -1..1; divide them by 32768 if they are integers"
          .formatted(name, peak));
    }
    return this;
  }

  /**
   * Checks that the samples are finite and not all 0, and returns this sound. Nothing can be learned from a recording of zeros.
   *
   * @param name name for the message
   * @throws InvalidInputException if every sample is 0, or one is not a finite number
   */
  public Audio requireSound(String name) {
    boolean silent = true;
    for (float sample : samples) {
      if (!Float.isFinite(sample)) {
        throw new InvalidInputException(name + ": a sample is " + sample + ", expected finite numbers; record it again");
      }
      silent &= sample == 0;
    }
    if (silent) {
      throw new InvalidInputException(
          "%s: silent: every sample is 0 (%d samples); remove the file or record it again".formatted(name, samples.length));
    }
    return this;
  }
}

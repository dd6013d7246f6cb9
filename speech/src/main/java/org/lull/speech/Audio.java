package org.lull.speech;

import org.lull.input.InvalidInputException;

/**
 * Mono sound.
 *
 * @param samples amplitudes, full scale is -1..1
 * @param rate samples a second
 */
public record Audio(float[] samples, int rate) {
  public Audio {
    if (rate <= 0) {
      throw new IllegalArgumentException("sample rate " + rate + " Hz, expected a positive one");
    }
  }

  /**
   * This sound, once it is known to be one: a recording all of zeros has a label but nothing to learn it from.
   *
   * @param name what the message calls it
   * @throws InvalidInputException where every sample is 0, or one is not a finite number
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

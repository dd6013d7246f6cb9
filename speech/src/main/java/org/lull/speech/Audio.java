package org.lull.speech;

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

  /** Length in seconds. */
  public double seconds() {
    return samples.length / (double) rate;
  }
}

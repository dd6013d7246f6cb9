// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

/**
 * The whole front end of a model for sound that arrives piece by piece: it resamples, and makes frames. However the sound is cut, the
 * frames are bit for bit those of {@link LogMel#example} for the whole. Allocates nothing once its arrays have grown.
 */
public final class StreamFrontEnd {
  private final LogMel logMel;
  private final ResamplerStream resampler;
  private final LogMelStream frames;
  private final int rate;

  /** @param rate samples a second of what will come */
  public StreamFrontEnd(LogMelSettings settings, int rate) {
    logMel = new LogMel(settings);
    resampler = new ResamplerStream(rate, settings.sampleRate());
    frames = new LogMelStream(logMel);
    this.rate = rate;
  }

  public LogMelSettings settings() {
    return logMel.settings();
  }

  /** Whether the sound has another rate than the frames are made of. */
  public boolean resamples() {
    return rate != settings().sampleRate();
  }

  /** Takes the first {@code length} samples; {@code sink} receives each frame that they complete. */
  public void push(float[] samples, int length, LogMelStream.FrameSink sink) {
    int count = resampler.push(samples, length);
    frames.push(resampler.samples(), 0, count, sink);
  }

  /**
   * Ends the sound.
   *
   * @param sink receives the frames that the last samples complete
   * @return how many samples, at the rate of the front end, belong to no frame
   */
  public int finish(LogMelStream.FrameSink sink) {
    int count = resampler.finish();
    frames.push(resampler.samples(), 0, count, sink);
    int pending = frames.pending();
    float[] last = frames.finish(); // of a sound that is shorter than one frame
    if (last.length > 0) {
      sink.frame(last);
      return 0;
    }
    return pending;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.Objects;

/**
 * The front end for sound that arrives piece by piece. However it is cut, the frames are bit for bit those that {@link LogMel#frames} gives
 * for the whole. Each stream holds the samples of one utterance; it is not for several threads at once, though several may share a LogMel.
 */
public final class LogMelStream {
  private final LogMel logMel;
  private final LogMel.Work work;
  private final float[] frame; // [filters]
  private final float[] pending; // [frameLength], the first `filled` of them valid
  private int filled;
  private boolean begun; // whether the utterance has had a frame

  public LogMelStream(LogMel logMel) {
    this.logMel = logMel;
    work = new LogMel.Work(logMel.settings());
    frame = new float[logMel.settings().filters()];
    pending = new float[logMel.settings().frameLength()];
  }

  /** Receives frames. */
  @FunctionalInterface
  public interface FrameSink {
    /** @param levels [filters], in dB; the array is used again for the next frame */
    void frame(float[] levels);
  }

  /**
   * Takes the next {@code length} samples, from {@code offset} on, and allocates nothing: for streams that never end.
   *
   * @param sink receives each frame that they complete
   */
  public void push(float[] samples, int offset, int length, FrameSink sink) {
    Objects.checkFromIndexSize(offset, length, samples.length);
    int end = offset + length;
    for (int at = offset; at < end;) {
      int taken = Math.min(pending.length - filled, end - at);
      System.arraycopy(samples, at, pending, filled, taken);
      filled += taken;
      at += taken;
      if (filled == pending.length) {
        logMel.frame(pending, 0, filled, frame, 0, work);
        dropHop();
        sink.frame(frame);
      }
    }
  }

  /** Samples that no frame has yet; if the stream ends here, they belong to none. */
  public int pending() {
    return begun ? filled - (logMel.settings().frameLength() - logMel.settings().hop()) : filled;
  }

  /**
   * Takes the next samples.
   *
   * @return [frames that they complete][filters], row after row, often none
   */
  public float[] push(float[] samples) {
    return push(samples, 0, samples.length);
  }

  /** Takes the next {@code length} samples, from {@code offset} on; see {@link #push(float[])}. */
  public float[] push(float[] samples, int offset, int length) {
    float[] levels = new float[completedBy(length) * frame.length];
    int[] to = {0};
    push(samples, offset, length, each -> {
      System.arraycopy(each, 0, levels, to[0], each.length);
      to[0] += each.length;
    });
    return levels;
  }

  /**
   * Ends the utterance; the stream is then ready for the next.
   *
   * @return [1][filters] where the utterance was shorter than one frame, else nothing
   */
  public float[] finish() {
    boolean tooShort = !begun && filled > 0;
    float[] levels = new float[tooShort ? logMel.settings().filters() : 0];
    if (tooShort) {
      logMel.frame(pending, 0, filled, levels, 0);
    }
    filled = 0;
    begun = false;
    return levels;
  }

  private int completedBy(int length) {
    long available = (long) filled + length;
    return available < pending.length ? 0 : (int) ((available - pending.length) / logMel.settings().hop() + 1);
  }

  private void dropHop() {
    begun = true;
    int hop = logMel.settings().hop();
    filled -= hop;
    System.arraycopy(pending, hop, pending, 0, filled);
  }
}

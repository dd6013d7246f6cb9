// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import org.lull.Detector;
import org.lull.DetectorSettings;
import org.lull.KeywordSpotter;
import org.lull.Model;
import org.lull.input.InvalidInputException;

/**
 * Listens to sound that never ends, and reports words: the front end of a model and its {@link KeywordSpotter}.
 *
 * <pre>
 *   SpeechListener listener = new SpeechListener(model, settings, 16_000, (seconds, word, score) -> ...);
 *   while (...) listener.push(samples, length);
 * </pre>
 *
 * <p>A frame allocates nothing. Only one thread may use it.
 */
public final class SpeechListener {
  /** Receives words. */
  @FunctionalInterface
  public interface Heard {
    /**
     * @param seconds from the begin of the sound to the end of the frame at which the word was reported
     * @param score average probability, 0 to 1
     */
    void word(double seconds, String word, float score);
  }

  /** Multiply-adds of the frames in which something is heard, or of the others. */
  public static final class Work {
    private long frames;
    private long operations;
    private long dense;

    Work() {}

    void add(long ofFrame, long ofFrameDense) {
      frames++;
      operations += ofFrame;
      dense += ofFrameDense;
    }

    /** How many frames. */
    public long frames() {
      return frames;
    }

    /** Multiply-adds a second of sound: the layers and the head, without the front end. */
    public double perSecond(double framesPerSecond) {
      return frames == 0 ? 0 : operations * framesPerSecond / frames;
    }

    /** The same of the dense network. */
    public double densePerSecond(double framesPerSecond) {
      return frames == 0 ? 0 : dense * framesPerSecond / frames;
    }
  }

  private final Model model;
  private final StreamFrontEnd frontEnd;
  private final KeywordSpotter spotter;
  private final Heard heard;
  private final LogMelStream.FrameSink sink = this::frame; // made once
  private final Loudness loudness = new Loudness();
  private final Work loud = new Work();
  private final Work quiet = new Work();
  private long operations;
  private long dense;
  private Boolean isSpeech;

  /**
   * @param rate samples a second of what will come
   * @throws InvalidInputException if the model is none of sound, or the settings do not suit it
   */
  public SpeechListener(Model model, DetectorSettings settings, int rate, Heard heard) {
    this.model = model;
    frontEnd = new StreamFrontEnd(frontEnd(model), rate);
    spotter = new KeywordSpotter(model, settings);
    this.heard = heard;
    if (frontEnd.settings().filters() != model.normalisation().channels()) {
      throw new InvalidInputException(
          "the front end of the model makes " + frontEnd.settings().filters() + " channels and its network takes "
              + model.normalisation().channels() + "; train the model again");
    }
  }

  /** The front end of a model of sound. */
  public static LogMelSettings frontEnd(Model model) {
    if (model.frontEnd().isEmpty()) {
      throw new InvalidInputException("the model was trained on time series, expected one of sound");
    }
    return LogMelSettings.fromJson(model.frontEnd(), "the model");
  }

  /** Takes the first {@code length} samples, full scale -1..1. */
  public void push(float[] samples, int length) {
    frontEnd.push(samples, length, sink);
  }

  /**
   * Ends the sound.
   *
   * @return how many samples, at the rate of the front end, belong to no frame
   */
  public int finish() {
    return frontEnd.finish(sink);
  }

  /**
   * Says for the frames to come whether words are heard in them, as somebody knows. Otherwise their loudness decides: more than
   * 9 dB above what was the quietest for a while.
   */
  public void mark(boolean speech) {
    isSpeech = speech;
  }

  private void frame(float[] levels) {
    boolean isLoud = loudness.take(levels);
    int word = spotter.push(levels);
    long now = spotter.operations();
    long nowDense = spotter.denseOperations();
    ((isSpeech == null ? isLoud : isSpeech) ? loud : quiet).add(now - operations, nowDense - dense);
    operations = now;
    dense = nowDense;
    if (word != Detector.NONE) {
      heard.word(seconds(), model.labels().get(word), spotter.detector().mean(word));
    }
  }

  /** Seconds of sound up to the end of the last frame. */
  public double seconds() {
    LogMelSettings settings = frontEnd.settings();
    return ((spotter.frames() - 1) * settings.hop() + settings.frameLength()) / (double) settings.sampleRate();
  }

  /** Frames a second. */
  public double framesPerSecond() {
    return frontEnd.settings().sampleRate() / (double) frontEnd.settings().hop();
  }

  /** What runs the network. */
  public KeywordSpotter spotter() {
    return spotter;
  }

  /** Whether the sound is resampled. */
  public boolean resamples() {
    return frontEnd.resamples();
  }

  /** Mean level of the bands of the last frame, dB. */
  public double level() {
    return loudness.level;
  }

  /** What the frames took in which something is heard. */
  public Work loud() {
    return loud;
  }

  /** What the other frames took. */
  public Work quiet() {
    return quiet;
  }

  /** Whether a frame is louder than the quietest of late. */
  private static final class Loudness {
    /** dB. */
    static final int ABOVE = 9;
    /** dB a frame by which the quietest rises; in a minute of speech it would be as loud. */
    private static final double RISE = 0.01;
    private double level;
    private double quietest = Double.POSITIVE_INFINITY;

    boolean take(float[] levels) {
      double sum = 0;
      for (float each : levels) {
        sum += each;
      }
      level = sum / levels.length;
      quietest = Math.min(level, quietest + RISE);
      return level > quietest + ABOVE;
    }
  }
}

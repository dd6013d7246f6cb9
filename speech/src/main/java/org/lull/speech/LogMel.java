// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.Arrays;
import org.jtransforms.fft.DoubleFFT_1D;
import org.lull.input.InvalidInputException;
import org.lull.train.Example;

/**
 * The front end: levels in dB of mel-spaced filters, frame by frame. Computed in double precision with tables that do not depend on the
 * machine, so the same samples give the same bits everywhere. Immutable; any number of threads may share one.
 *
 * <p>Frame t covers the samples from t * hop on. Only whole frames are computed: the last samples of a clip, fewer than a hop, belong to no
 * frame. A clip shorter than one frame is padded with zeros to one; a clip without samples has no frames.
 */
public final class LogMel {
  private final LogMelSettings settings;
  private final double[] window; // [frameLength]
  private final MelFilterbank filterbank;
  private final DoubleFFT_1D fft;
  private final boolean power;
  private final double decibels; // per factor of ten

  /** @throws org.lull.input.InvalidInputException if the settings make a filter so narrow that no bin of the spectrum is in it */
  public LogMel(LogMelSettings settings) {
    this.settings = settings;
    window = window(settings);
    filterbank = new MelFilterbank(settings);
    fft = new DoubleFFT_1D(settings.fftSize());
    power = settings.spectrum().equals("power");
    decibels = settings.log().equals("20log10") ? 20 : 10;
  }

  public LogMelSettings settings() {
    return settings;
  }

  /** How many frames a clip of so many samples has. */
  public int frameCount(int samples) {
    if (samples < settings.frameLength()) {
      return samples == 0 ? 0 : 1;
    }
    return (samples - settings.frameLength()) / settings.hop() + 1;
  }

  /**
   * A clip as an example, resampled to the settings' rate.
   *
   * @param id of the clip, for messages
   * @param label index of its class
   * @throws org.lull.input.InvalidInputException if it is silent, or holds numbers that are not finite
   */
  public Example example(Audio audio, String id, int label) {
    float[] frames = frames(Resampler.resample(audio.requireSound(id), settings.sampleRate()).samples()); // [steps][filters]
    return new Example(id, frames, frames.length / settings.filters(), settings.filters(), label);
  }

  /**
   * All frames of a clip.
   *
   * @param samples at the settings' sample rate, full scale -1..1
   * @return [frameCount(samples.length)][filters], row after row, in dB
   */
  public float[] frames(float[] samples) {
    int frames = frameCount(samples.length);
    float[] levels = new float[frames * settings.filters()];
    for (int t = 0; t < frames; t++) {
      int offset = t * settings.hop();
      frame(samples, offset, Math.min(settings.frameLength(), samples.length - offset), levels, t * settings.filters());
    }
    return levels;
  }

  /**
   * One frame.
   *
   * @param length samples that there are from the offset on, at most a frame; the rest counts as zeros
   * @param levels where the settings' number of levels go, from {@code to} on
   */
  void frame(float[] samples, int offset, int length, float[] levels, int to) {
    frame(samples, offset, length, levels, to, new Work(settings));
  }

  /** Working memory of one thread. */
  static final class Work {
    private final double[] transform;
    private final double[] spectrum;

    Work(LogMelSettings settings) {
      transform = new double[settings.fftSize()];
      spectrum = new double[settings.fftSize() / 2 + 1];
    }
  }

  /** The same, without allocating anything. */
  void frame(float[] samples, int offset, int length, float[] levels, int to, Work work) {
    double[] transform = work.transform;
    for (int i = 0; i < length; i++) {
      transform[i] = samples[offset + i] * window[i];
    }
    Arrays.fill(transform, length, transform.length, 0);
    fft.realForward(transform);
    double[] spectrum = work.spectrum;
    spectrum(transform, spectrum);
    for (int f = 0; f < settings.filters(); f++) {
      double level = decibels * StrictMath.log10(filterbank.sum(f, spectrum)); // -infinity for digital silence
      levels[to + f] = (float) Math.max(level, settings.floorDb());
    }
  }

  /** [fftSize / 2 + 1] from the packing of realForward: Re 0, Re n/2, Re 1, Im 1, Re 2, Im 2, ... */
  private void spectrum(double[] transform, double[] spectrum) {
    int half = transform.length / 2;
    spectrum[0] = bin(transform[0], 0);
    spectrum[half] = bin(transform[1], 0);
    for (int k = 1; k < half; k++) {
      spectrum[k] = bin(transform[2 * k], transform[2 * k + 1]);
    }
  }

  private double bin(double re, double im) {
    double squared = re * re + im * im;
    return (power ? squared : Math.sqrt(squared)) / settings.divisor();
  }

  private static double[] window(LogMelSettings settings) {
    double pedestal = settings.window().equals("hamming") ? 0.54 : 0.5;
    double[] window = new double[settings.frameLength()];
    Arrays.setAll(window, n -> pedestal - (1 - pedestal) * StrictMath.cos(2 * Math.PI * n / window.length));
    return window;
  }
}

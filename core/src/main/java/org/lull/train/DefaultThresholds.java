// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.Arrays;
import java.util.List;
import org.lull.kernel.Kernels;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.rnn.Thresholds;

/**
 * The thresholds of a delta network for which none are given. They follow the training examples:
 *
 * <ul>
 * <li>A channel of the input has 0.15 (in standard deviations of the channel), or {@value #STEPS_TO_FIRE} times its mean step, if this is
 * less. Its step is how far it moves from one timestep to the next. So a channel that moves slowly still transmits at every second timestep
 * or so.
 * <li>A hidden state has the mean of these thresholds, because hidden states move about as fast as the input that drives them.
 * <li>If the training examples have fewer than {@value #LARGE} timesteps in all, every threshold is multiplied by the square root of their
 * number over {@value #LARGE}. Such data trains in a minute, so there is little to save, and networks that have little to learn from lose
 * more accuracy by what is not transmitted.
 * </ul>
 *
 * <p>For a large corpus of speech all thresholds are 0.15.
 *
 * @param channels [channels], thresholds of the network's input, a copy
 * @param hidden threshold of the hidden states of all layers
 */
public record DefaultThresholds(float[] channels, float hidden) {
  /** Threshold for large data that moves fast. */
  public static final float LARGEST = 0.15f;
  private static final double STEPS_TO_FIRE = 1.5;
  private static final long LARGE = 150_000;

  public DefaultThresholds {
    channels = channels.clone();
  }

  @Override
  public float[] channels() {
    return channels.clone();
  }

  /**
   * The thresholds for these training examples.
   *
   * @param examples at least one
   * @param normalisation statistics of the examples
   */
  public static DefaultThresholds of(List<Example> examples, Normalisation normalisation) {
    int n = normalisation.channels();
    double[] moved = new double[n];
    long steps = 0;
    for (Example example : examples) {
      float[] frames = example.raw();
      for (int i = n; i < frames.length; i++) {
        moved[i % n] += Math.abs((double) frames[i] - frames[i - n]);
      }
      steps += example.steps();
    }
    float[] deviation = normalisation.deviation();
    long moves = steps - examples.size();
    double size = Math.min(1, Math.sqrt(steps / (double) LARGE));
    float[] channels = new float[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      // a channel that never moves has nothing to transmit; a threshold of 0 would transmit it at every timestep
      double theta = moved[i] == 0 ? LARGEST : Math.min(LARGEST, STEPS_TO_FIRE * (moved[i] / moves) / deviation[i]);
      channels[i] = (float) (size * theta);
      sum += channels[i];
    }
    return new DefaultThresholds(channels, (float) (sum / n));
  }

  /** 0.15 everywhere: the thresholds that a {@link Budget} starts from. */
  public static DefaultThresholds uniform(int inputs) {
    float[] channels = new float[inputs];
    Arrays.fill(channels, LARGEST);
    return new DefaultThresholds(channels, LARGEST);
  }

  /**
   * The thresholds of one layer. Its input is that of the network, or the hidden states of the layer below.
   *
   * @param perEntry whether entries may have thresholds of their own; otherwise all channels have the smallest threshold
   */
  public Thresholds of(NetworkSpec spec, int layer, boolean perEntry) {
    float[] x = new float[Kernels.pad(spec.inputs(layer))];
    float[] h = new float[Kernels.pad(spec.hidden())];
    Arrays.fill(h, hidden);
    Arrays.fill(x, layer > 0 ? hidden : perEntry ? LARGEST : smallest());
    if (layer == 0 && perEntry) {
      System.arraycopy(channels, 0, x, 0, channels.length);
    }
    return new Thresholds(x, h);
  }

  private float smallest() {
    float smallest = LARGEST;
    for (float theta : channels) {
      smallest = Math.min(smallest, theta);
    }
    return smallest;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DefaultThresholds thresholds && Arrays.equals(channels, thresholds.channels) && hidden == thresholds.hidden;
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(channels) + Float.hashCode(hidden);
  }

  @Override
  public String toString() {
    return "channels " + Arrays.toString(channels) + ", hidden " + hidden;
  }
}

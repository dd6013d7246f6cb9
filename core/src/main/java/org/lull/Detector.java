// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.lull.input.InvalidInputException;

/**
 * Decides from the probabilities of a stream when a word is reported: posterior smoothing, a threshold, hits in a row, and a refractory
 * time. A word is reported again only after its average has been below its threshold. Allocates nothing. Only one thread may use it.
 *
 * <p>Source: G. Chen, C. Parada, G. Heigold, "Small-footprint keyword spotting using deep neural networks", ICASSP 2014, section 3.3
 * (smoothing); P. Warden, "Speech Commands", arXiv 1804.03209, section 7.7 (streaming: averages, minimum count, suppression).
 */
public final class Detector {
  /** Nothing is reported. */
  public static final int NONE = -1;

  private final int smoothing;
  private final int hits;
  private final int refractory; // decisions
  private final double[] thresholds; // [labels]; above 1 for those that are never reported
  private final float[][] last; // [smoothing][labels], a ring
  private final float[] mean; // [labels]
  private final int[] inARow; // [labels]
  private final boolean[] armed; // [labels]
  private long decisions;
  private long quietUntil;

  /**
   * @param labels names of the classes, in the order of the probabilities. One that begins with '_', such as {@code _unknown_}, is never
   *     reported
   * @throws InvalidInputException if there is a threshold of a word that is none of the labels
   */
  public Detector(DetectorSettings settings, List<String> labels) {
    for (Map.Entry<String, Double> each : settings.thresholds().entrySet()) {
      if (!labels.contains(each.getKey())) {
        throw new InvalidInputException("detector: threshold of " + each.getKey() + ", expected one of " + String.join(", ", labels));
      }
    }
    int n = labels.size();
    smoothing = settings.smoothing();
    hits = settings.hits();
    refractory = Math.ceilDiv(settings.refractory(), settings.hop());
    thresholds = new double[n];
    for (int k = 0; k < n; k++) {
      thresholds[k] = isWord(labels.get(k)) ? settings.threshold(labels.get(k)) : 2;
    }
    last = new float[smoothing][n];
    mean = new float[n];
    inARow = new int[n];
    armed = new boolean[n];
    reset();
  }

  /** Whether a class is a word to be reported; classes such as {@code _unknown_} and {@code _silence_} are none. */
  public static boolean isWord(String label) {
    return !label.startsWith("_");
  }

  /**
   * Takes the next decision of the network.
   *
   * @param probabilities [labels]
   * @return index of the word that is reported, or {@link #NONE}
   */
  public int push(float[] probabilities) {
    System.arraycopy(probabilities, 0, last[(int) (decisions % smoothing)], 0, mean.length);
    decisions++;
    int best = NONE;
    for (int k = 0; k < mean.length; k++) {
      float sum = 0;
      for (float[] each : last) { // those before the first decision are 0
        sum += each[k];
      }
      mean[k] = sum / smoothing;
      boolean reached = mean[k] >= thresholds[k];
      inARow[k] = reached ? inARow[k] + 1 : 0;
      armed[k] |= !reached;
      if (armed[k] && inARow[k] >= hits && (best == NONE || mean[k] > mean[best])) {
        best = k;
      }
    }
    if (best == NONE || decisions <= quietUntil) {
      return NONE;
    }
    armed[best] = false;
    quietUntil = decisions + refractory;
    return best;
  }

  /** The average probability of a class over the last decisions. */
  public float mean(int label) {
    return mean[label];
  }

  /** The class with the highest average that is a word; {@link #NONE} if no class is one. */
  public int top() {
    int best = NONE;
    for (int k = 0; k < mean.length; k++) {
      if (thresholds[k] <= 1 && (best == NONE || mean[k] > mean[best])) {
        best = k;
      }
    }
    return best;
  }

  /** Forgets everything, for another stream. */
  public void reset() {
    decisions = 0;
    quietUntil = 0;
    for (float[] each : last) {
      Arrays.fill(each, 0f);
    }
    Arrays.fill(mean, 0f);
    Arrays.fill(inARow, 0);
    Arrays.fill(armed, true);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.lull.input.InvalidInputException;

/**
 * How a {@link KeywordSpotter} runs a model over a stream, and when it reports a word. A model file may hold them.
 *
 * <p>There are two ways to run. A model that was trained on clips runs in windows: every {@code hop} frames it decides on the last
 * {@code window} frames, from a fresh state. A model that was trained on streams runs with one state, and decides at every frame;
 * {@code window} is then 0.
 *
 * @param window frames of a decision; 0 for one running state
 * @param hop frames between decisions; 1 with one running state
 * @param smoothing how many decisions the probabilities are averaged over
 * @param hits how many averages in a row must reach the threshold
 * @param refractory frames after a report in which nothing else is reported
 * @param threshold average probability from which on a word is reported, above 0 to 1
 * @param thresholds of single words, where they are others
 */
public record DetectorSettings(int window, int hop, int smoothing, int hits, int refractory, double threshold,
    SortedMap<String, Double> thresholds) {

  /** @throws InvalidInputException if a number is out of range; the message names it */
  public DetectorSettings {
    require(window >= 0, "window", window, "frames, or 0 for one running state");
    require(hop >= 1 && (window == 0 ? hop == 1 : hop <= window), "hop", hop,
        window == 0 ? "1 with one running state" : "1 to the window of " + window + " frames");
    require(smoothing >= 1 && smoothing <= 10_000, "smoothing", smoothing, "1 to 10000 decisions");
    require(hits >= 1, "hits", hits, "1 or more decisions in a row");
    require(refractory >= 0, "refractory time", refractory, "0 frames or more");
    require(threshold > 0 && threshold <= 1, "threshold", threshold, "a probability above 0, to 1");
    thresholds = thresholds == null ? new TreeMap<>() : new TreeMap<>(thresholds);
    thresholds.forEach((word, value) -> require(value != null && value > 0 && value <= 1, "threshold of " + word, value,
        "a probability above 0, to 1"));
  }

  private static void require(boolean ok, String what, Number value, String expected) {
    if (!ok) {
      throw new InvalidInputException("detector: " + what + " " + value + ", expected " + expected);
    }
  }

  /** Of a model that was trained on streams: one running state. A word is reported from a mean of 0.8 over 5 frames on. */
  public static DetectorSettings running() {
    return new DetectorSettings(0, 1, 5, 1, 40, 0.8, null);
  }

  /** Of a model that was trained on clips of that many frames: four windows in the time of one. */
  public static DetectorSettings windows(int frames) {
    return new DetectorSettings(frames, Math.max(1, frames / 4), 2, 1, frames, 0.8, null);
  }

  /** Whether one state runs through the stream. */
  public boolean keepsState() {
    return window == 0;
  }

  /** The threshold of a word. */
  public double threshold(String word) {
    return thresholds.getOrDefault(word, threshold);
  }

  /** The same with one threshold for all words. */
  public DetectorSettings withThreshold(double value) {
    return new DetectorSettings(window, hop, smoothing, hits, refractory, value, null);
  }

  @Override
  public SortedMap<String, Double> thresholds() {
    return new TreeMap<>(thresholds);
  }
}

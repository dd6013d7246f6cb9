// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.util.List;
import org.lull.cli.report.ActivityRaster;

/**
 * What {@code lull demo} found, as printed with --json.
 *
 * @param out folder with the files
 * @param model the model that the demo begins with
 * @param said the commands that were recognised one by one
 */
record DemoResult(String out, long seed, Model model, List<Recognised> said, Activity activity, Learned learned, List<String> files) {

  record Model(String cell, int layers, int hidden, long parameters, long bytes, List<String> labels) {}

  /** A recording, and what the model takes it for; scores are probabilities. */
  record Recognised(String file, String transcription, String expected, String label, double score, String next, double nextScore) {
    boolean right() {
      return label.equals(expected);
    }
  }

  /** What running the model on one recording took: multiply-adds of the layers, and the share of the entries of each that fired. */
  record Activity(String file, String transcription, int frames, double seconds, long macs, long denseMacs, List<BandShare> fired) {
    static List<BandShare> shares(ActivityRaster raster) {
      return raster.bands().stream().map(band -> new BandShare(band.name(), band.entries(), band.share())).toList();
    }
  }

  record BandShare(String entries, int count, double fired) {}

  /**
   * The new word.
   *
   * @param learnedFrom recordings it was learned from
   * @param exemplars recordings kept of the known commands, for the learner
   * @param heldOut recordings of the word by other speakers, and how many of them are recognised after learning
   * @param takenFor what the model takes these for before it learns, the most frequent
   * @param known recordings of the known commands by other speakers, and how many of them are recognised before and after
   */
  record Learned(String word, String transcription, int learnedFrom, int exemplars, int heldOut, int heldOutRight, String takenFor,
      int known,
      int knownRightBefore, int knownRightAfter, Recognised example) {}
}

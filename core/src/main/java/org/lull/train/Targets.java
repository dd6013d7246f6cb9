// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.Arrays;
import org.lull.network.Head;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Sequence;

/**
 * The training targets of a head, and how scores become a decision. With {@link Head#FRAMES} output 0 is silence and class k is output k +
 * 1. The target of the first and last two timesteps is silence, and the target of all others is the class. The decision is that of the last
 * timestep that is not silence, as in Chen et al. 2024.
 *
 * <p>A {@linkplain Example#ofStream stream} says itself what is to be recognised at each timestep; background is output 0. A timestep with
 * a word counts {@value #OF_WORD} times as much in the loss, as words are short. The decision is the class with the highest probability of
 * all timesteps, without those at which another word than that of the example is right.
 */
public final class Targets {
  private static final int SILENT_EDGE = 2;
  private static final int OF_WORD = 4;

  private Targets() {}

  /**
   * Computes the loss of sequence s for the target of the example. Overwrites the logits of s with the gradient of weight times the loss.
   */
  public static double lossAndGradient(Loss of, NetworkPass pass, Head head, int s, Example example, Sequence input, int outputs,
      double weight) {
    int stride = pass.logitsStride();
    if (head != Head.FRAMES) {
      return of.lossAndGradient(example, input, pass.logits(), s * stride, outputs, example.label(), weight);
    }
    if (input.frameLabels().length > 0) {
      return ofStream(of, pass, s, example, input, outputs, weight);
    }
    int steps = pass.packing().length(s);
    double loss = 0;
    for (int t = 0; t < steps; t++) {
      boolean edge = steps > 2 * SILENT_EDGE && (t < SILENT_EDGE || t >= steps - SILENT_EDGE);
      int at = pass.packing().row(t, s) * stride;
      loss += of.lossAndGradient(example, input, pass.logits(), at, outputs, edge ? 0 : example.label() + 1, weight / steps);
    }
    return loss / steps;
  }

  private static int weight(int frameLabel) {
    return frameLabel == Example.IGNORED ? 0 : frameLabel == Example.BACKGROUND ? 1 : OF_WORD;
  }

  /** The weighted mean over the frames that are not ignored; 0 if all are. */
  private static double ofStream(Loss of, NetworkPass pass, int s, Example example, Sequence input, int outputs, double weight) {
    int steps = pass.packing().length(s);
    int weights = 0;
    for (int label : input.frameLabels()) {
      weights += weight(label);
    }
    double loss = 0;
    for (int t = 0; t < steps; t++) {
      int at = pass.packing().row(t, s) * pass.logitsStride();
      int label = input.frameLabels()[t]; // of the augmented example, whose classes may be elsewhere than those of the original
      if (label == Example.IGNORED) {
        Arrays.fill(pass.logits(), at, at + outputs, 0f);
      } else {
        double share = weight(label) / (double) weights;
        loss += share * of.lossAndGradient(example, input, pass.logits(), at, outputs, label + 1, weight * share); // background: output 0
      }
    }
    return loss;
  }

  /** The class that is predicted for sequence s. */
  static int decide(NetworkPass pass, Head head, int s, Example example, Sequence input, int outputs) {
    if (input.frameLabels().length > 0) {
      return highest(pass, s, example.label(), input, outputs);
    }
    int first = head.outputs(0);
    return largest(pass.logits(), decidingRow(pass, head, s, outputs) * pass.logitsStride(), first, outputs) - first;
  }

  /** The class with the highest probability of all timesteps but those of other words. */
  private static int highest(NetworkPass pass, int s, int label, Sequence input, int outputs) {
    int best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (int t = 0; t < pass.packing().length(s); t++) {
      if (input.frameLabels()[t] != Example.BACKGROUND && input.frameLabels()[t] != label) {
        continue;
      }
      int at = pass.packing().row(t, s) * pass.logitsStride();
      int k = largest(pass.logits(), at, 1, outputs);
      double sum = 0; // of exp(score - score of k): 1 / probability of k
      for (int j = 0; j < outputs; j++) {
        sum += StrictMath.exp((double) pass.logits()[at + j] - pass.logits()[at + k]);
      }
      if (-sum > highest) {
        highest = -sum;
        best = k - 1;
      }
    }
    return best;
  }

  /** The scores that decide the class of a sequence that ran alone: one for each class, [labels]. */
  public static float[] scores(NetworkPass pass, NetworkSpec spec) {
    int at = decidingRow(pass, spec.head(), 0, spec.outputs()) * pass.logitsStride();
    return Arrays.copyOfRange(pass.logits(), at + spec.head().outputs(0), at + spec.outputs());
  }

  /**
   * The row of logits that decides. With {@link Head#FRAMES} it is the row of the last timestep that is not silence. If all timesteps are
   * silence, it is the last row, and the class with the largest score in it counts.
   */
  private static int decidingRow(NetworkPass pass, Head head, int s, int outputs) {
    if (head != Head.FRAMES) {
      return s;
    }
    int steps = pass.packing().length(s);
    for (int t = steps - 1; t >= 0; t--) {
      int row = pass.packing().row(t, s);
      if (largest(pass.logits(), row * pass.logitsStride(), 0, outputs) > 0) {
        return row;
      }
    }
    return pass.packing().row(steps - 1, s);
  }

  private static int largest(float[] logits, int at, int from, int to) {
    int best = from;
    for (int k = from + 1; k < to; k++) {
      if (logits[at + k] > logits[at + best]) {
        best = k;
      }
    }
    return best;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.Arrays;
import org.lull.network.Head;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Sequence;

/**
 * What a head is taught and how its scores become a decision. With {@link Head#FRAMES} output 0 is silence and class k is output k + 1: the
 * first and last two timesteps are silence, those between them the class; the decision is the last timestep that is not silence, as in
 * Chen et al. 2024.
 */
public final class Targets {
  private static final int SILENT_EDGE = 2;

  private Targets() {}

  /** Loss of sequence s for the example's class, its logits overwritten with the gradient of weight times the loss. */
  public static double replaceByGradient(Loss of, NetworkPass pass, Head head, int s, Example example, Sequence input, int outputs,
      double weight) {
    int stride = pass.logitsStride();
    if (head != Head.FRAMES) {
      return of.replaceByGradient(example, input, pass.logits(), s * stride, outputs, example.label(), weight);
    }
    int steps = pass.packing().length(s);
    double loss = 0;
    for (int t = 0; t < steps; t++) {
      boolean edge = steps > 2 * SILENT_EDGE && (t < SILENT_EDGE || t >= steps - SILENT_EDGE);
      int at = pass.packing().row(t, s) * stride;
      loss += of.replaceByGradient(example, input, pass.logits(), at, outputs, edge ? 0 : example.label() + 1, weight / steps);
    }
    return loss / steps;
  }

  /** The class sequence s is taken for. */
  static int decide(NetworkPass pass, Head head, int s, int outputs) {
    int first = head.outputs(0);
    return largest(pass.logits(), decidingRow(pass, head, s, outputs) * pass.logitsStride(), first, outputs) - first;
  }

  /** The scores by which the sequence that ran alone is taken for a class: one for each class, [labels]. */
  public static float[] scores(NetworkPass pass, NetworkSpec spec) {
    int at = decidingRow(pass, spec.head(), 0, spec.outputs()) * pass.logitsStride();
    return Arrays.copyOfRange(pass.logits(), at + spec.head().outputs(0), at + spec.outputs());
  }

  /**
   * The row of logits that decides: with {@link Head#FRAMES} that of the last timestep that is not silence, and of silence throughout that
   * of the last timestep, where the class that came nearest counts.
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

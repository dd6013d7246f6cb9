package org.lull.train;

import org.lull.network.Head;
import org.lull.network.NetworkPass;
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
    int stride = pass.logitsStride();
    if (head != Head.FRAMES) {
      return largest(pass.logits(), s * stride, 0, outputs);
    }
    int steps = pass.packing().length(s);
    for (int t = steps - 1; t >= 0; t--) {
      int output = largest(pass.logits(), pass.packing().row(t, s) * stride, 0, outputs);
      if (output > 0) {
        return output - 1;
      }
    }
    // silence throughout: the class that came nearest at the end
    return largest(pass.logits(), pass.packing().row(steps - 1, s) * stride, 1, outputs) - 1;
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

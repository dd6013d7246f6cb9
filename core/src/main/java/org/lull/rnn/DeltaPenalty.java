// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

/**
 * A term of the loss that makes hidden states move less, so that fewer entries fire (Neil et al. 2017, "Delta networks for optimized
 * recurrent network computation"). It is the strength times the L1 norm of the deltas of the hidden units, to the same layer and to the
 * layer above, as a mean over the timesteps.
 *
 * @param x strength for the deltas of the input of the layer; 0 in the first layer, whose input is data
 * @param h strength for the deltas of the hidden states of the layer
 */
public record DeltaPenalty(float x, float h) {
  public static final DeltaPenalty NONE = new DeltaPenalty(0, 0);

  /**
   * Adds the gradient of the penalty to dL/d(delta) of a list of entries that fired: strength / steps times the sign of delta.
   *
   * @param d at {@code at}, in the order of the list
   * @param delta from {@code first} to {@code last - 1}
   */
  static void addGradient(float strength, int steps, float[] delta, int first, int last, float[] d, int at) {
    if (strength != 0) {
      float share = strength / steps;
      for (int k = first; k < last; k++) {
        d[at + k - first] += share * Math.signum(delta[k]);
      }
    }
  }

  /**
   * Adds the gradient of the penalty by entry: to dL/dv, and with the opposite sign to A, the gradient of the reference, as delta = v -
   * vHat.
   *
   * @param entries numbers of the entries, with their deltas, from {@code first} to {@code last - 1}
   * @param dv dL/dv of entry e at {@code dvAt + e}, A of it at {@code aAt + e}
   */
  static void addGradient(float strength, int steps, int[] entries, float[] delta, int first, int last, float[] dv, int dvAt, int aAt) {
    if (strength != 0) {
      float share = strength / steps;
      for (int k = first; k < last; k++) {
        float gradient = share * Math.signum(delta[k]);
        dv[dvAt + entries[k]] += gradient;
        dv[aAt + entries[k]] -= gradient;
      }
    }
  }
}

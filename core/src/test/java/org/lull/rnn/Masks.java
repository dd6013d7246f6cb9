// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

/** What fired, as matrices: opens {@link ActiveSet} to tests of other packages. */
public final class Masks {
  private Masks() {}

  /** [T][inputs + H] of the sequence a layer last ran. */
  public static boolean[][] of(Tape tape, LayerLayout layout, int steps) {
    boolean[][] active = new boolean[steps][layout.columns()];
    ActiveSet lists = tape.active(0);
    for (int t = 0; t < steps; t++) {
      for (int k = lists.xStart(t); k < lists.end(t); k++) {
        active[t][lists.list[k]] = true;
      }
    }
    return active;
  }

  /** The same where dense products stood in for the sparse ones; one sequence. */
  public static boolean[][] held(Tape tape, LayerLayout layout, int steps) {
    boolean[][] active = new boolean[steps][layout.columns()];
    for (int t = 0; t < steps; t++) {
      for (int j = 0; j < layout.columns(); j++) {
        active[t][j] = tape.held.fired(t, j);
      }
    }
    return active;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.Arrays;
import org.lull.kernel.Kernels;

/**
 * The timesteps of one sequence at which the delta memory is computed from all references, M_t = bias + W vHat_t, instead of from what
 * changed. The name is that of video, where now and then a whole picture comes between those that say what changed.
 *
 * <p>M is a long sum, of which two things spoil the low digits: many small terms, and a large one that is taken back later, such as the
 * one frame of a click. So a keyframe is taken when as many entries have fired as there are in {@value #EVERY} timesteps, which makes the
 * products dearer by less than a hundredth, and wherever an entry moves by more than {@value #LARGE}. The three products of a keyframe take
 * all columns, as those of a dense layer do; G, which is a sum from the end of the sequence to its beginning, begins anew before it (see
 * {@link DeltaLayer}). Which timesteps they are depends on what fired, and on nothing else.
 */
final class Keyframes {
  /** From one to the next, if nothing large comes between, in timesteps in which everything fires. The first M, the bias, is exact. */
  static final int EVERY = 128;
  /** The largest move of an entry that is added to M. Features have a standard deviation of 1, and most cells hidden units below 1. */
  static final float LARGE = Kernels.LARGE_MOVE;

  private final int inputs;
  private final int columns;
  private int[] timesteps = new int[0];
  /** vHat_t of each, [keyframes][columns]. */
  private float[] references = new float[0];
  private int count;
  /** Entries that were added to M since it was last exact. */
  private int added;

  Keyframes(int inputs, int columns) {
    this.inputs = inputs;
    this.columns = columns;
  }

  /**
   * Begins a sequence.
   *
   * @param added {@link #added} of the part of the sequence that was run before; 0 for none
   */
  void begin(int added) {
    count = 0;
    this.added = added;
  }

  /** Entries that were added to M since the last keyframe: what to {@link #begin} the rest of the sequence with. */
  int added() {
    return added;
  }

  /**
   * Whether timestep t is to be a keyframe; its references are then kept.
   *
   * @param fired how many entries fired
   * @param large whether one of them moved by more than {@link #LARGE}
   * @param a array of the references after it: of x at {@code xReference}, of h at {@code hReference}
   */
  boolean take(int t, int fired, boolean large, float[] a, int xReference, int hReference) {
    if (!large && added < EVERY * columns) {
      added += fired;
      return false;
    }
    keep(t, a, xReference, hReference);
    added = 0;
    return true;
  }

  private void keep(int t, float[] a, int xReference, int hReference) {
    if (count == timesteps.length) {
      timesteps = Arrays.copyOf(timesteps, 2 * count + 1);
      references = Arrays.copyOf(references, timesteps.length * columns);
    }
    timesteps[count] = t;
    System.arraycopy(a, xReference, references, count * columns, inputs);
    System.arraycopy(a, hReference, references, count * columns + inputs, columns - inputs);
    count++;
  }

  /** How many there were. */
  int count() {
    return count;
  }

  /** The timestep of keyframe i. */
  int timestep(int i) {
    return timesteps[i];
  }

  /** Which keyframe timestep t is; below 0 for none. */
  int at(int t) {
    return Arrays.binarySearch(timesteps, 0, count, t);
  }

  /** vHat of all keyframes, [keyframes][columns]. */
  float[] references() {
    return references;
  }

  long bytes() {
    return Integer.BYTES * (long) timesteps.length + Float.BYTES * (long) references.length;
  }
}

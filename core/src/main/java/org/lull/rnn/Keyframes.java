// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.Arrays;
import org.lull.kernel.Kernels;

/**
 * The timesteps of one sequence at which the delta memory M is computed from all references, M_t = bias + W vHat_t, instead of from the
 * deltas. The name comes from video: a keyframe is a whole picture, the frames between keyframes store only changes.
 *
 * <p>M is a long sum. It loses precision by many small terms, and by a large term that is taken back later, as with a click of one frame.
 * So a keyframe is taken when as many entries have fired since the last one as there are in {@value #EVERY} timesteps, and when an entry
 * moves by more than {@value #LARGE}. The first rule adds less than 1 % to the multiply-adds. At a keyframe all three products take all
 * columns, as in a dense layer, and the sum G begins anew (see {@link DeltaLayer}). Only the entries that fired decide which timesteps are
 * keyframes.
 */
final class Keyframes {
  /** Number of timesteps between keyframes if every entry fires and no move is large. M_0, the bias, is exact. */
  static final int EVERY = 128;
  /** Largest delta that is added to M. Features have a standard deviation of 1, and hidden units of most cells are below 1. */
  static final float LARGE = Kernels.LARGE_MOVE;

  private final int inputs;
  private final int columns;
  private int[] timesteps = new int[0];
  /** vHat_t of each keyframe, [keyframes][columns]. */
  private float[] references = new float[0];
  private int count;
  /** Number of entries that were added to M since the last keyframe. */
  private int added;

  Keyframes(int inputs, int columns) {
    this.inputs = inputs;
    this.columns = columns;
  }

  /**
   * Begins a sequence.
   *
   * @param added {@link #added} after the part of the sequence that was run before; 0 if there is none
   */
  void begin(int added) {
    count = 0;
    this.added = added;
  }

  /** Number of entries that were added to M since the last keyframe. The rest of the sequence must {@link #begin} with it. */
  int added() {
    return added;
  }

  /**
   * Decides whether timestep t is a keyframe. If it is, its references are stored.
   *
   * @param fired number of entries that fired
   * @param large whether one of them moved by more than {@link #LARGE}
   * @param a array of the references after the timestep: of x at {@code xReference}, of h at {@code hReference}
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

  /** Number of keyframes. */
  int count() {
    return count;
  }

  /** The timestep of keyframe i. */
  int timestep(int i) {
    return timesteps[i];
  }

  /** Index of the keyframe at timestep t; below 0 if it is none. */
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

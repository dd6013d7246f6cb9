// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import java.util.Arrays;
import org.lull.cost.TapeSize;
import org.lull.kernel.Kernels;

/**
 * The entries of v that fired at each timestep of one sequence, with their deltas. The forward product, the transposed product and the
 * weight gradient all use these lists. An entry has the number of its column of W: 0..Nx-1 for x, then Nx..N-1 for h.
 *
 * <p>The entries are stored as lists by timestep (compressed sparse rows). {@link #byColumn} makes lists by entry from a block of
 * timesteps, for the weight gradient.
 */
public final class ActiveSet {
  private final int inputs;
  private final int columns;
  private final int xGroups;
  private final int groups;

  /** Numbers of active entries, timestep after timestep, ascending within x and within h. */
  int[] list = new int[256];
  /** Their deltas. */
  float[] delta = new float[256];
  /** Bit masks of fired entries, [T][groups]. */
  int[] fired = new int[0];
  private int[] start = new int[1];
  /** Largest numbers of active entries, and of masks, of a sequence so far. */
  private int mostEntries;
  private int mostMasks;

  /** The timesteps at which the products take all columns. */
  final Keyframes keyframes;
  private int[] allColumns = new int[0];

  /** Lists by entry, filled by {@link #byColumn}: timesteps (counted in the block), deltas, and where the list of each column begins. */
  int[] steps = new int[0];
  float[] deltaByColumn = new float[0];
  final int[] columnStart;

  ActiveSet(LayerLayout layout) {
    inputs = layout.inputs();
    columns = layout.columns();
    xGroups = layout.paddedInputs() / Kernels.LANES;
    groups = xGroups + layout.paddedUnits() / Kernels.LANES;
    columnStart = new int[columns + 2];
    keyframes = new Keyframes(inputs, columns);
  }

  /**
   * Makes room for a sequence of this number of timesteps.
   *
   * @param addedToM see {@link Keyframes#begin}
   */
  void begin(int timesteps, int addedToM) {
    keyframes.begin(addedToM);
    if (start.length < 2 * timesteps + 1) {
      start = new int[2 * timesteps + 1];
      fired = new int[timesteps * groups];
    }
  }

  /**
   * Encodes timestep t: x, then h_{t-1}, each against its reference.
   *
   * @return whether it is a keyframe
   */
  boolean encode(Kernels kernels, int t, Thresholds thresholds, float[] x, int xAt, float[] a, int xReference, int h, int hReference) {
    int count = start[2 * t];
    int room = count + (groups + 1) * Kernels.LANES;
    if (room > list.length) {
      list = Arrays.copyOf(list, 2 * room);
      delta = Arrays.copyOf(delta, 2 * room);
    }
    int at = t * groups;
    int afterX = kernels.encode(x, xAt, a, xReference, thresholds.ofX(), inputs, 0, list, delta, count, fired, at);
    count = afterX < 0 ? ~afterX : afterX;
    start[2 * t + 1] = count;
    int afterH = kernels.encode(a, h, a, hReference, thresholds.ofH(), columns - inputs, inputs, list, delta, count, fired, at + xGroups);
    count = afterH < 0 ? ~afterH : afterH;
    start[2 * t + 2] = count;
    mostEntries = Math.max(mostEntries, count);
    mostMasks = Math.max(mostMasks, at + groups);
    return keyframes.take(t, count - start[2 * t], (afterX | afterH) < 0, a, xReference, hReference);
  }

  /** Position in the list of the first entry of timestep t; entries of x come first. */
  int xStart(int t) {
    return start[2 * t];
  }

  /** Position in the list of the first entry of h of timestep t. */
  int hStart(int t) {
    return start[2 * t + 1];
  }

  /** Position in the list after the last entry of timestep t. */
  int end(int t) {
    return start[2 * t + 2];
  }

  /** Position in the list of the first entry of x from number e on, of timestep t; e is a multiple of LANES, or Nx for the end. */
  int xStart(int t, int e) {
    return xStart(t) + count(xFired(t, 0), xFired(t, Kernels.pad(e)));
  }

  /** Position in the list of the first entry of h from unit u on, of timestep t; u is a multiple of LANES, or Nh for the end. */
  int hStart(int t, int u) {
    return hStart(t) + count(hFired(t, 0), hFired(t, Kernels.pad(u)));
  }

  private int count(int from, int to) {
    int count = 0;
    for (int group = from; group < to; group++) {
      count += Integer.bitCount(fired[group]);
    }
    return count;
  }

  /** Position in {@link #fired} of the mask of x from entry e on, of timestep t; e is a multiple of LANES. */
  int xFired(int t, int e) {
    return t * groups + e / Kernels.LANES;
  }

  /** Position in {@link #fired} of the mask of h from unit u on, of timestep t; u is a multiple of LANES. */
  int hFired(int t, int u) {
    return t * groups + xGroups + u / Kernels.LANES;
  }

  /** Size of all arrays in bytes. */
  long bytes() {
    return Float.BYTES * ((long) delta.length + deltaByColumn.length) + keyframes.bytes()
        + Integer.BYTES * ((long) list.length + fired.length + start.length + steps.length + columnStart.length + allColumns.length);
  }

  /** Largest size, in bytes, of the lists and masks of a sequence so far; see {@link TapeSize}. */
  long bytesOfActive() {
    return (Integer.BYTES + Float.BYTES) * (long) mostEntries + Integer.BYTES * (long) mostMasks;
  }

  /** Number of entries of x that fired in the first {@code timesteps} timesteps. */
  long activeX(int timesteps) {
    long n = 0;
    for (int t = 0; t < timesteps; t++) {
      n += hStart(t) - xStart(t);
    }
    return n;
  }

  /** Number of entries of h that fired in the first {@code timesteps} timesteps. */
  long activeH(int timesteps) {
    return end(timesteps - 1) - activeX(timesteps);
  }

  /** Number of entries of x that did not fire at keyframes. */
  long restX() {
    long n = 0;
    for (int i = 0; i < keyframes.count(); i++) {
      int t = keyframes.timestep(i);
      n += inputs - (hStart(t) - xStart(t));
    }
    return n;
  }

  /** Number of entries of h that did not fire at keyframes. */
  long restH() {
    long n = 0;
    for (int i = 0; i < keyframes.count(); i++) {
      int t = keyframes.timestep(i);
      n += columns - inputs - (end(t) - hStart(t));
    }
    return n;
  }

  /**
   * Sorts the terms of the weight gradient of timesteps from..to-1 by entry (a counting sort). Those of column j are then at columnStart[j]
   * .. columnStart[j + 1] - 1. A timestep has a term for each entry that fired. A keyframe has a term for each entry, with its reference.
   */
  void byColumn(int from, int to) {
    int terms = end(to - 1) - xStart(from) + (keyframes.count() == 0 ? 0 : roomForKeyframes(from, to));
    if (steps.length < terms) {
      steps = new int[2 * terms];
      deltaByColumn = new float[2 * terms];
    }
    Arrays.fill(columnStart, 0);
    for (int t = from; t < to; t++) {
      boolean keyframe = keyframes.at(t) >= 0;
      int[] entries = keyframe ? allColumns : list;
      int end = keyframe ? columns : end(t);
      for (int k = keyframe ? 0 : xStart(t); k < end; k++) {
        columnStart[entries[k] + 2]++;
      }
    }
    for (int j = 2; j < columnStart.length; j++) {
      columnStart[j] += columnStart[j - 1];
    }
    for (int t = from; t < to; t++) {
      int keyframe = keyframes.at(t);
      if (keyframe < 0) {
        sort(t - from, list, delta, 0, xStart(t), end(t));
      } else {
        sort(t - from, allColumns, keyframes.references(), keyframe * columns, 0, columns);
      }
    }
  }

  private void sort(int step, int[] entries, float[] values, int valuesAt, int first, int last) {
    for (int k = first; k < last; k++) { // columnStart[j + 1] is column j's cursor: it ends where column j + 1 begins
      int at = columnStart[entries[k] + 1]++;
      steps[at] = step;
      deltaByColumn[at] = values[valuesAt + k];
    }
  }

  private int roomForKeyframes(int from, int to) {
    if (allColumns.length == 0) {
      allColumns = new int[columns];
      Arrays.setAll(allColumns, j -> j);
    }
    int room = 0;
    for (int t = from; t < to; t++) {
      room += keyframes.at(t) < 0 ? 0 : columns;
    }
    return room;
  }
}

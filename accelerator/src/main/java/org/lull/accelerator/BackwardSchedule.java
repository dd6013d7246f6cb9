// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.Arrays;
import java.util.List;

/**
 * The backward pass of a layer: the cells from the last timestep on, and four products for each timestep. The first is the one that the
 * cells of the timestep before wait for.
 */
final class BackwardSchedule extends LayerSchedule {
  // from an event to the cycle in which another unit sees it
  private static final int UNITS_TO_G = 13; // the last units of a timestep enter the way back; its products can be looked up
  private static final int UNITS_BUSY = 11; // units enter the way back; they leave it
  private static final int BEAT_TO_GRADIENT = 10; // last beat of a column, beside the levels of the tree; its gradient is there
  private static final int BEAT_BUSY = 9; // a beat, beside the levels of the tree; the pipeline is empty
  private static final int QUIET = 5; // the last busy cycle; the next layer starts

  private static final int WINDOW = 64; // cycles ahead that events are noted for, more than any has

  private final int e; // units per cycle
  private final int levels; // of the tree of adders
  private final boolean inputGradient;
  private final int clearing;
  private final int lastGroup;
  private final int lastCleared;
  private final long[][] operands;
  private final boolean[] gradient = new boolean[WINDOW]; // by cycle: one is written
  private final int[] hComplete = new int[WINDOW]; // by cycle: of sequence n - 1
  private final boolean[] open = {true, true};
  private boolean walking = true;
  private boolean clears;
  private boolean clearsLast;
  private int clearsSequence;
  private int clearsStep;
  private int group;
  private int walkSequence;
  private int walkStep;
  private long busy;

  BackwardSchedule(CoreSize size, Dram dram, FixedLstmLayer layer, List<FixedTape> tapes, boolean inputGradient) {
    super(size, dram, layer, tapes);
    e = size.unitsACycle();
    levels = Integer.numberOfTrailingZeros(size.lanes());
    this.inputGradient = inputGradient;
    clearing = 2 * ((layer.columns() + e - 1) / e);
    lastGroup = layer.units() / e - 1;
    lastCleared = inputGradient && layer.inputs() > layer.units() ? (layer.inputs() - 1) / e : lastGroup;
    operands = new long[tapes.size()][steps];
    for (long[] of : operands) {
      Arrays.fill(of, NEVER);
    }
    t = steps - 1;
    walkStep = t;
  }

  long cycles() {
    busy = clearing;
    for (cycle = 1; sequencing() || working() || walking || clears; cycle++) {
      busy = Math.max(busy, cycle);
      cells();
      tick();
      gradient[(int) (cycle % WINDOW)] = false;
      hComplete[(int) (cycle % WINDOW)] = 0;
    }
    return busy + QUIET;
  }

  private void cells() {
    int now = (int) (cycle % WINDOW);
    boolean free = !gradient[now];
    boolean advances = walking && (open[walkSequence] || group != 0) && (!clears || free);
    for (int s = 0; s < 2; s++) {
      open[s] = hComplete[now] == s + 1 || open[s] && !(advances && group == 0 && walkSequence == s);
    }
    if (clears && free && clearsLast) {
      operands[clearsSequence][clearsStep] = cycle + UNITS_TO_G - 1; // announced when all places of the timestep are cleared
      clearsLast = false;
    }
    clears = advances || clears && !free;
    if (!advances) {
      return;
    }
    if (group <= lastGroup) {
      busy = Math.max(busy, cycle + UNITS_BUSY);
    }
    group++;
    if (group > lastCleared) {
      group = 0;
      clearsLast = true;
      clearsSequence = walkSequence;
      clearsStep = walkStep;
      walkSequence = (walkSequence + 1) % tapes.size();
      walkStep -= walkSequence == 0 ? 1 : 0;
      walking = walkStep >= 0;
    }
  }

  private boolean ofH() {
    return kind == 0 || kind == 3;
  }

  @Override
  boolean exists() {
    return ofH() ? t > 0 : kind == 2 || inputGradient;
  }

  @Override
  boolean met() {
    return cycle > clearing && operands[sequence][t] <= cycle;
  }

  @Override
  boolean skipsEmpty() {
    return kind != 0; // the end of the first is waited for
  }

  @Override
  Job next() {
    boolean bias = kind == 1 && t == 0; // is on the list, but has no such product
    int count = ofH() ? countH() : countX() - (bias ? 1 : 0);
    return new Job(kind < 2 ? Kind.TRANSPOSED : Kind.GRADIENT, sequence, t, ofH(), false, count, null);
  }

  @Override
  boolean advance() {
    kind = (kind + 1) % 4;
    if (kind == 0) {
      sequence = (sequence + 1) % tapes.size();
      t -= sequence == 0 ? 1 : 0;
    }
    return t >= 0;
  }

  @Override
  boolean stalled(Job job, boolean finishes) {
    return false;
  }

  @Override
  void beat(Job job, boolean finishes, boolean last) {
    busy = Math.max(busy, cycle + BEAT_BUSY + levels);
    if (job.kind() == Kind.TRANSPOSED && finishes) {
      int there = (int) ((cycle + BEAT_TO_GRADIENT + levels) % WINDOW);
      if (job.count() > 0) {
        gradient[there] = true;
        busy = Math.max(busy, cycle + BEAT_TO_GRADIENT + levels);
      }
      if (job.ofH() && last) {
        hComplete[there] = job.sequence() + 1;
      }
    }
  }
}

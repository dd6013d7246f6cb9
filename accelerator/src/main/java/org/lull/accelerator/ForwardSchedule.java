// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/** The forward pass of a layer: products of x and of h, timestep by timestep, and the cells that follow them block by block. */
final class ForwardSchedule extends LayerSchedule {
  private static final int CREDITS = 8; // finished blocks of M that can wait

  // from an event to the cycle in which another unit sees it
  private static final int INPUTS_TO_LIST = 6; // the last inputs of a timestep are read; its list can be looked up
  private static final int BEAT_TO_BLOCK = 10; // last beat of a block; the cells can take it
  private static final int BLOCK_TO_H = 13; // a group of units is taken; its h is there
  private static final int H_TO_LIST = 5; // the last h of a timestep; the next timestep's list can be looked up

  private final long[][] listOfX;
  private final long[][] listOfH;
  private final Queue<Finished> finished = new ArrayDeque<>();
  private final int parts;
  private int credits = CREDITS;
  private int part;
  private long done = NEVER;

  /** A block of M, complete. */
  private record Finished(long there, int sequence, int t, boolean last) {}

  ForwardSchedule(CoreSize size, Dram dram, FixedLstmLayer layer, List<FixedTape> tapes) {
    super(size, dram, layer, tapes);
    int e = size.unitsACycle();
    parts = size.lanes() / (FixedLstmLayer.GATES * e);
    listOfX = new long[tapes.size()][steps];
    listOfH = new long[tapes.size()][steps];
    long c = 1;
    for (int step = 0; step < steps; step++) {
      for (int s = 0; s < tapes.size(); s++) {
        Arrays.fill(listOfH[s], NEVER);
        c += step == 0 ? 1 : 0; // the bias
        c += (layer.inputs() + e - 1) / e;
        listOfX[s][step] = c - 1 + INPUTS_TO_LIST;
        c += 2;
      }
    }
  }

  long cycles() {
    for (cycle = 1; done == NEVER; cycle++) {
      boolean taken = cells();
      tick();
      credits += taken ? 1 : 0;
    }
    return done + 1;
  }

  /** @return whether a block leaves the queue */
  private boolean cells() {
    if (finished.isEmpty() || finished.peek().there > cycle) {
      return false;
    }
    part++;
    if (part < parts) {
      return false;
    }
    part = 0;
    Finished taken = finished.remove();
    if (taken.last) {
      long h = cycle + BLOCK_TO_H;
      if (taken.t < steps - 1) {
        listOfH[taken.sequence][taken.t + 1] = h + H_TO_LIST;
      } else if (taken.sequence == tapes.size() - 1) {
        done = h;
      }
    }
    return true;
  }

  @Override
  boolean exists() {
    return kind == 0 || t > 0;
  }

  @Override
  boolean met() {
    return (kind == 0 ? listOfX : listOfH)[sequence][t] <= cycle;
  }

  @Override
  boolean skipsEmpty() {
    return false;
  }

  @Override
  Job next() {
    return new Job(Kind.FORWARD, sequence, t, kind == 1, kind == 1 || t == 0, kind == 0 ? countX() : countH(), null);
  }

  @Override
  boolean advance() {
    kind = 1 - kind;
    if (kind == 0) {
      sequence = (sequence + 1) % tapes.size();
      t += sequence == 0 ? 1 : 0;
    }
    return t < steps;
  }

  @Override
  boolean stalled(Job job, boolean finishes) {
    return job.last() && credits == 0;
  }

  @Override
  void beat(Job job, boolean finishes, boolean last) {
    if (job.last() && finishes) {
      credits--;
      finished.add(new Finished(cycle + BEAT_TO_BLOCK, job.sequence(), job.t(), last));
    }
  }
}

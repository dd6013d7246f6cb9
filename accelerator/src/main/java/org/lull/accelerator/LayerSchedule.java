// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * A pass of one layer, forward or backward, cycle by cycle: the sequencer of jobs, their queue, and the unit that turns jobs into beats (a
 * beat takes one word of weights or gradients, and one cycle).
 */
abstract class LayerSchedule {
  static final long NEVER = Long.MAX_VALUE;
  private static final int QUEUED_JOBS = 2;

  /** A product over a list. */
  record Job(Kind kind, int sequence, int t, boolean ofH, boolean last, int count, Dram.Transfer weights) {}

  enum Kind {
    FORWARD,
    TRANSPOSED,
    GRADIENT
  }

  private enum State {
    IDLE,
    WAIT,
    LOOK,
    PUSH
  }

  final CoreSize size;
  final FixedLstmLayer layer;
  final List<FixedTape> tapes;
  final int steps;
  final int blocks;
  long cycle;

  private State state = State.WAIT;
  private final Queue<Job> queue = new ArrayDeque<>();
  private Job job;
  private int beat;
  private final Dram.Channel channel;
  // where the sequencer is
  int kind;
  int sequence;
  int t;

  LayerSchedule(CoreSize size, Dram dram, FixedLstmLayer layer, List<FixedTape> tapes) {
    this.size = size;
    this.channel = dram.channel();
    this.layer = layer;
    this.tapes = tapes;
    steps = tapes.getFirst().steps;
    blocks = layer.rows() / size.lanes();
  }

  /** Whether the layer has the product that the sequencer is at. */
  abstract boolean exists();

  /** Whether the values that the product needs are there. */
  abstract boolean met();

  abstract boolean skipsEmpty();

  abstract Job next();

  /** Goes on to the next product; returns false after the last. */
  abstract boolean advance();

  /** Whether a beat that finishes a block, or not, has to wait. */
  abstract boolean stalled(Job job, boolean finishes);

  /** Counts a beat. */
  abstract void beat(Job job, boolean finishes, boolean last);

  final int countX() {
    return tapes.get(sequence).startOfH[t] - tapes.get(sequence).start[t];
  }

  final int countH() {
    return tapes.get(sequence).start[t + 1] - tapes.get(sequence).startOfH[t];
  }

  /** One cycle of sequencer, queue and beats. */
  final void tick() {
    boolean ready = queue.size() < QUEUED_JOBS;
    boolean available = !queue.isEmpty();
    boolean free = beats();
    if (free) {
      job = available ? queue.remove() : null;
      beat = 0;
    }
    sequence(ready);
  }

  /** @return whether the next job can be taken */
  private boolean beats() {
    if (job == null) {
      return true;
    }
    boolean forward = job.kind == Kind.FORWARD;
    int beats = job.count == 0 ? (forward ? blocks : 1) : job.count * blocks;
    boolean finishes = job.count == 0 || (forward ? beat % job.count == job.count - 1 : beat % blocks == blocks - 1);
    if (stalled(job, finishes) || job.weights != null && !job.weights.there(beat, cycle)) {
      return false;
    }
    beat++;
    beat(job, finishes, beat == beats);
    return beat == beats;
  }

  private void sequence(boolean ready) {
    boolean moves = false;
    switch (state) {
      case IDLE -> {}
      case WAIT -> {
        if (!exists()) {
          moves = true;
        } else if (met()) {
          state = State.LOOK;
        }
      }
      case LOOK -> state = State.PUSH;
      case PUSH -> {
        Job pushed = next();
        if (skipsEmpty() && pushed.count == 0) {
          moves = true;
        } else if (ready) {
          boolean reads = pushed.kind != Kind.GRADIENT && pushed.count > 0;
          queue.add(reads ? with(pushed, channel.request(cycle, pushed.count * blocks, size.lanes())) : pushed);
          moves = true;
        }
      }
    }
    if (moves) {
      state = advance() ? State.WAIT : State.IDLE;
    }
  }

  private static Job with(Job job, Dram.Transfer weights) {
    return new Job(job.kind, job.sequence, job.t, job.ofH, job.last, job.count, weights);
  }

  final boolean sequencing() {
    return state != State.IDLE;
  }

  final boolean working() {
    return !queue.isEmpty() || job != null;
  }
}

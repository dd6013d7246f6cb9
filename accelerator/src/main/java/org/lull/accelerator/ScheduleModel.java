// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * Computes how many cycles the logic takes for given lists of active entries. It simulates the sequencers and queues cycle by cycle,
 * without the data. In cycle 0 of a pass through a layer the controller starts it. The numbers of pipeline stages are those of the RTL;
 * tests compare them.
 */
final class ScheduleModel {
  private static final int QUEUED_JOBS = 2;
  private static final int CREDITS = 8; // finished blocks of M that can wait

  // from an event to the cycle in which another unit sees it
  private static final int INPUTS_TO_LIST = 6; // the last inputs of a timestep are read; its list can be looked up
  private static final int BEAT_TO_BLOCK = 10; // last beat of a block; the cells can take it
  private static final int BLOCK_TO_H = 13; // a group of units is taken; its h is there
  private static final int H_TO_LIST = 5; // the last h of a timestep; the next timestep's list can be looked up
  private static final int UNITS_TO_G = 13; // the last units of a timestep enter the way back; its products can be looked up
  private static final int UNITS_BUSY = 11; // units enter the way back; they leave it
  private static final int BEAT_TO_GRADIENT = 10; // last beat of a column, beside the levels of the tree; its gradient is there
  private static final int BEAT_BUSY = 9; // a beat, beside the levels of the tree; the pipeline is empty
  private static final int QUIET = 5; // the last busy cycle; the next layer starts
  private static final int UPDATE = 7; // words of weights; cycles of an update

  private static final long NEVER = Long.MAX_VALUE;

  private final CoreSize size;
  private final List<FixedLstmLayer> layers;
  private final Dram dram;
  private final int e;
  private final int levels;

  /** @param dram where the weights are */
  ScheduleModel(CoreSize size, List<FixedLstmLayer> layers, Dram dram) {
    this.size = size;
    this.layers = layers;
    this.dram = dram;
    e = size.unitsACycle();
    levels = Integer.numberOfTrailingZeros(size.lanes());
  }

  /** Number of cycles of the forward pass of one or two sequences, which the golden model has run. */
  long forward(List<FixedSequence> sequences) {
    long cycles = 0;
    for (int l = 0; l < layers.size(); l++) {
      int layer = l;
      cycles += new ForwardRun(layers.get(l), sequences.stream().map(sequence -> sequence.tapes().get(layer)).toList()).cycles();
    }
    return cycles;
  }

  /** Number of cycles of the backward pass of these sequences. */
  long backward(List<FixedSequence> sequences) {
    long cycles = 0;
    for (int l = 0; l < layers.size(); l++) {
      int layer = l;
      cycles += new BackwardRun(layers.get(l), sequences.stream().map(sequence -> sequence.tapes().get(layer)).toList(), l > 0).cycles();
    }
    return cycles;
  }

  /** Number of cycles of the update. */
  long update() {
    return dram.update(layers.stream().mapToLong(layer -> CoreSize.words(layer, size.lanes())).sum(), size.lanes()) + UPDATE;
  }

  /** A product over a list. */
  private record Job(Kind kind, int sequence, int t, boolean ofH, boolean last, int count, Dram.Transfer weights) {}

  private enum Kind {
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

  /** The sequencer of jobs, their queue, and the unit that turns them into beats; one layer, one way. */
  private abstract class Run {
    final FixedLstmLayer layer;
    final List<FixedTape> tapes;
    final int steps;
    final int blocks;
    long cycle;

    private State state = State.WAIT;
    private final Queue<Job> queue = new ArrayDeque<>();
    private Job job;
    private int beat;
    private final Dram.Channel channel = dram.channel();
    // where the sequencer is
    int kind;
    int sequence;
    int t;

    Run(FixedLstmLayer layer, List<FixedTape> tapes) {
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

  /** A layer forward: products of x and of h, timestep by timestep, and the cells that follow them block by block. */
  private final class ForwardRun extends Run {
    private final long[][] listOfX;
    private final long[][] listOfH;
    private final Queue<Finished> finished = new ArrayDeque<>();
    private final int parts = size.lanes() / (FixedLstmLayer.GATES * e);
    private int credits = CREDITS;
    private int part;
    private long done = NEVER;

    /** A block of M, complete. */
    private record Finished(long there, int sequence, int t, boolean last) {}

    ForwardRun(FixedLstmLayer layer, List<FixedTape> tapes) {
      super(layer, tapes);
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
      return job.last && credits == 0;
    }

    @Override
    void beat(Job job, boolean finishes, boolean last) {
      if (job.last && finishes) {
        credits--;
        finished.add(new Finished(cycle + BEAT_TO_BLOCK, job.sequence, job.t, last));
      }
    }
  }

  /** A layer backward: the cells from the last timestep on, and four products for each, that of the next timestep's wait first. */
  private final class BackwardRun extends Run {
    private static final int WINDOW = 64; // cycles ahead that events are noted for, more than any has

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

    BackwardRun(FixedLstmLayer layer, List<FixedTape> tapes, boolean inputGradient) {
      super(layer, tapes);
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
      if (job.kind == Kind.TRANSPOSED && finishes) {
        int there = (int) ((cycle + BEAT_TO_GRADIENT + levels) % WINDOW);
        if (job.count > 0) {
          gradient[there] = true;
          busy = Math.max(busy, cycle + BEAT_TO_GRADIENT + levels);
        }
        if (job.ofH && last) {
          hComplete[there] = job.sequence + 1;
        }
      }
    }
  }
}

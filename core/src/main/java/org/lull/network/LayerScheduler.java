// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.List;
import java.util.stream.IntStream;
import org.lull.parallel.Barrier;
import org.lull.parallel.Shard;
import org.lull.parallel.Watermark;
import org.lull.parallel.Workers;
import org.lull.rnn.LayerLayout;

/**
 * The threads that run the layers of a network together, for one pass at a time, and what each of them does:
 *
 * <pre>
 *   layers of {@value #SHARED_UNITS} units or more    every thread runs every layer, with some of its panels as its part:
 *                                as many threads as it has panels, two up to 512 units where its weights do not fit the cache
 *   smaller ones, sparse form    of n threads, thread l mod n runs layer l, one timestep behind the layer it takes its values from:
 *                                forward the one below, backward the one above
 *   smaller ones, dense form     one thread runs all: a layer takes all timesteps of its inputs at once, so that none can follow
 * </pre>
 *
 * A layer of one panel, as a cell that looks at all units together has, counts as a smaller one. That is decided by sizes, never by the
 * clock, and what comes out does not depend on it, to the last bit.
 */
public final class LayerScheduler {
  /** From so many units on, what a thread does for its part of a timestep takes longer than to meet the others. */
  static final int SHARED_UNITS = 256;

  /** What is to be done with a layer. */
  @FunctionalInterface
  interface LayerTask {
    /** Does a part of it. */
    void run(int layer, Shard shard);
  }

  /** A layer that a thread runs, and the part of it. */
  private record Duty(int layer, Shard shard) {}

  /**
   * Duties of each thread, in their order.
   *
   * @param together how many threads run a layer at a time
   */
  private record Plan(int together, List<List<Duty>> forward, List<List<Duty>> backward) {}

  private final Workers workers;
  private final Barrier barrier;
  /** For each layer, how many timesteps it has done. */
  private final List<Watermark> done;
  private final Plan sparse;
  private final Plan dense;

  // what runs now, and the task that runs it, made once
  private List<List<Duty>> duties;
  private LayerTask work;
  private final Workers.Task task = (_, thread) -> runDuties(thread);

  public LayerScheduler(Network network, Workers workers) {
    this.workers = workers;
    int layers = network.layers().size();
    int panels = network.layers().stream().mapToInt(LayerLayout::panels).max().orElseThrow();
    boolean shared = network.spec().hidden() >= SHARED_UNITS && panels > 1;
    int together = shared ? Math.min(workers.threads(), panels) : 1;
    barrier = new Barrier(together);
    done = IntStream.range(0, layers).mapToObj(_ -> new Watermark()).toList();
    dense = everyLayer(together, barrier, layers);
    int inTurn = Math.min(workers.threads(), layers);
    sparse = shared || inTurn == 1 ? dense : new Plan(1, layersInTurn(inTurn, done, 1), layersInTurn(inTurn, done, -1));
  }

  /** Each thread its part of every layer. */
  private static Plan everyLayer(int threads, Barrier barrier, int layers) {
    List<List<Duty>> forward = IntStream.range(0, threads).mapToObj(thread -> {
      Shard shard = threads == 1 ? Shard.WHOLE : Shard.share(thread, threads, barrier);
      return IntStream.range(0, layers).mapToObj(layer -> new Duty(layer, shard)).toList();
    }).toList();
    return new Plan(threads, forward, forward.stream().map(List::reversed).toList());
  }

  /** Each thread whole layers, one in {@code threads}; each layer follows the one {@code step} before it, 1 upwards and -1 downwards. */
  private static List<List<Duty>> layersInTurn(int threads, List<Watermark> done, int step) {
    int layers = done.size();
    return IntStream.range(0, threads).mapToObj(thread -> IntStream.range(0, layers).map(i -> step > 0 ? i : layers - 1 - i)
        .filter(layer -> layer % threads == thread).mapToObj(layer -> {
          int before = layer - step;
          return new Duty(layer, Shard.following(before < 0 || before == layers ? null : done.get(before), done.get(layer)));
        }).toList()).toList();
  }

  private Plan plan(Execution execution) {
    return switch (execution) {
      case SPARSE -> sparse;
      case DENSE -> dense;
    };
  }

  /** How many threads run a layer at a time. */
  int together(Execution execution) {
    return plan(execution).together;
  }

  /**
   * Runs all layers, the lowest first, and waits until it is done; allocates nothing. One thread at a time may call this, and no work.
   *
   * @throws RuntimeException or Error: the first that a thread failed with; the others then wait for it no longer
   */
  void forward(Execution execution, LayerTask work) {
    run(plan(execution).forward, work);
  }

  /** Runs all layers, the highest first, as {@link #forward}. */
  void backward(Execution execution, LayerTask work) {
    run(plan(execution).backward, work);
  }

  private void run(List<List<Duty>> duties, LayerTask work) {
    this.duties = duties;
    this.work = work;
    barrier.reset();
    for (int layer = 0; layer < done.size(); layer++) {
      done.get(layer).reset();
    }
    workers.run(duties.size(), task);
  }

  private void runDuties(int thread) {
    try {
      List<Duty> own = duties.get(thread);
      for (int i = 0; i < own.size(); i++) {
        work.run(own.get(i).layer, own.get(i).shard);
      }
    } catch (Throwable e) {
      barrier.fail(e);
      done.forEach(layer -> layer.fail(e));
      throw e;
    }
  }
}

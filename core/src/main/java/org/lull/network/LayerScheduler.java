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
 * Distributes the layers of a network over threads, for one pass at a time:
 *
 * <pre>
 *   layers of {@value #SHARED_UNITS} units or more    every thread runs every layer, with some of its panels as its part:
 *                                as many threads as it has panels, two up to 512 units where its weights do not fit the cache
 *   smaller ones, sparse form    of n threads, thread l mod n runs layer l, one timestep behind the layer it takes its values from:
 *                                forward the one below, backward the one above
 *   smaller ones, dense form     one thread runs all: a layer takes all timesteps of its inputs at once, so that none can follow
 * </pre>
 *
 * A layer with a single panel counts as a smaller one. (A cell that uses all units together has a single panel.) The choice depends on
 * sizes and never on the clock. The result is the same to the last bit, whatever the choice.
 */
public final class LayerScheduler {
  /** From this number of units on, a thread's part of a timestep takes longer than the synchronisation of the threads. */
  static final int SHARED_UNITS = 256;

  /** The work on a layer. */
  @FunctionalInterface
  interface LayerTask {
    /** Does one part of the work. */
    void run(int layer, Shard shard);
  }

  /** A layer that a thread runs, and the part of it. */
  private record Duty(int layer, Shard shard) {}

  /**
   * The duties of each thread, in order.
   *
   * @param together number of threads that run a layer together
   */
  private record Plan(int together, List<List<Duty>> forward, List<List<Duty>> backward) {}

  private final Workers workers;
  private final Barrier barrier;
  /** For each layer, the number of timesteps that are done. */
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

  /** The plan in which each thread runs its part of every layer. */
  private static Plan everyLayer(int threads, Barrier barrier, int layers) {
    List<List<Duty>> forward = IntStream.range(0, threads).mapToObj(thread -> {
      Shard shard = threads == 1 ? Shard.WHOLE : Shard.share(thread, threads, barrier);
      return IntStream.range(0, layers).mapToObj(layer -> new Duty(layer, shard)).toList();
    }).toList();
    return new Plan(threads, forward, forward.stream().map(List::reversed).toList());
  }

  /**
   * The plan in which each thread runs whole layers, every {@code threads}-th one. Each layer follows the layer {@code step} before it; the
   * step is 1 upwards and -1 downwards.
   */
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

  /** Number of threads that run a layer together. */
  int together(Execution execution) {
    return plan(execution).together;
  }

  /**
   * Runs all layers, lowest first, and waits until they are done. Allocates nothing. Only one thread may call this at a time, and tasks may
   * not call it.
   *
   * @throws RuntimeException or Error: the first failure of a thread; the other threads then stop waiting for it
   */
  void forward(Execution execution, LayerTask work) {
    run(plan(execution).forward, work);
  }

  /** Runs all layers, highest first, as {@link #forward}. */
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

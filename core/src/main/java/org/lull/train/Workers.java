package org.lull.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** A few threads that share out numbered tasks. Which thread gets which task is left to chance, so no result may depend on it. */
final class Workers implements AutoCloseable {
  /** One task. */
  interface Task {
    /**
     * @param worker 0 to workers - 1; a worker runs one task at a time
     */
    void run(int worker, int task);
  }

  private final int workers;
  private final ExecutorService pool;

  Workers(int workers) {
    this.workers = workers;
    pool = Executors.newFixedThreadPool(Math.max(1, workers - 1), Thread.ofPlatform().daemon().name("lull-", 0).factory());
  }

  /** Runs tasks 0 to n - 1 and waits for all of them; the calling thread is worker 0. */
  void run(int n, Task task) {
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> others = new ArrayList<>();
    for (int w = 1; w < Math.min(workers, n); w++) {
      int worker = w;
      others.add(pool.submit(() -> take(next, n, worker, task)));
    }
    try {
      take(next, n, 0, task);
    } finally {
      next.set(n); // after a failure of ours the others stop early, and are waited for in any case
      RuntimeException failure = null;
      for (Future<?> other : others) {
        failure = join(other, failure);
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  private static void take(AtomicInteger next, int n, int worker, Task task) {
    for (int t = next.getAndIncrement(); t < n; t = next.getAndIncrement()) {
      task.run(worker, t);
    }
  }

  private static RuntimeException join(Future<?> other, RuntimeException failure) {
    try {
      other.get();
      return failure;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      return failure != null ? failure : (RuntimeException) e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new IllegalStateException("interrupted while computing", e);
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}

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
    Throwable failure = null;
    try {
      take(next, n, 0, task);
    } catch (RuntimeException | Error e) {
      failure = e;
      next.set(n); // the others stop early
    }
    for (Future<?> other : others) { // all are waited for, whatever happened: they write to what the caller owns
      Throwable theirs = join(other);
      failure = failure == null ? theirs : failure;
    }
    switch (failure) {
      case null -> {}
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new IllegalStateException(failure); // tasks declare no exceptions
    }
  }

  private static void take(AtomicInteger next, int n, int worker, Task task) {
    for (int t = next.getAndIncrement(); t < n; t = next.getAndIncrement()) {
      task.run(worker, t);
    }
  }

  /** Waits to the end, also when interrupted (the flag stays set for the caller); returns what the other failed with, or null. */
  private static Throwable join(Future<?> other) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          other.get();
          return null;
        } catch (ExecutionException e) {
          return e.getCause();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.lull.input.InvalidInputException;
import org.lull.train.Progress;

/** Long work on many things, on several threads. */
final class OnThreads {
  private OnThreads() {}

  /**
   * What {@code work} makes of each item, in the order of the items at any number of threads.
   *
   * @param task what is being done, as progress calls it
   * @throws InvalidInputException if {@code threads} is below 1
   * @throws IllegalStateException if the work fails, or this thread is interrupted
   */
  static <T, R> List<R> map(List<T> items, Function<T, R> work, int threads, String task, Progress progress) {
    if (threads < 1) {
      throw new InvalidInputException("threads " + threads + ", expected at least 1");
    }
    try (ExecutorService workers = Executors.newFixedThreadPool(threads); Progress.Task running = progress.begin(task, items.size())) {
      List<Callable<R>> calls = new ArrayList<>();
      for (T item : items) {
        calls.add(() -> {
          R result = work.apply(item);
          running.advance(1);
          return result;
        });
      }
      List<R> results = new ArrayList<>();
      for (Future<R> done : workers.invokeAll(calls)) {
        results.add(done.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + task, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(task + ": " + e.getCause(), e);
    }
  }
}

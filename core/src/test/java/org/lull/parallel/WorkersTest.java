// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waits do not end by interrupts: a test that hangs is left alone in its thread. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void everyTaskRunsOnce(int threads) {
    AtomicIntegerArray runs = new AtomicIntegerArray(100);
    try (Workers workers = new Workers(threads)) {
      workers.run(100, (_, task) -> runs.incrementAndGet(task));
    }
    assertThat(runs.toString()).matches("\\[1(, 1){99}]");
  }

  /** Whichever fails first, and be it with an error: nobody writes to the caller's arrays once the call is over. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aFailureIsThrownWhenAllOthersHaveEnded(int failing) {
    CountDownLatch started = new CountDownLatch(3);
    AtomicBoolean ended = new AtomicBoolean();
    try (Workers workers = new Workers(3)) {
      assertThatThrownBy(() -> workers.run(3, (worker, _) -> {
        meet(started); // so that each worker has a task of its own
        if (worker == failing) {
          throw new StackOverflowError("test");
        }
        if (worker == (failing + 1) % 3) {
          pause();
          ended.set(true);
        }
      })).isInstanceOf(StackOverflowError.class).hasMessage("test");
      assertThat(ended).isTrue();
    }
  }

  @Test
  void anInterruptIsLeftForTheCaller() {
    AtomicBoolean ended = new AtomicBoolean();
    CountDownLatch started = new CountDownLatch(2);
    try (Workers workers = new Workers(2)) {
      Thread.currentThread().interrupt();
      workers.run(2, (worker, _) -> {
        started.countDown();
        if (worker == 1) {
          pause();
          ended.set(true);
        } else {
          while (started.getCount() > 0) {
            Thread.onSpinWait(); // waiting on the latch would end with the interrupt
          }
        }
      });
      assertThat(Thread.interrupted()).isTrue();
      assertThat(ended).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 9})
  void manyRunsOnMoreThreadsThanCoresLoseNoTask(int threads) {
    int rounds = 20_000;
    long[] sums = new long[threads * 16];
    try (Workers workers = new Workers(threads)) {
      for (int round = 0; round < rounds; round++) {
        int n = round % (2 * threads); // none, one, fewer than threads, more
        workers.run(n, (worker, task) -> sums[worker * 16] += task + 1);
      }
    }
    long expected = 0;
    for (int round = 0; round < rounds; round++) {
      long n = round % (2 * threads);
      expected += n * (n + 1) / 2;
    }
    assertThat(Arrays.stream(sums).sum()).isEqualTo(expected);
  }

  @Test
  void asManyTasksAsThreadsMayWaitForOneAnother() {
    Barrier barrier = new Barrier(4);
    try (Workers workers = new Workers(4)) {
      for (int run = 0; run < 1000; run++) {
        workers.run(4, (_, _) -> barrier.await());
      }
    }
  }

  @Test
  void afterAFailureTheNextRunIsAsAnyOther() {
    AtomicInteger runs = new AtomicInteger();
    try (Workers workers = new Workers(3)) {
      for (int round = 0; round < 1000; round++) {
        int failing = round % 5;
        assertThatThrownBy(() -> workers.run(5, (_, task) -> {
          if (task == failing) {
            throw new IllegalStateException("task " + task);
          }
        })).hasMessage("task " + failing);
      }
      workers.run(5, (_, _) -> runs.incrementAndGet());
    }
    assertThat(runs).hasValue(5);
  }

  @Test
  void threadsThatHaveSleptWakeUp() {
    AtomicInteger runs = new AtomicInteger();
    try (Workers workers = new Workers(4)) {
      for (int round = 0; round < 5; round++) {
        pause();
        workers.run(4, (_, _) -> runs.incrementAndGet());
      }
    }
    assertThat(runs).hasValue(20);
  }

  @Test
  void misuseIsRefused() {
    assertThatThrownBy(() -> new Workers(0)).isInstanceOf(IllegalArgumentException.class).hasMessage("0 threads, expected at least 1");
    Workers workers = new Workers(2);
    assertThatThrownBy(() -> workers.run(1, (_, _) -> workers.run(1, (_, _) -> {})))
        .isInstanceOf(IllegalStateException.class).hasMessage("the workers are at work, they do one thing at a time");
    workers.close();
    workers.close();
    assertThatThrownBy(() -> workers.run(1, (_, _) -> {})).isInstanceOf(IllegalStateException.class).hasMessage("the workers are closed");
  }

  private static void meet(CountDownLatch latch) {
    latch.countDown();
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

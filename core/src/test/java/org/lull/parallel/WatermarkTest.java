// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waits do not end by interrupts: a test that hangs is left alone in its thread. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WatermarkTest {
  private static final int ROUNDS = 100_000;

  /** Each reads what the one before wrote: a chain of layers, with more threads than cores. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  void aChainOfThreadsFollowsStepByStep(int threads) {
    Watermark[] milestones = new Watermark[threads];
    long[][] written = new long[threads][ROUNDS + 1]; // plain: order comes from the milestones alone
    for (int i = 0; i < threads; i++) {
      milestones[i] = new Watermark();
    }
    try (Workers workers = new Workers(threads)) {
      workers.run(threads, (_, layer) -> {
        for (int t = 0; t < ROUNDS; t++) {
          if (layer > 0) {
            milestones[layer - 1].await(t + 1);
          }
          written[layer][t] = layer == 0 ? t * 31L : written[layer - 1][t] + 1;
          milestones[layer].publish(t + 1);
        }
      });
    }
    for (int t = 0; t < ROUNDS; t++) {
      assertThat(written[threads - 1][t]).isEqualTo(t * 31L + threads - 1);
    }
  }

  /** Neither gets ahead by more than one: every wait may be a real one. */
  @Test
  void twoThreadsTakeTurns() {
    Watermark ping = new Watermark();
    Watermark pong = new Watermark();
    long[] shared = {0};
    try (Workers workers = new Workers(2)) {
      workers.run(2, (_, task) -> {
        for (int t = 1; t <= ROUNDS; t++) {
          if (task == 0) {
            shared[0]++;
            ping.publish(t);
            pong.await(t);
          } else {
            ping.await(t);
            shared[0]++;
            pong.publish(t);
          }
        }
      });
    }
    assertThat(shared[0]).isEqualTo(2L * ROUNDS);
  }

  @Test
  void manyThatSleepAreWokenByTheValueTheyWaitFor() throws InterruptedException {
    Watermark milestone = new Watermark();
    List<Thread> waiting = new ArrayList<>();
    for (int i = 1; i <= 12; i++) {
      int value = i;
      waiting.add(Thread.ofPlatform().start(() -> milestone.await(value)));
    }
    for (int i = 0; i < waiting.size(); i++) {
      untilAsleep(waiting.subList(i, waiting.size()));
      milestone.publish(i + 1);
      waiting.get(i).join();
    }
    assertThat(milestone.value()).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFailureEndsTheWait(boolean asleep) {
    for (int round = 0; round < (asleep ? 20 : 1000); round++) {
      Watermark milestone = new Watermark();
      try (Workers workers = new Workers(2)) {
        assertThatThrownBy(() -> workers.run(2, (_, task) -> {
          if (task == 0) {
            milestone.await(1);
          } else {
            if (asleep) {
              pause();
            }
            StackOverflowError error = new StackOverflowError("test");
            milestone.fail(error);
            throw error;
          }
        })).isInstanceOf(StackOverflowError.class).hasMessage("test");
      }
    }
  }

  @Test
  void whatWasReachedBeforeAFailureIsStillReached() {
    Watermark milestone = new Watermark();
    milestone.publish(3);
    milestone.fail(new IllegalStateException("first"));
    milestone.fail(new IllegalStateException("second"));
    milestone.await(3);
    assertThatThrownBy(() -> milestone.await(4)).isInstanceOf(IllegalStateException.class).hasMessage("first");
    milestone.reset();
    assertThat(milestone.value()).isZero();
    milestone.publish(4);
    milestone.await(4);
  }

  @Test
  void aCheckedFailureIsWrapped() {
    Watermark milestone = new Watermark();
    Exception cause = new Exception("checked");
    milestone.fail(cause);
    assertThatThrownBy(() -> milestone.await(1)).isInstanceOf(IllegalStateException.class).hasCause(cause);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anInterruptIsLeftForTheWaiting(boolean beforehand) throws InterruptedException {
    Watermark milestone = new Watermark();
    AtomicBoolean flag = new AtomicBoolean();
    Thread waiting = Thread.ofPlatform().unstarted(() -> {
      if (beforehand) {
        Thread.currentThread().interrupt();
      }
      milestone.await(1);
      flag.set(Thread.interrupted());
    });
    waiting.start();
    untilAsleep(List.of(waiting));
    if (!beforehand) {
      waiting.interrupt();
    }
    pause();
    assertThat(waiting.isAlive()).isTrue();
    milestone.publish(1);
    waiting.join();
    assertThat(flag).isTrue();
  }

  /** In Java's sense: no core is burned, however long the wait. */
  private static void untilAsleep(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.sleep(1);
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

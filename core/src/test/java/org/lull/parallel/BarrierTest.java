// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Waits do not end by interrupts: a test that hangs is left alone in its thread. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BarrierTest {

  /** Each writes its place and then reads its neighbour's, and has to find this round's number there. */
  @ParameterizedTest
  @CsvSource({"1, 1000", "2, 100000", "3, 20000", "8, 10000"})
  void nobodyPassesBeforeAllHaveCome(int parties, int rounds) {
    Barrier barrier = new Barrier(parties);
    int[] places = new int[parties * 32]; // plain: order comes from the barrier alone
    int[] wrong = new int[parties * 32];
    try (Workers workers = new Workers(parties)) {
      workers.run(parties, (_, i) -> {
        for (int round = 1; round <= rounds; round++) {
          places[i * 32] = round;
          barrier.await();
          if (places[(i + 1) % parties * 32] != round) {
            wrong[i * 32]++;
          }
          barrier.await(); // before it is written again
        }
      });
    }
    assertThat(wrong).containsOnly(0);
    assertThat(places[0]).isEqualTo(rounds);
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "4"})
  void whenOneFailsNoneWaitsForIt(int failing) {
    Barrier barrier = new Barrier(5);
    try (Workers workers = new Workers(5)) {
      for (int run = 0; run < 200; run++) {
        int fatal = run % 10;
        assertThatThrownBy(() -> workers.run(5, (_, i) -> {
          try {
            for (int round = 0; round < 10; round++) {
              if (i == failing && round == fatal) {
                throw new IllegalStateException("party " + i);
              }
              barrier.await();
            }
          } catch (RuntimeException e) {
            barrier.fail(e);
            throw e;
          }
        })).isInstanceOf(IllegalStateException.class).hasMessage("party " + failing);
        barrier.reset();
      }
      workers.run(5, (_, _) -> barrier.await());
    }
  }

  @Test
  void aBarrierOfNoneIsRefused() {
    assertThatThrownBy(() -> new Barrier(0)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a barrier of 0 parties, expected at least 1");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.train.Cancellation;
import org.lull.train.Diverged;

class JobRunnerTest {
  private final List<String> order = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong steps = new AtomicLong();
  private final Cancellation cancellation = new Cancellation();

  private Job job(String name, int group, Job... needs) {
    return new Job(name, group, 10, List.of(needs), (progress, _) -> {
      order.add(name);
      progress.begin(name, 4).advance(4);
    });
  }

  private List<JobRunner.Failure> run(int threads, Job... jobs) {
    return JobRunner.run(List.of(jobs), threads, steps::addAndGet, cancellation, _ -> {});
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void whatAJobNeedsComesBeforeIt(int threads) {
    Job first = job("first", 0);
    Job second = job("second", 1, first);
    Job third = job("third", 2, second, first);
    assertThat(run(threads, third, second, first)).isEmpty();
    assertThat(order).containsExactly("first", "second", "third");
  }

  @Test
  void aGroupThatHasBegunGoesBeforeOneThatHasNot() {
    Job pretraining = job("pretraining a", 0);
    Job other = job("pretraining b", 1);
    run(1, pretraining, other, job("a1", 0, pretraining), job("b1", 1, other), job("a2", 0, pretraining));
    assertThat(order).containsExactly("pretraining a", "a1", "a2", "pretraining b", "b1");
  }

  @Test
  void whatDivergesFailsWithThoseThatNeedItAndNoOther() {
    Job diverging = new Job("diverging", 0, 10, List.of(), (_, _) -> {
      throw new Diverged("loss NaN");
    });
    Job needing = job("needing", 0, diverging);
    Job after = job("after", 0, needing);
    List<JobRunner.Failure> failures = run(2, diverging, needing, after, job("other", 1));
    assertThat(failures).containsExactly(new JobRunner.Failure(diverging, diverging, "loss NaN"),
        new JobRunner.Failure(needing, diverging, "loss NaN"), new JobRunner.Failure(after, diverging, "loss NaN"));
    assertThat(order).containsExactly("other");
    assertThat(cancellation.isRequested()).isFalse();
  }

  /** A job reports less than its size, or more, and the whole comes out right. */
  @Test
  void progressIsThatOfAllJobs() {
    Job more = new Job("more", 0, 10, List.of(), (progress, _) -> {
      progress.begin("a", 8).advance(8);
      progress.begin("b", 8).advance(8);
    });
    run(2, job("less", 0), more);
    assertThat(steps).hasValue(20);
  }

  @Test
  void anyOtherFailureStopsAll() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    Job endless = new Job("endless", 0, 1, List.of(), (_, token) -> {
      begun.countDown();
      while (true) {
        token.check();
        Thread.onSpinWait();
      }
    });
    Job failing = new Job("failing", 1, 1, List.of(), (_, _) -> {
      try {
        begun.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      throw new IllegalStateException("disk full");
    });
    assertThatThrownBy(() -> run(2, endless, failing, job("never", 2, endless))).isInstanceOf(IllegalStateException.class)
        .hasMessage("disk full");
    assertThat(order).isEmpty();
  }

  @Test
  void aCancelledRunBeginsNothingMore() {
    Job cancelling = new Job("cancelling", 0, 1, List.of(), (_, token) -> token.request());
    assertThatThrownBy(() -> run(1, cancelling, job("never", 1))).isInstanceOf(CancellationException.class);
    assertThat(order).isEmpty();
  }
}

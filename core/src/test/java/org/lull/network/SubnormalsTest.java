// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.parallel.FlushToZero;
import org.lull.parallel.Subnormals;
import org.lull.parallel.Workers;
import org.lull.rnn.Cell;
import org.lull.train.Example;
import org.lull.train.Trainer;
import org.lull.train.TrainingOptions;

/** Each on a thread of its own, which ends with it. */
class SubnormalsTest {
  private static final String MESSAGE = "computes without subnormal numbers";

  private static void onAThread(Runnable task) {
    Throwable[] thrown = new Throwable[1];
    Thread thread = Thread.ofPlatform().name("foreign").start(() -> {
      try {
        task.run();
      } catch (Throwable e) {
        thrown[0] = e;
      }
    });
    assertThatCode(thread::join).doesNotThrowAnyException();
    if (thrown[0] != null) {
      throw new AssertionError(thrown[0]);
    }
  }

  @Test
  void javasArithmeticHasThem() {
    assertThatCode(Subnormals::check).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {FlushToZero.FLUSH_TO_ZERO, FlushToZero.DENORMALS_ARE_ZERO, FlushToZero.FLUSH_TO_ZERO | FlushToZero.DENORMALS_ARE_ZERO})
  @EnabledOnOs(value = OS.LINUX, architectures = {"amd64", "x86_64"})
  void aThreadWithoutThemIsRefused(int bits) {
    Network network = new Network(new NetworkSpec(Cell.named("gru"), 2, 1, 4, 3, Head.MEAN));
    float[] before = network.parameters().clone();
    NetworkStream stream = new NetworkStream(network);
    NetworkState state = new NetworkState(network);
    NetworkPass pass = new NetworkPass(network, Mode.DENSE);
    List<Sequence> sequences = List.of(new Sequence(new float[16], 1));
    TrainingOptions options = TrainingOptions.builder().threads(1).build();
    List<Example> examples = List.of(new Example("one", new float[2], 1, 2, 0));
    try (Trainer trainer = new Trainer(network, new Normalisation(new float[2], new float[] {1, 1}), Mode.DELTA, options)) {
      onAThread(() -> {
        FlushToZero.set(bits);
        for (int i = 0; i < 20_000; i++) { // compiled or not
          assertThatRefuses(Subnormals::check, i);
        }
        assertThatThrownBy(() -> stream.step(state, new float[2])).hasMessageContaining(MESSAGE);
        assertThatThrownBy(() -> pass.forward(sequences)).hasMessageContaining(MESSAGE);
        assertThatThrownBy(() -> trainer.step(examples, 1, 0, 1)).isInstanceOf(IllegalStateException.class).hasMessageContaining(MESSAGE)
            .hasMessageContainingAll("thread foreign ", "session.set_denormal_as_zero; switch it off there");
        assertThat(network.parameters()).isEqualTo(before);
        assertThat(state.steps()).isZero();
        FlushToZero.set(0);
        stream.step(state, new float[2]);
        pass.forward(sequences);
        trainer.step(examples, 1, 0, 1);
      });
    }
    assertThat(network.parameters()).isNotEqualTo(before);
  }

  private static void assertThatRefuses(Runnable check, int i) {
    try {
      check.run();
    } catch (IllegalStateException e) {
      return;
    }
    throw new AssertionError("not refused in call " + i);
  }

  /** It is not the caller alone whose arithmetic counts. */
  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = {"amd64", "x86_64"})
  void aWorkerWithoutThemIsRefused() {
    try (Workers workers = new Workers(2)) {
      onAThread(() -> {
        Workers.Task spoil = (worker, _) -> FlushToZero.set(worker == 1 ? FlushToZero.FLUSH_TO_ZERO : 0);
        int[] of = new int[2];
        for (int run = 0; of[1] == 0; run++) { // until the helper has had a task
          assertThat(run).isLessThan(10_000);
          workers.run(2, (worker, task) -> {
            of[worker]++;
            spoil.run(worker, task);
          });
        }
        assertThatThrownBy(() -> {
          for (int run = 0; run < 10_000; run++) {
            workers.run(2, (_, _) -> {});
          }
        }).isInstanceOf(IllegalStateException.class).hasMessageContainingAll("thread lull-1 ", MESSAGE);
      });
    }
  }
}

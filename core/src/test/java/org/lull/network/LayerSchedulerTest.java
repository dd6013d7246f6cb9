// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lull.kernel.Kernels;
import org.lull.parallel.Shard;
import org.lull.parallel.Workers;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;

/** One pass on several threads. Waits do not end by interrupts: a test that hangs is left alone in its thread. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LayerSchedulerTest {
  private static final int INPUTS = 37;
  private static final int OUTPUTS = 4;

  private static Network network(String cell, int layers, int hidden) {
    Network network = new Network(new NetworkSpec(Cell.named(cell), INPUTS, layers, hidden, OUTPUTS, Head.FRAMES));
    Initialiser.initialise(network, new SplittableRandom(layers * 1000 + hidden));
    for (int layer = 0; layer < layers; layer++) {
      network.setThresholds(layer, Thresholds.uniform(network.spec().inputs(layer), hidden, layer == 0 ? 0.7f : 0.02f, 0.02f));
    }
    return network;
  }

  private static Sequence sequence(int steps, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int stride = Kernels.pad(INPUTS);
    float[] values = new float[steps * stride];
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < INPUTS; i++) {
        values[t * stride + i] = (float) random.nextGaussian();
      }
    }
    return new Sequence(values, steps);
  }

  /** Everything a forward and a backward pass leave, the gradient of any loss: here the sum of squared logits, by half. */
  private record Result(float[] logits, float[] hidden, float[] gradients, float[] dx, List<Long> counts) {
    static Result of(NetworkPass pass, Network network, List<Sequence> sequences, Execution execution, LayerScheduler scheduler) {
      pass.forward(sequences, execution, scheduler);
      float[] logits = Arrays.copyOf(pass.logits(), pass.packing().rows() * pass.logitsStride());
      float[] gradients = new float[network.parameters().length];
      Arrays.fill(gradients, 1f);
      pass.backward(gradients, true, true);
      List<Long> counts =
          pass.operations().stream().flatMap(count -> Stream.of(count.active(), count.total(), count.denseTotal())).toList();
      return new Result(logits, pass.topHidden(), gradients, pass.inputGradient(), counts);
    }

    void assertSameAs(Result expected, String what) {
      assertThat(logits).as(what).isEqualTo(expected.logits);
      assertThat(hidden).as(what).isEqualTo(expected.hidden);
      assertThat(gradients).as(what).isEqualTo(expected.gradients);
      assertThat(dx).as(what).isEqualTo(expected.dx);
      assertThat(counts).as(what).isEqualTo(expected.counts);
    }
  }

  static Stream<Arguments> networks() {
    Stream<Arguments> most = Stream.of("lstm", "gru", "rnn").flatMap(cell -> IntStream.rangeClosed(1, 3).boxed()
        .flatMap(layers -> Stream.of(20, 64, 130, 256, 300).map(hidden -> Arguments.of(cell, layers, hidden))));
    Stream<Arguments> others = Stream.of("mingru", "indrnn", "peephole", "lnlstm")
        .flatMap(cell -> Stream.of(20, 300).map(hidden -> Arguments.of(cell, 2, hidden)));
    return Stream.concat(most, others);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void anyNumberOfThreadsGivesTheSameBits(String cell, int layers, int hidden) {
    Network network = network(cell, layers, hidden);
    for (Mode mode : Mode.values()) {
      for (Execution execution : mode == Mode.DENSE ? List.of(Execution.DENSE) : List.of(Execution.values())) {
        List<Result> expected = results(network, mode, execution, 1);
        for (int threads = 2; threads <= 3; threads++) {
          List<Result> results = results(network, mode, execution, threads);
          for (int i = 0; i < results.size(); i++) {
            results.get(i).assertSameAs(expected.get(i),
                "run %d, %s mode, %s execution, %d threads".formatted(i, mode, execution, threads));
          }
        }
      }
    }
  }

  /** One pass after another on the same tapes, which grow and are too long. */
  private static List<Result> results(Network network, Mode mode, Execution execution, int threads) {
    List<Result> results = new ArrayList<>();
    try (Workers workers = new Workers(threads)) {
      LayerScheduler scheduler = new LayerScheduler(network, workers);
      NetworkPass pass = new NetworkPass(network, mode);
      pass.penaliseDeltas(0.3f);
      for (int steps : new int[] {9, 12, 1, 5}) {
        results.add(Result.of(pass, network, List.of(sequence(steps, steps)), execution, scheduler));
      }
      if (execution == Execution.DENSE) {
        results.add(Result.of(pass, network, List.of(sequence(8, 1), sequence(5, 2), sequence(5, 3)), execution, scheduler));
      }
    }
    return results;
  }

  /** The blocks of timesteps of the weight gradient, and a team and the calling thread by turns. */
  @ParameterizedTest
  @CsvSource({"2, 64", "1, 256"})
  void aPassServesTeamsOfAnySizeByTurns(int layers, int hidden) {
    Network network = network("lstm", layers, hidden);
    Sequence sequence = sequence(150, 1);
    NetworkPass pass = new NetworkPass(network, Mode.DELTA);
    try (Workers two = new Workers(2); Workers three = new Workers(3)) {
      Result expected = Result.of(new NetworkPass(network, Mode.DELTA), network, List.of(sequence), Execution.SPARSE, pass.solo());
      for (LayerScheduler scheduler : List.of(pass.solo(), new LayerScheduler(network, two), new LayerScheduler(network, three),
          pass.solo())) {
        pass.operations().forEach(count -> count.reset());
        Result.of(pass, network, List.of(sequence), Execution.SPARSE, scheduler).assertSameAs(expected, "by turns");
      }
    }
  }

  /** As the table in the comment on {@link LayerScheduler} has it: threads that do something, and threads at work on a layer together. */
  @ParameterizedTest
  @CsvSource({
      "SPARSE, 2, 64, 3, 2, 1", "SPARSE, 3, 255, 2, 2, 1", "SPARSE, 1, 255, 2, 1, 1", "DENSE, 3, 255, 2, 1, 1",
      "SPARSE, 1, 256, 2, 2, 2", "DENSE, 2, 256, 3, 2, 2", "SPARSE, 2, 600, 9, 4, 4", "DENSE, 1, 300, 1, 1, 1"})
  void sizesDecideWhoDoesWhat(Execution execution, int layers, int hidden, int threads, int busy, int together) {
    try (Workers workers = new Workers(threads)) {
      LayerScheduler scheduler = new LayerScheduler(network("gru", layers, hidden), workers);
      assertThat(scheduler.together(execution)).isEqualTo(together);
      CountDownLatch begun = new CountDownLatch(busy); // each goes on when all have begun: none does what is another's
      Set<Thread> seen = ConcurrentHashMap.newKeySet();
      Set<List<Integer>> parts = ConcurrentHashMap.newKeySet();
      scheduler.forward(execution, (layer, shard) -> {
        if (seen.add(Thread.currentThread())) {
          meet(begun);
        }
        parts.add(List.of(layer, shard.member()));
      });
      assertThat(seen).hasSize(busy);
      Set<List<Integer>> expected = new HashSet<>();
      IntStream.range(0, layers).forEach(layer -> IntStream.range(0, together).forEach(member -> expected.add(List.of(layer, member))));
      assertThat(parts).isEqualTo(expected);
    }
  }

  @Test
  void aLayerFollowsTheOneItTakesItsValuesFrom() {
    int steps = 2000;
    try (Workers workers = new Workers(2)) {
      LayerScheduler scheduler = new LayerScheduler(network("rnn", 3, 20), workers);
      int[][] done = new int[3][steps]; // plain: order comes from the milestones alone
      LayerScheduler.LayerTask forward = (layer, shard) -> {
        for (int t = 0; t < steps; t++) {
          shard.await(t + 1);
          done[layer][t] = layer == 0 ? t : done[layer - 1][t];
          shard.publish(t + 1);
        }
      };
      scheduler.forward(Execution.SPARSE, forward);
      assertThat(done[2]).isEqualTo(IntStream.range(0, steps).toArray());
      LayerScheduler.LayerTask backward = (layer, shard) -> {
        for (int t = steps - 1; t >= 0; t--) {
          shard.await(steps - t);
          done[layer][t] = layer == 2 ? -t : done[layer + 1][t];
          shard.publish(steps - t);
        }
      };
      scheduler.backward(Execution.SPARSE, backward);
      assertThat(done[0]).isEqualTo(IntStream.range(0, steps).map(t -> -t).toArray());
    }
  }

  /** Wherever it fails, nobody waits for ever; and the team is then as good as new. */
  @ParameterizedTest
  @CsvSource({"64, 0", "64, 1", "64, 2", "600, 0", "600, 1", "600, 2"})
  void aFailureIsThrownAndNobodyWaitsForIt(int hidden, int failing) {
    Network network = network("lstm", 3, hidden);
    try (Workers workers = new Workers(3)) {
      LayerScheduler scheduler = new LayerScheduler(network, workers);
      for (int round = 0; round < 100; round++) {
        int fatal = round % 10;
        assertThatThrownBy(() -> scheduler.forward(Execution.SPARSE, (layer, shard) -> tenSteps(layer, shard, hidden, failing, fatal)))
            .isInstanceOf(StackOverflowError.class).hasMessage("test");
        assertThatThrownBy(() -> scheduler.backward(Execution.SPARSE, (layer, shard) -> tenSteps(layer, shard, hidden, failing, fatal)))
            .isInstanceOf(StackOverflowError.class).hasMessage("test");
      }
      Sequence sequence = sequence(5, 5);
      NetworkPass pass = new NetworkPass(network, Mode.DELTA);
      Result result = Result.of(pass, network, List.of(sequence), Execution.SPARSE, scheduler);
      result.assertSameAs(Result.of(new NetworkPass(network, Mode.DELTA), network, List.of(sequence), Execution.SPARSE, pass.solo()),
          "afterwards");
    }
  }

  /** Fails in one of the layers, or where the layers are shared out, on one of the threads. */
  private static void tenSteps(int layer, Shard shard, int hidden, int failing, int fatal) {
    for (int t = 0; t < 10; t++) {
      shard.await(t + 1);
      if ((hidden < LayerScheduler.SHARED_UNITS ? layer : shard.member()) == failing && t == fatal) {
        throw new StackOverflowError("test");
      }
      shard.meet();
      shard.publish(t + 1);
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
}

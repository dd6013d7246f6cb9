// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lull.kernel.KernelChoice;
import org.lull.kernel.Kernels;
import org.lull.kernel.ScalarKernels;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;

/**
 * Once its arrays have grown and its code is compiled, a training step allocates nothing: no garbage collection interrupts it. Vectors that
 * the compiler fails to keep in registers would be objects, and show here as well.
 */
class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int CHANNELS = 5;
  private static final int BATCH = 20;
  private static final int STEPS = 50;
  /**
   * Bytes a step, on average: not 0, because the result of a step is an object where the compiler cannot avoid it, and asking for the
   * figures allocates too. A step has some ten thousand calls of kernels; one vector boxed in one of them would be 64 bytes and more.
   */
  private static final long ALMOST_NOTHING = 256;
  /** The compiler works beside the steps, and longer where the machine is busy. */
  private static final int BLOCKS = 400;

  private static List<Example> examples() {
    SplittableRandom random = new SplittableRandom(1);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < BATCH; e++) {
      int steps = random.nextInt(8, 20);
      float[] frames = new float[steps * CHANNELS];
      for (int i = 0; i < frames.length; i++) {
        frames[i] = (float) random.nextGaussian();
      }
      examples.add(new Example("example " + e, frames, steps, CHANNELS, e % 3));
    }
    return examples;
  }

  private static Trainer trainer(Kernels kernels, Cell cell, Mode mode, int threads) {
    return trainer(kernels, cell, mode, kernels instanceof ScalarKernels ? 20 : 72, threads); // over a panel: all tiles of the vector kernels
  }

  private static Trainer trainer(Kernels kernels, Cell cell, Mode mode, int hidden, int threads) {
    Network network = new Network(new NetworkSpec(cell, CHANNELS, 2, hidden, 3, Head.MEAN), kernels);
    Initialiser.initialise(network, new SplittableRandom(1));
    network.setThresholds(0, Thresholds.uniform(CHANNELS, hidden, 0.5f, 0.02f));
    network.setThresholds(1, Thresholds.uniform(hidden, hidden, 0.02f, 0.02f));
    float[] ones = new float[CHANNELS];
    Arrays.fill(ones, 1f);
    return new Trainer(network, new Normalisation(new float[CHANNELS], ones), mode,
        TrainingOptions.builder().epochs(1).batch(BATCH).learningRate(1e-3).schedule(LearningRate.Shape.CONSTANT).warmup(0)
            .patience(1).augmentation(Augmentation.speech()).threads(threads).build());
  }

  /** This thread and all workers. */
  private static long[] threads() {
    return LongStream.concat(LongStream.of(Thread.currentThread().threadId()),
        Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("lull-")).mapToLong(Thread::threadId))
        .toArray();
  }

  private static long allocated(long[] threads) {
    return Arrays.stream(THREADS.getThreadAllocatedBytes(threads)).filter(bytes -> bytes > 0).sum(); // -1 for those that have ended
  }

  /** Bytes a step, of a block of steps. */
  private static double perStep(Runnable step) {
    long[] threads = threads();
    long before = allocated(threads);
    for (int i = 0; i < STEPS; i++) {
      step.run();
    }
    return (allocated(threads) - before) / (double) STEPS;
  }

  static Stream<Arguments> everyKind() {
    return Stream.of(KernelChoice.kernels(), new ScalarKernels())
        .flatMap(kernels -> Stream.of("lstm", "gru", "lnlstm").flatMap(cell -> Arrays.stream(Mode.values()).flatMap(
            mode -> Stream.of(1, 2).map(threads -> Arguments.argumentSet(kernels.description() + ", " + cell + ", " + mode + ", " + threads,
                kernels, Cell.named(cell), mode, threads)))));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  @Timeout(120)
  void aStepAllocatesNothingAfterWarmUp(Kernels kernels, Cell cell, Mode mode, int threads) {
    try (Trainer trainer = trainer(kernels, cell, mode, threads)) {
      assertAllocatesNothing(trainer, examples());
    }
  }

  /** Two threads on one sequence: a layer each, and half of each layer. */
  static Stream<Arguments> teams() {
    return Stream.of("lstm", "gru").flatMap(cell -> Arrays.stream(Mode.values()).flatMap(mode -> Stream.of(72, 256)
        .map(hidden -> Arguments.argumentSet(cell + ", " + mode + ", " + hidden, Cell.named(cell), mode, hidden))));
  }

  @ParameterizedTest
  @MethodSource("teams")
  @Timeout(120)
  void norDoesAStepOfTwoThreadsOnOneSequence(Cell cell, Mode mode, int hidden) {
    try (Trainer trainer = trainer(KernelChoice.kernels(), cell, mode, hidden, 2)) {
      assertAllocatesNothing(trainer, examples().subList(0, 1));
    }
  }

  private static void assertAllocatesNothing(Trainer trainer, List<Example> examples) {
    Batch batch = trainer.augmented(examples, 1, 0).made();
    Runnable step = () -> trainer.step(batch, 1, 0, 1e-5);
    double bytes = perStep(step);
    for (int block = 1; block < BLOCKS && bytes > ALMOST_NOTHING; block++) {
      bytes = perStep(step);
    }
    assertThat(bytes).isLessThanOrEqualTo(ALMOST_NOTHING);
  }

  /** The inputs of a step are made anew, augmented and normalised, each a copy of its frames or two; all else would be new garbage. */
  @Test
  @Timeout(120)
  void makingTheInputsAllocatesLittleMoreThanTheInputs() {
    List<Example> examples = examples();
    long floats = examples.stream().mapToLong(example -> (long) example.steps() * (CHANNELS + Kernels.pad(CHANNELS))).sum();
    try (Trainer trainer = trainer(KernelChoice.kernels(), Cell.named("lstm"), Mode.DELTA, 1)) {
      Runnable step = () -> trainer.step(examples, 1, 0, 1e-5);
      double bytes = perStep(step);
      double inputs = (double) Float.BYTES * floats;
      double bound = 2 * inputs + 512 * BATCH; // stretched by up to a third; random streams, and the objects around the arrays
      for (int block = 1; block < BLOCKS && bytes > bound; block++) {
        bytes = perStep(step);
      }
      assertThat(bytes).isBetween(inputs / 2, bound);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;

/** Whole training steps; by the model of the schedule where not said otherwise. */
class StepSimulationTest {
  private static TrainingBatch batch(int size, double sparsity) {
    return TrainingBatch.synthetic(size, sparsity, 32, 4, 2, 1);
  }

  private static StepSimulation.Result step(TrainingBatch batch, int lanes, Dram dram) {
    return new StepSimulation(batch, batch.size(lanes), dram, 0.1).run();
  }

  @Test
  void theLogicAgreesAndAWrongBitAndAWrongCycleAreFound() {
    TrainingBatch batch = TrainingBatch.synthetic(16, 0.6, 16, 3, 2, 1);
    StepSimulation.Result right;
    try (Core core = Logic.core(Logic.SMALL, CoreBuilder.Link.LIBRARY, 3)) {
      right = new StepSimulation(batch, Logic.SMALL, Dram.NONE, 0.1).run(core);
    }
    assertThat(right.different()).isZero();
    assertThat(right.compared()).isGreaterThan(2 * 33 * 64); // h, gradients and weights
    StepSimulation.Result modelled = new StepSimulation(batch, Logic.SMALL, Dram.NONE, 0.1).run();
    assertThat(modelled.cycles()).isEqualTo(right.cycles());
    assertThat(modelled.products()).isEqualTo(right.products());
    try (Core core = new Flipped(Logic.core(Logic.SMALL, CoreBuilder.Link.LIBRARY, 3))) {
      // before and after the update, and its cycles
      assertThat(new StepSimulation(batch, Logic.SMALL, Dram.NONE, 0.1).run(core).different()).isEqualTo(3);
    }
  }

  /** A core with a wrong bit in its first gradient, whose update takes a cycle too long. */
  private record Flipped(Core core) implements Core {
    @Override
    public void write(Region region, int address, int... values) {
      core.write(region, address, values);
    }

    @Override
    public int[] read(Region region, int address, int count) {
      int[] values = core.read(region, address, count);
      if (region == Region.GRADIENTS && address == 0) {
        values[0] ^= 1;
      }
      return values;
    }

    @Override
    public long run(Command command, long limit) {
      return core.run(command, limit) + (command == Command.UPDATE ? 1 : 0);
    }

    @Override
    public void stall(long seed) {
      core.stall(seed);
    }

    @Override
    public void close() {
      core.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 16, 0.9", "128, 64, 0.5"})
  void sparsityIsWhatWasAskedForAndSpeedUpFollows(int size, int lanes, double sparsity) {
    StepSimulation.Result sparse = step(batch(size, sparsity), lanes, Dram.NONE);
    StepSimulation.Result dense = step(batch(size, 0), lanes, Dram.NONE);
    assertThat(sparse.work().sparsityX()).isCloseTo(sparsity, within(0.02)).isLessThanOrEqualTo(sparsity);
    assertThat(sparse.work().sparsityH()).isCloseTo(sparsity, within(0.03)).isLessThanOrEqualTo(sparsity);
    assertThat(dense.work().sparsityX()).isZero();
    assertThat(dense.utilisation()).isGreaterThan(0.99);
    assertThat(dense.cycles() / (double) sparse.cycles()).isBetween(0.6 / (1 - sparsity), 1.1 / (1 - sparsity));
    assertThat(sparse.saturated().overflow()).isZero();
    assertThat(sparse.saturated().gradient()).isZero();
  }

  @Test
  void streamedWeightsCostWhatTheMemoryGives() {
    TrainingBatch batch = batch(32, 0.8);
    long onChip = step(batch, 16, Dram.NONE).cycles();
    assertThat(step(batch, 16, Dram.NONE).streamed()).isZero();
    long ample = step(batch, 16, new Dram(0, 1000)).streamed();
    long slow = step(batch, 16, new Dram(0, 8)).streamed();
    long slowAndFar = step(batch, 16, new Dram(100, 8)).streamed();
    assertThat(ample).isBetween(onChip, onChip + onChip / 20);
    assertThat(slow).isGreaterThan(2 * onChip); // a word of 32 bytes takes four cycles, in two of three products
    assertThat(slowAndFar).isGreaterThan(slow);
  }

  /** lr = perShift 2^-shift, whatever the factor is. */
  @ParameterizedTest
  @CsvSource({"14, 0.1", "23, 0.1", "20, 0.003", "17, 1"})
  void scaleAndShiftAreTheLearningRate(int fitting, double learningRate) {
    Scale scale = Scale.of(fitting, learningRate);
    double unit = Math.scalb(1.0, FixedPoint.KG - FixedPoint.FV) / scale.factor(); // of dW
    double step = Math.scalb(1.0, -FixedPoint.FW); // of a weight
    assertThat(step / Math.scalb(unit, scale.shift())).isCloseTo(learningRate, within(1e-12));
    assertThat(scale.factor()).isLessThanOrEqualTo(Math.scalb(1.0, fitting)).isGreaterThan(Math.scalb(1.0, fitting - 5));
    assertThat((scale.shift() - 8) % 4).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-9, 1e9})
  void aLearningRateOutOfReachIsRefusedBeforeAnythingRuns(double learningRate) {
    TrainingBatch batch = batch(16, 0);
    assertThatThrownBy(() -> new StepSimulation(batch, batch.size(16), Dram.NONE, learningRate)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("learning rate " + learningRate).hasMessageContaining("shifts of the update");
  }

  @Test
  void whatABuildCannotHoldIsRefused() {
    TrainingBatch batch = batch(32, 0);
    for (CoreSize small : List.of(new CoreSize(16, 16, 32, 1, 1024, 8192), new CoreSize(16, 32, 16, 1, 1024, 8192),
        new CoreSize(16, 32, 32, 1, 64, 8192))) {
      assertThatThrownBy(() -> new StepSimulation(batch, small, Dram.NONE, 0.1)).isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("the build holds").hasMessageContaining("choose");
    }
    assertThatThrownBy(() -> new CoreSize(12, 32, 32, 1, 64, 64)).isInstanceOf(InvalidInputException.class).hasMessageContaining("12");
  }
}

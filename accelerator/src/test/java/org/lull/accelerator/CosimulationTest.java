// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.accelerator.Core.Command;
import org.lull.accelerator.Core.Region;
import org.lull.input.InvalidInputException;

/** The logic, simulated by Verilator, beside the golden model: every bit, and beside the model of the schedule: every cycle. */
class CosimulationTest {
  private static final int SHIFT = 16;

  @TempDir
  Path dir;

  /** A step of one or two sequences on a new core, whose power-up state, stalls and data follow from the seed. */
  private static void step(CoreSize size, CoreBuilder.Link link, long seed, int thetaX, int thetaH, int steps, int together, int gradients,
      int... sizes) {
    SplittableRandom random = new SplittableRandom(seed);
    List<FixedLstmLayer> layers = Logic.layers(random, thetaX, thetaH, sizes);
    List<long[]> expected = layers.stream().map(layer -> new long[layer.weights().length]).toList();
    List<FixedSequence> sequences = new ArrayList<>();
    try (Core core = Logic.core(size, link, (int) seed)) {
      CoreHost host = new CoreHost(core, size, layers);
      ScheduleModel schedule = new ScheduleModel(size, layers, Dram.NONE);
      for (int batch = 0; batch < 2; batch++) { // the second finds what the first left
        core.stall(batch == 0 ? 0 : seed + 1);
        sequences.clear();
        for (int s = 0; s < together; s++) {
          sequences.add(Logic.sequence(random, layers, steps, 9000));
        }
        assertThat(host.forward(sequences)).as("cycles forward").isEqualTo(schedule.forward(sequences));
        int units = layers.getLast().units();
        List<short[]> dh = new ArrayList<>();
        for (int s = 0; s < together; s++) {
          short[] h = sequences.get(s).tapes().getLast().h;
          assertThat(host.hidden(s, steps)).as("h").isEqualTo(Arrays.copyOfRange(h, units, (steps + 1) * units));
          float[] given = new float[steps * units];
          for (int k = 0; k < given.length; k++) {
            given[k] = random.nextInt(-gradients, gradients);
          }
          sequences.get(s).backward(given, true, units, 1, expected);
          dh.add(sequences.get(s).tapes().getLast().dh.clone());
        }
        assertThat(host.backward(dh, steps)).as("cycles backward").isEqualTo(schedule.backward(sequences));
        for (int l = 0; l < layers.size(); l++) {
          assertThat(host.gradient(l)).as("gradient of layer %d", l).isEqualTo(expected.get(l));
        }
        Saturations updates = new Saturations();
        for (int l = 0; l < layers.size(); l++) {
          layers.get(l).update(expected.get(l), SHIFT, updates);
        }
        Saturations.Counts before = host.saturations();
        assertThat(host.update(SHIFT)).as("cycles of the update").isEqualTo(schedule.update());
        for (int l = 0; l < layers.size(); l++) {
          assertThat(host.weights(l)).as("weights of layer %d", l).isEqualTo(layers.get(l).weights());
          assertThat(host.gradient(l)).as("what is left in layer %d", l).isEqualTo(expected.get(l));
        }
        if (gradients == Short.MAX_VALUE) {
          assertThat(sequences.getFirst().saturations().gradient()).isPositive();
        }
        if (batch == 0) {
          Saturations.Counts golden = updates.counts();
          for (FixedSequence sequence : sequences) {
            golden = golden.plus(sequence.saturations());
          }
          assertThat(host.saturations()).isEqualTo(golden);
          assertThat(before.weight()).isZero();
        }
      }
    }
  }

  /** Dense and sparse, nothing fires, one timestep, one sequence and two, one layer and two, more inputs than units and fewer. */
  @ParameterizedTest
  @CsvSource({"1, 0, 0, 12, 2, 8, 16", "2, 500, 300, 12, 2, 8, 16", "3, 32767, 32767, 6, 2, 8, 8", "4, 500, 300, 1, 2, 8, 16",
      "5, 500, 300, 31, 1, 31, 4", "6, 0, 500, 2, 1, 1, 32", "7, 20000, 0, 8, 2, 5, 10"})
  void oneLayerIsExact(long seed, int thetaX, int thetaH, int steps, int together, int inputs, int units) {
    step(Logic.SMALL, CoreBuilder.Link.LIBRARY, seed, thetaX, thetaH, steps, together, 800, inputs, units);
  }

  @ParameterizedTest
  @CsvSource({"11, 0, 0, 10, 2, 8, 16, 16", "12, 500, 300, 16, 2, 8, 16, 16", "13, 1357, 8, 29, 1, 27, 30, 4",
      "14, 7786, 718, 4, 1, 21, 24, 6", "15, 32767, 32767, 5, 2, 8, 8, 16", "16, 900, 2000, 32, 2, 3, 24, 24"})
  void twoLayersAreExact(long seed, int thetaX, int thetaH, int steps, int together, int inputs, int units, int unitsAbove) {
    step(Logic.SMALL, CoreBuilder.Link.LIBRARY, seed, thetaX, thetaH, steps, together, 800, inputs, units, unitsAbove);
  }

  /** Cells and encoders four side by side; inputs that four does not divide, more inputs than units and fewer. */
  @ParameterizedTest
  @CsvSource({"31, 500, 300, 12, 2, 32, 32, 16", "32, 0, 0, 5, 1, 27, 16, 32", "33, 900, 2000, 16, 2, 3, 32, 16"})
  void severalUnitsACycleAreExact(long seed, int thetaX, int thetaH, int steps, int together, int inputs, int units, int unitsAbove) {
    Logic.onlyInContinuousIntegration("the logic of 64 lanes, whose build takes half a minute");
    CoreSize size = new CoreSize(64, 32, 16, 2, 256, 4096);
    assertThat(size.unitsACycle()).isEqualTo(4);
    step(size, CoreBuilder.Link.LIBRARY, seed, thetaX, thetaH, steps, together, 800, inputs, units, unitsAbove);
  }

  @Test
  void saturationIsTheSameAndCountedAlike() {
    step(Logic.SMALL, CoreBuilder.Link.LIBRARY, 21, 300, 200, 20, 2, Short.MAX_VALUE, 8, 16, 16);
  }

  @Test
  void anotherProcessServesAsWell() {
    step(Logic.SMALL, CoreBuilder.Link.PROCESS, 22, 500, 300, 8, 2, 800, 8, 16, 16);
  }

  @Test
  void aFailedRequestIsAnExceptionThatNamesTheCycle() {
    for (CoreBuilder.Link link : CoreBuilder.Link.values()) {
      try (Core core = Logic.core(Logic.SMALL, link, 1)) {
        List<FixedLstmLayer> layers = Logic.layers(new SplittableRandom(1), 0, 0, 8, 16);
        new CoreHost(core, Logic.SMALL, layers);
        core.write(Region.REGISTERS, 1, 8, 2);
        assertThatThrownBy(() -> core.run(Command.FORWARD, 10)).isInstanceOf(CoreFault.class).hasMessageContaining("cycle ")
            .hasMessageContaining("command 1 has not ended after 10 cycles");
      }
    }
  }

  @Test
  void anAssertionOfTheLogicIsAnExceptionWithCycleAndPlace() {
    for (CoreBuilder.Link link : CoreBuilder.Link.values()) {
      try (Core core = Logic.core(Logic.SMALL, link, 1)) {
        assertThatThrownBy(() -> core.write(Region.REGISTERS, 0, 9)).isInstanceOf(CoreFault.class).hasMessageContaining("cycle ")
            .hasMessageContaining("host_interface: there is no command 9").hasMessageContaining("host_interface.sv");
      }
      try (Core core = Logic.core(Logic.SMALL, link, 1)) {
        int beyond = Logic.SMALL.words() * Logic.SMALL.lanes();
        assertThatThrownBy(() -> core.write(Region.WEIGHTS, beyond, 1)).isInstanceOf(CoreFault.class)
            .hasMessageContaining("a weight beyond the memory");
      }
    }
  }

  @Test
  void aLibraryBuiltForOtherSizesIsRefused() {
    CoreSize other = new CoreSize(8, 32, 32, 2, 2048, 8192);
    try (Core core = Logic.core(Logic.SMALL, CoreBuilder.Link.LIBRARY, 1)) {
      List<FixedLstmLayer> layers = Logic.layers(new SplittableRandom(1), 0, 0, 8, 16);
      assertThatThrownBy(() -> new CoreHost(core, other, layers)).isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("1024").hasMessageContaining("2048").hasMessageContaining("built anew");
    }
  }

  @Test
  void listsLongerThanTheirMemoryAreRefused() {
    try (Core core = Logic.core(Logic.SMALL, CoreBuilder.Link.LIBRARY, 1)) {
      assertThat(core.read(Region.REGISTERS, 38, 1)).containsExactly(Logic.SMALL.list());
    }
    assertThatThrownBy(() -> Logic.SMALL.checkLists(8193, 10)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("8193").hasMessageContaining("8192");
  }

  @Test
  void whatIsNoLibraryIsRefused() throws Exception {
    Path text = Files.writeString(dir.resolve("libtext.so"), "no library");
    assertThatThrownBy(() -> new LibraryCore(text, 1)).isInstanceOf(InvalidInputException.class).hasMessageContaining("libtext.so");
  }
}

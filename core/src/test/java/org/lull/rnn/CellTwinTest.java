// SPDX-License-Identifier: Apache-2.0
package org.lull.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.kernel.CellKernel;
import org.lull.kernel.CellStep;
import org.lull.kernel.ForcedWidth;
import org.lull.kernel.KernelChoice;
import org.lull.kernel.Kernels;
import org.lull.kernel.ScalarKernels;

/** A cell in plain loops and its twin on vectors of every width, bit for bit, on scalar kernels and on those of that width. */
class CellTwinTest {
  private static final List<String> CELLS = Cells.ALL.stream().map(Cell::name).toList();
  private static final List<Integer> WIDTHS = ForcedWidth.ALL;

  /** Blocks of the array a cell works on: M and what is saved (at one place or two), c, h, their gradients and scratch. */
  private static final int BLOCKS = 64;

  private static final float[] SPECIAL = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, Float.MIN_VALUE, -1e-40f,
      1e-26f, Float.MAX_VALUE, -1e30f};

  /** What a cell made of a case: by the scalar loops, and by whatever the kernels have for it. */
  private record Outcome(String name, float[] plain, float[] twin) {}

  /** Runs where the kernels have another width, so that it hands out nothing but arrays. */
  static final class Probe implements Callable<List<Object[]>> {
    @Override
    public List<Object[]> call() {
      Kernels kernels = KernelChoice.kernels();
      List<Object[]> outcomes = new ArrayList<>();
      for (String name : CELLS) {
        Cell cell = Cell.named(name);
        CellKernel twin = kernels.fastest(cell);
        SplittableRandom random = new SplittableRandom(name.hashCode());
        for (int round = 0; round < 96; round++) {
          CellStep step = step(random, 16 * (1 + round % 4), round % 2 == 0);
          float[] values = values(random, step.a.length, round % 6 == 5);
          step.above = values(random, 7 + step.units, round % 6 == 5);
          outcomes.add(new Object[] {kernels.description() + ", " + name + ", round " + round,
              run(cell, new ScalarKernels(), step, values), run(twin, kernels, step, values)});
        }
      }
      return outcomes;
    }
  }

  private static CellStep step(SplittableRandom random, int units, boolean inPlace) {
    CellStep step = new CellStep();
    step.a = new float[17 + BLOCKS * units];
    step.units = units;
    step.realUnits = units - random.nextInt(16);
    step.m = random.nextInt(17);
    step.saved = inPlace ? step.m : step.m + 4 * units;
    step.cBefore = step.m + 16 * units;
    step.c = step.cBefore + units;
    step.hBefore = step.c + units;
    step.h = step.hBefore + units;
    step.dh = step.h + units;
    step.carry = step.dh + units;
    step.own = step.carry + units;
    step.ownGradient = step.own + 10 * units;
    step.scratch = step.ownGradient + 10 * units;
    step.aboveAt = 7;
    return step;
  }

  /** All that a forward and a backward pass leave behind, one after the other. */
  private static float[] run(CellKernel cell, Kernels kernels, CellStep step, float[] values) {
    step.kernels = kernels;
    step.a = values.clone();
    cell.forward(step);
    Arrays.fill(step.a, step.scratch, step.a.length, 0f); // may hold anything
    float[] afterForward = step.a.clone();
    cell.backward(step);
    Arrays.fill(step.a, step.scratch, step.a.length, 0f);
    float[] both = Arrays.copyOf(afterForward, 2 * step.a.length);
    System.arraycopy(step.a, 0, both, step.a.length, step.a.length);
    return both;
  }

  @ParameterizedTest
  @FieldSource("WIDTHS")
  void theTwinOfACellGivesTheBitsOfItsPlainLoops(int bits) {
    List<Object[]> outcomes = ForcedWidth.call(bits, Probe.class);
    assertThat(outcomes).hasSize(96 * CELLS.size());
    for (Object[] each : outcomes) {
      Outcome outcome = new Outcome((String) each[0], (float[]) each[1], (float[]) each[2]);
      assertThat(outcome.name).startsWith("Vector API, " + bits + " bits");
      assertThat(bits(outcome.twin)).as(outcome.name).isEqualTo(bits(outcome.plain));
    }
  }

  /** So that the comparison is one. */
  @Test
  void theCellsInUseMostHaveATwin() {
    for (String name : List.of("lstm", "gru", "rnn")) {
      CellKernel twin = KernelChoice.kernels().fastest(Cell.named(name));
      assertThat(twin).isNotInstanceOf(Cell.class);
      assertThat(twin.name()).isEqualTo(name);
    }
  }

  /** One division serves several gates: the product of their denominators must not overflow however large M is. */
  @ParameterizedTest
  @ValueSource(floats = {30, -30, 1e4f, -1e4f, 3e38f, -3e38f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void saturatedGatesAreExact(float m) {
    CellStep step = step(new SplittableRandom(1), 16, false);
    Arrays.fill(step.a, step.m, step.m + 4 * step.units, m);
    Arrays.fill(step.a, step.cBefore, step.cBefore + step.units, 0.5f);
    Arrays.fill(step.a, step.hBefore, step.hBefore + step.units, 0.5f);
    new LstmCell().forward(step);
    double c = m > 0 ? 0.5 + 1 : 0;
    assertThat((double) step.a[step.c]).isCloseTo(c, within(1e-6));
    assertThat((double) step.a[step.h]).isCloseTo(m > 0 ? Math.tanh(c) : 0, within(1e-6));

    new GruCell().forward(step);
    assertThat((double) step.a[step.h]).isCloseTo(m > 0 ? 0.5 : -1, within(1e-6));
  }

  /** Bits of numbers; all NaNs are one, since Java does not say which an operation gives. */
  private static int[] bits(float[] floats) {
    return IntStream.range(0, floats.length).map(i -> Float.floatToIntBits(floats[i])).toArray();
  }

  private static float[] values(SplittableRandom random, int n, boolean special) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = special && random.nextInt(23) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)] : (float) (2 * random.nextGaussian());
    }
    return values;
  }
}

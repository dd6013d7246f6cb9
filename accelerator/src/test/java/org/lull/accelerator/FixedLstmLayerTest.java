// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lull.accelerator.FixedPoint.ONE;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FixedLstmLayerTest {
  private static final int HALF = 4096; // 0.5 as a weight

  /** One input, one unit: x feeds g with 1.0, h feeds o with 0.5. Worked out by hand from docs/accelerator.md. */
  private static FixedLstmLayer oneUnit() {
    FixedLstmLayer layer = new FixedLstmLayer(1, 1);
    layer.weights()[2] = 2 * HALF;
    layer.weights()[4 + 3] = HALF;
    layer.setThresholds(2048, 700);
    return layer;
  }

  private static FixedTape run(FixedLstmLayer layer, int... x) {
    FixedTape tape = new FixedTape(layer);
    tape.begin(x.length / layer.inputs());
    for (int k = 0; k < x.length; k++) {
      tape.x[k] = (short) x[k];
    }
    layer.forward(tape);
    return tape;
  }

  @Test
  void forwardByHand() {
    FixedTape tape = run(oneUnit(), 4096, 4096);
    assertThat(Arrays.copyOf(tape.gates, 8)).containsExactly(16384, 16384, 24956, 16384, 16384, 16384, 24956, 17128);
    assertThat(Arrays.copyOf(tape.c, 3)).containsExactly(0, 390, 585);
    assertThat(Arrays.copyOf(tape.tanhC, 2)).containsExactly(11908, 16916);
    assertThat(Arrays.copyOf(tape.h, 3)).containsExactly(0, 744, 1105);
    assertThat(Arrays.copyOf(tape.list, tape.start[2])).containsExactly(0, 2, 1); // x and the bias, then h
    assertThat(Arrays.copyOf(tape.delta, tape.start[2])).containsExactly(4096, ONE, 744);
    assertThat(tape.activeX()).isEqualTo(1);
    assertThat(tape.activeH()).isEqualTo(1);
  }

  @Test
  void backwardByHand() {
    FixedLstmLayer layer = oneUnit();
    FixedTape tape = run(layer, 4096, 4096);
    tape.dh[0] = -3000;
    tape.dh[1] = 8000;
    long[] gradient = new long[12];
    layer.backward(tape, gradient, false);
    assertThat(tape.g).containsExactly(343535, 149565, 378885, 411955);
    assertThat(tape.operand).containsExactly(84, 37, 93, 101);
    assertThat(tape.lastD).containsExactly(0, 129 * HALF);
    assertThat(gradient).containsExactly(344064, 151552, 380928, 413696, // of x: G_1 times 4096
        54312, 27528, 60264, 95976, // of h: G_2 times 744
        344064, 151552, 380928, 413696); // of the bias
    assertThat(tape.saturations.counts()).isEqualTo(Saturations.Counts.NONE);
  }

  @Test
  void aTimestepInWhichNothingFiresLeavesMAsItIs() {
    FixedLstmLayer layer = oneUnit();
    FixedTape tape = run(layer, 100, 100, 100);
    assertThat(tape.start).containsExactly(0, 1, 1, 1); // the bias
    assertThat(Arrays.copyOf(tape.h, 4)).containsOnly(0);
    layer.backward(tape, new long[12], true);
    assertThat(Arrays.copyOf(tape.dx, 3)).containsOnly(0);
  }

  @Test
  void thresholdsOfZeroFireAlwaysButForH0() {
    FixedLstmLayer layer = oneUnit();
    layer.setThresholds(0, 0);
    FixedTape tape = run(layer, 100, 100, 100);
    assertThat(tape.activeX()).isEqualTo(3);
    assertThat(tape.activeH()).isEqualTo(2);
  }

  @Test
  void aDeltaBeyondSixteenBitsIsSaturatedCountedAndMadeGoodInTheNextStep() {
    FixedLstmLayer layer = oneUnit();
    FixedTape tape = run(layer, -32768, 32767, 32767);
    assertThat(tape.delta[0]).isEqualTo(Short.MIN_VALUE);
    assertThat(tape.delta[tape.start[1]]).isEqualTo(Short.MAX_VALUE); // of 65535, which are more than 16 bits hold
    assertThat(tape.delta[tape.start[2]]).isEqualTo(Short.MAX_VALUE); // of the 32768 that are left
    assertThat(tape.reference[0]).isEqualTo((short) 32766);
    assertThat(tape.saturations.counts().value()).isEqualTo(2);
  }

  /** M is an integrator: whatever fired on the way, it is W times the references, exactly. */
  @Test
  void mDoesNotDrift() {
    SplittableRandom random = new SplittableRandom(2);
    FixedLstmLayer layer = random(random, 5, 8);
    layer.setThresholds(900, 150);
    FixedTape tape = run(layer, random.ints(5 * 300, -9000, 9000).toArray());
    for (int r = 0; r < layer.rows(); r++) {
      long sum = (long) layer.weights()[layer.columns() * layer.rows() + r] * ONE;
      for (int j = 0; j < layer.columns(); j++) {
        sum += (long) layer.weights()[j * layer.rows() + r] * tape.reference[j];
      }
      assertThat(tape.m[r]).isEqualTo(sum);
    }
    assertThat(tape.activeH()).isBetween(100, 8 * 300 - 100);
  }

  @Test
  void aLongerSequenceBeforeLeavesNoTrace() {
    SplittableRandom random = new SplittableRandom(3);
    FixedLstmLayer layer = random(random, 3, 4);
    layer.setThresholds(500, 100);
    int[] x = random.ints(3 * 20, -9000, 9000).toArray();
    int[] shorter = Arrays.copyOf(x, 3 * 7);
    FixedTape used = run(layer, x);
    layer.backward(used, new long[layer.weights().length], true);
    long[] again = gradient(layer, used, shorter);
    assertThat(again).isEqualTo(gradient(layer, new FixedTape(layer), shorter));
  }

  private static long[] gradient(FixedLstmLayer layer, FixedTape tape, int[] x) {
    tape.begin(x.length / layer.inputs());
    for (int k = 0; k < x.length; k++) {
      tape.x[k] = (short) x[k];
    }
    layer.forward(tape);
    Arrays.fill(tape.dh, (short) 300);
    long[] gradient = new long[layer.weights().length];
    layer.backward(tape, gradient, true);
    return gradient;
  }

  @Test
  void gradientsThatOutgrowTheirBitsAreSaturatedAndCounted() {
    SplittableRandom random = new SplittableRandom(4);
    FixedLstmLayer layer = random(random, 3, 4);
    int[] x = random.ints(3 * 50, -30000, 30000).toArray();
    FixedTape tape = run(layer, x);
    Arrays.fill(tape.dh, Short.MAX_VALUE);
    layer.backward(tape, new long[layer.weights().length], true);
    assertThat(tape.saturations.counts().gradient()).isPositive();
  }

  /** An update loses nothing: what was rounded away waits in the gradient. */
  @Test
  void whatAnUpdateRoundsAwayStaysInTheGradient() {
    SplittableRandom random = new SplittableRandom(5);
    FixedLstmLayer layer = random(random, 2, 4);
    short[] before = layer.weights().clone();
    long[] gradient = random.longs(before.length, -1L << 24, 1L << 24).toArray();
    long[] sum = gradient.clone();
    Saturations saturations = new Saturations();
    for (int step = 0; step < 20; step++) {
      layer.update(gradient, 16, saturations);
      for (int k = 0; k < sum.length; k++) {
        assertThat(gradient[k]).isBetween(-1L << 15, 1L << 15);
        assertThat(((long) layer.weights()[k] << 16) - gradient[k]).isEqualTo(((long) before[k] << 16) - sum[k]);
        long more = random.nextLong(-1000, 1000);
        gradient[k] += more;
        sum[k] += more;
      }
    }
    assertThat(saturations.counts()).isEqualTo(Saturations.Counts.NONE);
  }

  @Test
  void weightsSaturateAndAreCounted() {
    FixedLstmLayer layer = oneUnit();
    Saturations saturations = new Saturations();
    long[] gradient = new long[12];
    gradient[0] = -1L << 30;
    gradient[1] = 1L << 30;
    layer.update(gradient, 8, saturations);
    assertThat(layer.weights()[0]).isEqualTo(Short.MAX_VALUE);
    assertThat(layer.weights()[1]).isEqualTo(Short.MIN_VALUE);
    assertThat(saturations.counts().weight()).isEqualTo(2);
  }

  private static FixedLstmLayer random(SplittableRandom random, int inputs, int units) {
    FixedLstmLayer layer = new FixedLstmLayer(inputs, units);
    for (int k = 0; k < layer.weights().length; k++) {
      layer.weights()[k] = (short) random.nextInt(-4000, 4000);
    }
    return layer;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.bench.kernels;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.lull.kernel.Kernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;

/**
 * The delta encoder and its backward over {@value KernelState#STEPS} timesteps of h. At each a fifth of the entries fire, drawn at random:
 * a threshold of 0.5 between values that are either where they were or 1 away.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Encoder extends KernelState {
  static final double ACTIVE = 0.2;

  private Kernels run;
  private float[] h; // [STEPS][units]
  private float[] reference; // [units]
  private float[] threshold; // [units]
  private int[] list; // of one timestep
  private float[] delta;
  private int[] fired; // [STEPS][units / LANES]
  private float[] d; // compressed, of one timestep
  private float[] a; // [units]
  private float[] dv; // [units]
  private float[] held; // [1 + STEPS][units]

  @Setup
  public void prepare() {
    run = chosen();
    h = new float[ALIGNED + STEPS * units];
    for (int i = ALIGNED; i < h.length; i++) {
      float before = i < ALIGNED + units ? 0f : h[i - units];
      h[i] = random.nextDouble() < ACTIVE ? 1f - before : before;
    }
    reference = new float[ALIGNED + units];
    threshold = new float[units];
    Arrays.fill(threshold, 0.5f);
    list = new int[units + Kernels.LANES];
    delta = new float[units + Kernels.LANES];
    fired = new int[STEPS * units / Kernels.LANES];
    d = values(units + Kernels.LANES);
    a = values(units);
    dv = values(units);
    held = new float[ALIGNED + (1 + STEPS) * units];
    encode();
  }

  @Benchmark
  public void encode() {
    for (int t = 0; t < STEPS; t++) {
      run.encode(h, ALIGNED + t * units, reference, ALIGNED, threshold, units, 0, list, delta, 0, fired,
          t * units / Kernels.LANES);
    }
  }

  @Benchmark
  public void encodeBackward() {
    for (int t = STEPS - 1; t >= 0; t--) {
      run.encodeBackward(d, ALIGNED, fired, t * units / Kernels.LANES, units, a, ALIGNED, dv, ALIGNED);
    }
  }

  @Benchmark
  public void hold() {
    for (int t = 0; t < STEPS; t++) {
      run.hold(h, ALIGNED + t * units, held, ALIGNED + t * units, threshold, units, ALIGNED + (t + 1) * units, fired,
          t * units / Kernels.LANES);
    }
  }

  @Benchmark
  public void holdBackward() {
    for (int t = STEPS - 1; t >= 0; t--) {
      run.holdBackward(dv, ALIGNED, fired, t * units / Kernels.LANES, units, a, ALIGNED);
    }
  }
}

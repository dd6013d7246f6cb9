// SPDX-License-Identifier: Apache-2.0
package org.lull.bench.kernels;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What one core of this machine can do at best: fused multiply-adds that touch no memory, and reading an array of a given size.
 *
 * <p>On the Vector API itself, which otherwise only VectorKernels uses: every product of the library loads what it multiplies, so none of
 * them can tell the peak from the bandwidth.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Peak {
  static final int ROUNDS = 4096;
  static final int CHAINS = 12;

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int V = F.length();

  /** Of the array that is read. */
  @Param("16")
  public int kilobytes;

  private final float[] factors = {0.999f, 0.001f};
  private float[] data;

  @Setup
  public void prepare() {
    data = new float[KernelState.ALIGNED + kilobytes * 256];
    Arrays.fill(data, 1f);
  }

  /** Floating-point operations of one call of {@link #multiplyAdd}. */
  static double flops() {
    return 2.0 * ROUNDS * CHAINS * V;
  }

  /** x = 0.999 x + 0.001 in {@value #CHAINS} chains, enough to hide the latency of an instruction, and few enough for 16 registers. */
  @Benchmark
  public float multiplyAdd() {
    FloatVector a = FloatVector.broadcast(F, factors[0]);
    FloatVector b = FloatVector.broadcast(F, factors[1]);
    FloatVector s0 = a;
    FloatVector s1 = a.add(b);
    FloatVector s2 = s1.add(b);
    FloatVector s3 = s2.add(b);
    FloatVector s4 = s3.add(b);
    FloatVector s5 = s4.add(b);
    FloatVector s6 = s5.add(b);
    FloatVector s7 = s6.add(b);
    FloatVector s8 = s7.add(b);
    FloatVector s9 = s8.add(b);
    FloatVector s10 = s9.add(b);
    FloatVector s11 = s10.add(b);
    for (int i = 0; i < ROUNDS; i++) {
      s0 = s0.fma(a, b);
      s1 = s1.fma(a, b);
      s2 = s2.fma(a, b);
      s3 = s3.fma(a, b);
      s4 = s4.fma(a, b);
      s5 = s5.fma(a, b);
      s6 = s6.fma(a, b);
      s7 = s7.fma(a, b);
      s8 = s8.fma(a, b);
      s9 = s9.fma(a, b);
      s10 = s10.fma(a, b);
      s11 = s11.fma(a, b);
    }
    FloatVector low = s0.add(s1).add(s2).add(s3).add(s4).add(s5).add(s6).add(s7);
    FloatVector high = s8.add(s9).add(s10).add(s11);
    return low.add(high).lane(0);
  }

  /** Adds up the array. */
  @Benchmark
  public float read() {
    FloatVector s0 = FloatVector.zero(F);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    for (int i = KernelState.ALIGNED; i + 8 * V <= data.length; i += 8 * V) {
      s0 = s0.add(FloatVector.fromArray(F, data, i));
      s1 = s1.add(FloatVector.fromArray(F, data, i + V));
      s2 = s2.add(FloatVector.fromArray(F, data, i + 2 * V));
      s3 = s3.add(FloatVector.fromArray(F, data, i + 3 * V));
      s4 = s4.add(FloatVector.fromArray(F, data, i + 4 * V));
      s5 = s5.add(FloatVector.fromArray(F, data, i + 5 * V));
      s6 = s6.add(FloatVector.fromArray(F, data, i + 6 * V));
      s7 = s7.add(FloatVector.fromArray(F, data, i + 7 * V));
    }
    return s0.add(s1).add(s2).add(s3).add(s4).add(s5).add(s6).add(s7).lane(0);
  }
}

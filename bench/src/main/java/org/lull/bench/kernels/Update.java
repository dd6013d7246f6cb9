// SPDX-License-Identifier: Apache-2.0
package org.lull.bench.kernels;

import java.util.concurrent.TimeUnit;
import org.lull.kernel.Kernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;

/** The optimiser's update of all weights of a layer. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Update extends KernelState {
  private Kernels run;
  private int n;
  private float[] parameters;
  private float[] gradients;
  private float[] first;
  private float[] second;

  @Setup
  public void prepare() {
    run = chosen();
    n = Work.weights(units);
    parameters = values(n);
    gradients = values(n);
    first = new float[ALIGNED + n];
    second = new float[ALIGNED + n];
  }

  @Benchmark
  public void adamW() {
    run.adamW(parameters, gradients, first, second, ALIGNED, n, 1f, 0.9f, 0.999f, 1e-8f, 1e-3f, 1f, 1f);
  }
}

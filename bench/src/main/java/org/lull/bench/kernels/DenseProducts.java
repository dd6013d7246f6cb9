// SPDX-License-Identifier: Apache-2.0
package org.lull.bench.kernels;

import java.util.concurrent.TimeUnit;
import org.lull.kernel.Kernels;
import org.lull.rnn.LayerLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;

/** The dense products as {@code DenseLayer} calls them: the input product of {@value KernelState#STEPS} timesteps and its transpose. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DenseProducts extends KernelState {
  private Kernels run;
  private LayerLayout layout;
  private float[] w; // as LayerLayout has it
  private float[] x; // [STEPS][units]
  private float[] m; // [panel][STEPS][rows]

  @Setup
  public void prepare() {
    run = chosen();
    layout = layout(units);
    w = values(layout.end());
    x = values(STEPS * units);
    m = values(STEPS * 4 * units);
  }

  /** M += x W_x. */
  @Benchmark
  public void gemm() {
    for (int p = 0; p < layout.panels(); p++) {
      int rows = layout.rowsOfX(p);
      run.gemm(x, ALIGNED, units, 1, STEPS, units, w, layout.column(p, 0), layout.strideOfX(p), m,
          ALIGNED + p * STEPS * layout.rowsOfX(0), rows,
          rows);
    }
  }

  /** dL/dx = G W_x. */
  @Benchmark
  public void gemmTransposed() {
    for (int p = 0; p < layout.panels(); p++) {
      int rows = layout.rowsOfX(p);
      run.gemmTransposed(m,
          ALIGNED + p * STEPS * layout.rowsOfX(0), rows, STEPS, w, layout.column(p, 0), layout.strideOfX(p), units,
          rows, x, ALIGNED,
          units, p > 0);
    }
  }
}

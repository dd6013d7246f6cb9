// SPDX-License-Identifier: Apache-2.0
package org.lull.bench.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.lull.kernel.Kernels;
import org.lull.rnn.LayerLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The three products of a training step on lists of active columns, as {@code DeltaLayer} calls them: forward and transposed one timestep a
 * call, the weight gradient {@value KernelState#STEPS} timesteps. Each timestep has a list of its own, so that neither the caches nor the
 * branch predictor know it by heart.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SparseProducts extends KernelState {
  /** Percent of the columns that are not on the list. */
  @Param("80")
  public int sparsity;

  private Kernels run;
  private LayerLayout layout;
  private int active;
  private int t;
  private float[] w; // as LayerLayout has it
  private float[] m; // [panel][rows]
  private float[] g; // [panel][STEPS][rows]
  private float[] d; // [active], room for a last vector
  private float[] gradients; // as w
  private int[] list; // [STEPS][active], ascending in each step
  private float[] delta;
  private int[][] columnStart; // [blocks of timesteps][columns + 1]
  private int[] stepsByColumn;
  private float[] deltaByColumn;

  @Setup
  public void prepare() {
    run = chosen();
    layout = layout(units);
    active = Work.active(units, sparsity);
    w = values(layout.end());
    gradients = values(layout.end());
    m = values(4 * units);
    g = values(STEPS * 4 * units);
    d = values(active + Kernels.LANES);
    list = new int[STEPS * active];
    delta = values(STEPS * active);
    List<int[]> columns = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      columns.add(draw());
      System.arraycopy(columns.get(step), 0, list, step * active, active);
    }
    deltaByColumn = values(STEPS * active);
    sortByColumn(columns);
  }

  /** Lists of timesteps by column, in blocks of as many as the delta layer takes at once. */
  private void sortByColumn(List<int[]> columns) {
    int atOnce = layout.stepsAtOnce();
    columnStart = new int[(STEPS + atOnce - 1) / atOnce][layout.columns() + 1];
    stepsByColumn = new int[STEPS * active];
    int k = 0;
    for (int block = 0; block < columnStart.length; block++) {
      for (int j = 0; j < layout.columns(); j++) {
        columnStart[block][j] = k;
        for (int step = block * atOnce; step < Math.min(STEPS, (block + 1) * atOnce); step++) {
          if (Arrays.binarySearch(columns.get(step), j) >= 0) {
            stepsByColumn[k++] = step;
          }
        }
      }
      columnStart[block][layout.columns()] = k;
    }
  }

  /** So many different columns, ascending. */
  private int[] draw() {
    boolean[] drawn = new boolean[layout.columns()];
    for (int left = active; left > 0;) {
      int column = random.nextInt(drawn.length);
      left -= drawn[column] ? 0 : 1;
      drawn[column] = true;
    }
    int[] columns = new int[active];
    for (int column = 0, k = 0; column < drawn.length; column++) {
      if (drawn[column]) {
        columns[k++] = column;
      }
    }
    return columns;
  }

  private int nextStep() {
    t = (t + 1) % STEPS;
    return t;
  }

  /** M += W delta. */
  @Benchmark
  public void forward() {
    int first = nextStep() * active;
    for (int p = 0; p < layout.panels(); p++) {
      int rows = layout.rowsOfX(p);
      run.gatherAxpy(w, layout.column(p, 0), layout.strideOfX(p), list, delta, 0, first, first + active, m,
          ALIGNED + p * layout.rowsOfX(0), rows);
    }
  }

  /** D = W^T G on the list. */
  @Benchmark
  public void transposed() {
    int step = nextStep();
    int first = step * active;
    for (int p = 0; p < layout.panels(); p++) {
      int rows = layout.rowsOfX(p);
      run.gatherDot(w, layout.column(p, 0), layout.strideOfX(p), list, first, first + active, g,
          ALIGNED + p * STEPS * layout.rowsOfX(0) + step * rows,
          rows, d, ALIGNED, p > 0);
    }
  }

  /** dL/dW += sum over the steps of G delta^T, column by column. */
  @Benchmark
  public void weightGradient() {
    for (int[] start : columnStart) {
      for (int p = 0; p < layout.panels(); p++) {
        int rows = layout.rowsOfX(p);
        for (int j = 0; j < layout.columns(); j++) {
          run.gatherAxpy(g, ALIGNED + p * STEPS * layout.rowsOfX(0), rows, stepsByColumn, deltaByColumn, 0, start[j], start[j + 1],
              gradients,
              layout.column(p, j), rows);
        }
      }
    }
  }
}

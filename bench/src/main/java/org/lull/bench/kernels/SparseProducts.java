package org.lull.bench.kernels;

import java.util.Arrays;
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
  @Param("80") public int sparsity;

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
  private int[] columnStart; // [columns + 1]
  private int[] stepsByColumn;
  private float[] deltaByColumn;

  @Setup
  public void prepare() {
    run = chosen();
    layout = layout();
    active = Work.active(units, sparsity);
    w = values(layout.end());
    gradients = values(layout.end());
    m = values(4 * units);
    g = values(STEPS * 4 * units);
    d = values(active + Kernels.LANES);
    list = new int[STEPS * active];
    delta = values(STEPS * active);
    int[][] fired = new int[layout.columns()][0];
    for (int step = 0; step < STEPS; step++) {
      int[] columns = draw();
      System.arraycopy(columns, 0, list, step * active, active);
      for (int column : columns) {
        fired[column] = Arrays.copyOf(fired[column], fired[column].length + 1);
        fired[column][fired[column].length - 1] = step;
      }
    }
    columnStart = new int[layout.columns() + 1];
    stepsByColumn = Arrays.stream(fired).flatMapToInt(Arrays::stream).toArray();
    deltaByColumn = values(STEPS * active);
    for (int j = 0; j < layout.columns(); j++) {
      columnStart[j + 1] = columnStart[j] + fired[j].length;
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
      run.addScaled(w, layout.column(p, 0), PANEL_ROWS, list, delta, 0, first, first + active, m, ALIGNED + p * PANEL_ROWS, PANEL_ROWS);
    }
  }

  /** D = W^T G on the list. */
  @Benchmark
  public void transposed() {
    int step = nextStep();
    int first = step * active;
    for (int p = 0; p < layout.panels(); p++) {
      run.dots(w, layout.column(p, 0), PANEL_ROWS, list, first, first + active, g, ALIGNED + (p * STEPS + step) * PANEL_ROWS, PANEL_ROWS,
          d, ALIGNED, p > 0);
    }
  }

  /** dL/dW += sum over the steps of G delta^T, column by column. */
  @Benchmark
  public void weightGradient() {
    for (int p = 0; p < layout.panels(); p++) {
      for (int j = 0; j < layout.columns(); j++) {
        run.addScaled(g, ALIGNED + p * STEPS * PANEL_ROWS, PANEL_ROWS, stepsByColumn, deltaByColumn, 0, columnStart[j], columnStart[j + 1],
            gradients, layout.column(p, j), PANEL_ROWS);
      }
    }
  }
}

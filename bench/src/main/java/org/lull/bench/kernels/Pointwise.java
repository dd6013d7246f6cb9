// SPDX-License-Identifier: Apache-2.0
package org.lull.bench.kernels;

import java.util.concurrent.TimeUnit;
import org.lull.kernel.CellKernel;
import org.lull.kernel.CellStep;
import org.lull.kernel.Kernels;
import org.lull.rnn.GruCell;
import org.lull.rnn.LstmCell;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;

/**
 * The pointwise stages of the cells, panel by panel over {@value KernelState#STEPS} timesteps, and tanh over as many. The backward stages
 * overwrite what the forward pass saved, so it is put back before each call; a call is long enough for that to be left out of the time.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Pointwise extends KernelState {
  /** Blocks an LSTM saves; a GRU has one less. */
  private static final int SAVED = 5;

  private final CellStep step = new CellStep();
  private Kernels run;
  private CellKernel lstm;
  private CellKernel gru;
  private int saved; // [panel][STEPS][SAVED][PANEL]
  private int m; // [panel][4][PANEL]
  private int h; // [STEPS + 1][units]
  private int c; // [STEPS + 1][units]
  private int dh; // [units]
  private int carry; // [units]
  private int scratch; // [4][PANEL]
  private float[] a; // holds all of these
  private float[] fresh; // what a holds before a call

  @Setup
  public void prepare() {
    run = chosen();
    saved = ALIGNED;
    m = saved + STEPS * SAVED * units;
    h = m + 4 * units;
    c = h + (STEPS + 1) * units;
    dh = c + (STEPS + 1) * units;
    carry = dh + units;
    scratch = carry + units;
    fresh = values(scratch + 4 * PANEL);
    for (int i = saved; i < m; i++) {
      fresh[i] = 0.5f + fresh[i]; // a gate after its activation
    }
    a = fresh.clone();
    step.above = values(units);
    step.kernels = run;
    step.a = a;
    step.units = PANEL;
    step.scratch = scratch;
    lstm = run.fastest(new LstmCell());
    gru = run.fastest(new GruCell());
  }

  @Setup(Level.Invocation)
  public void putBack() {
    System.arraycopy(fresh, 0, a, 0, a.length);
  }

  private int saved(int u, int t) {
    return saved + (u * STEPS + t * PANEL) * SAVED;
  }

  @Benchmark
  public void lstmForward() {
    forward(lstm);
  }

  @Benchmark
  public void lstmBackward() {
    backward(lstm);
  }

  @Benchmark
  public void gruForward() {
    forward(gru);
  }

  @Benchmark
  public void gruBackward() {
    backward(gru);
  }

  private void forward(CellKernel cell) {
    for (int t = 0; t < STEPS; t++) {
      for (int u = 0; u < units; u += PANEL) {
        step.m = m + 4 * u;
        at(u, t);
        cell.forward(step);
      }
    }
  }

  private void backward(CellKernel cell) {
    for (int t = STEPS - 1; t >= 0; t--) {
      for (int u = 0; u < units; u += PANEL) {
        at(u, t);
        step.dh = dh + u;
        step.aboveAt = ALIGNED + u;
        step.carry = carry + u;
        cell.backward(step);
        if (t + 1 < STEPS) {
          run.add(a, saved(u, t + 1), a, step.saved, 4 * PANEL);
        }
      }
    }
  }

  private void at(int u, int t) {
    step.saved = saved(u, t);
    step.cBefore = c + t * units + u;
    step.c = step.cBefore + units;
    step.hBefore = h + t * units + u;
    step.h = step.hBefore + units;
  }

  @Benchmark
  public void tanh() {
    run.tanh(a, h, a, c, STEPS * units);
  }
}

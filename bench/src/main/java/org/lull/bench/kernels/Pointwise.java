package org.lull.bench.kernels;

import java.util.concurrent.TimeUnit;
import org.lull.kernel.Kernels;
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

  private Kernels run;
  private int saved; // [panel][STEPS][SAVED][PANEL]
  private int m; // [panel][4][PANEL]
  private int h; // [STEPS + 1][units]
  private int c; // [STEPS + 1][units]
  private int dh; // [units]
  private int carry; // [units]
  private int scratch; // [4][PANEL]
  private float[] a; // holds all of these
  private float[] fresh; // what a holds before a call
  private float[] out; // [units]

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
    out = values(units);
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
    for (int t = 0; t < STEPS; t++) {
      for (int u = 0; u < units; u += PANEL) {
        run.lstmForward(a, PANEL, m + 4 * u, saved(u, t), c + t * units + u, c + (t + 1) * units + u, h + (t + 1) * units + u, scratch);
      }
    }
  }

  @Benchmark
  public void lstmBackward() {
    for (int t = STEPS - 1; t >= 0; t--) {
      for (int u = 0; u < units; u += PANEL) {
        run.lstmBackward(a, PANEL, saved(u, t), t + 1 < STEPS ? saved(u, t + 1) : -1, c + t * units + u, dh + u, out, ALIGNED + u,
            carry + u);
      }
    }
  }

  @Benchmark
  public void gruForward() {
    for (int t = 0; t < STEPS; t++) {
      for (int u = 0; u < units; u += PANEL) {
        run.gruForward(a, PANEL, m + 4 * u, saved(u, t), h + t * units + u, h + (t + 1) * units + u, scratch);
      }
    }
  }

  @Benchmark
  public void gruBackward() {
    for (int t = STEPS - 1; t >= 0; t--) {
      for (int u = 0; u < units; u += PANEL) {
        run.gruBackward(a, PANEL, saved(u, t), t + 1 < STEPS ? saved(u, t + 1) : -1, h + t * units + u, dh + u, out, ALIGNED + u,
            carry + u);
      }
    }
  }

  @Benchmark
  public void tanh() {
    run.tanh(a, h, a, c, STEPS * units);
  }
}

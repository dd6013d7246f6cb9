package org.lull.rnn;

import org.lull.kernel.Kernels;

/** The plain recurrent cell (Elman 1990): h_t = tanh(M_t). */
public record VanillaCell() implements Cell {
  @Override
  public String name() {
    return "rnn";
  }

  @Override
  public int blocks() {
    return 1;
  }

  @Override
  public int fed() {
    return 1;
  }

  @Override
  public int firstBlockOfH() {
    return 0;
  }

  @Override
  public int saved() {
    return 1;
  }

  @Override
  public int[] gatesOfX() {
    return new int[] {0};
  }

  @Override
  public int[] gatesOfH() {
    return new int[] {0};
  }

  @Override
  public int pointwiseOperations() {
    return 30; // 24 forward, one exponential among them, and 6 backward
  }

  @Override
  public void forward(Kernels kernels, float[] a, int units, int m, int saved, int cBefore, int c, int hBefore, int h, int scratch) {
    kernels.tanh(a, m, a, h, units);
    System.arraycopy(a, h, a, saved, units);
  }

  @Override
  public void backward(Kernels kernels, float[] a, int units, int saved, int next, int cBefore, int hBefore, int dh, float[] out,
      int outAt, int carry) {
    for (int u = 0; u < units; u++) {
      float h = a[saved + u];
      float dhNow = a[dh + u] + out[outAt + u];
      dhNow = Math.abs(dhNow) < Kernels.TINY ? 0f : dhNow;
      float g = dhNow - dhNow * h * h;
      a[saved + u] = next < 0 ? g : g + a[next + u];
    }
  }
}

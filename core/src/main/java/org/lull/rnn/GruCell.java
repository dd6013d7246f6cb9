package org.lull.rnn;

import org.lull.kernel.Kernels;

/**
 * GRU (Cho et al. 2014) as PyTorch has it, the reset gate after the product. Blocks nx r z nh, so that the blocks x feeds (nx r z) and
 * those h feeds (r z nh) are both consecutive:
 *
 * <pre>
 *   n   = tanh(nx + sigmoid(r) nh)
 *   h_t = (1 - sigmoid(z)) n + sigmoid(z) h_{t-1}
 * </pre>
 */
public record GruCell() implements Cell {
  @Override
  public String name() {
    return "gru";
  }

  @Override
  public int blocks() {
    return 4;
  }

  @Override
  public int fed() {
    return 3;
  }

  @Override
  public int firstBlockOfH() {
    return 1;
  }

  @Override
  public int saved() {
    return 4;
  }

  @Override
  public int[] gatesOfX() {
    return new int[] {2, 0, 1};
  }

  @Override
  public int[] gatesOfH() {
    return new int[] {0, 1, 2};
  }

  @Override
  public int pointwiseOperations() {
    return 99; // 77 forward, three exponentials among them, and 22 backward
  }

  @Override
  public void forward(Kernels kernels, float[] a, int units, int m, int saved, int cBefore, int c, int hBefore, int h, int scratch) {
    kernels.gruForward(a, units, m, saved, hBefore, h, scratch);
  }

  @Override
  public void backward(Kernels kernels, float[] a, int units, int saved, int next, int cBefore, int hBefore, int dh, float[] out,
      int outAt, int carry) {
    kernels.gruBackward(a, units, saved, next, hBefore, dh, out, outAt, carry);
  }
}

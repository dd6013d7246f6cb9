package org.lull.rnn;

import org.lull.kernel.Kernels;

/**
 * LSTM (Hochreiter and Schmidhuber 1997; forget gate, no peepholes). Blocks i f g o:
 *
 * <pre>
 *   c_t = sigmoid(f) c_{t-1} + sigmoid(i) tanh(g)
 *   h_t = sigmoid(o) tanh(c_t)
 * </pre>
 */
public record LstmCell() implements Cell {
  private static final int[] GATES = {0, 1, 2, 3};

  @Override
  public String name() {
    return "lstm";
  }

  @Override
  public int blocks() {
    return 4;
  }

  @Override
  public int fed() {
    return 4;
  }

  @Override
  public int firstBlockOfH() {
    return 0;
  }

  @Override
  public int saved() {
    return 5; // the gates and tanh(c)
  }

  @Override
  public int[] gatesOfX() {
    return GATES.clone();
  }

  @Override
  public int[] gatesOfH() {
    return GATES.clone();
  }

  @Override
  public int pointwiseOperations() {
    return 155; // 128 forward, five exponentials among them, and 27 backward
  }

  @Override
  public void forward(Kernels kernels, float[] a, int units, int m, int saved, int cBefore, int c, int hBefore, int h, int scratch) {
    kernels.lstmForward(a, units, m, saved, cBefore, c, h, scratch);
  }

  @Override
  public void backward(Kernels kernels, float[] a, int units, int saved, int next, int cBefore, int hBefore, int dh, float[] out,
      int outAt, int carry) {
    kernels.lstmBackward(a, units, saved, next, cBefore, dh, out, outAt, carry);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.network;

import java.util.Arrays;
import org.lull.kernel.Kernels;
import org.lull.rnn.ArrayLength;
import org.lull.rnn.Packing;

/** The linear output layer: logits = W y + bias, where y is what {@link Head} reads of the top layer. */
final class LinearHead {
  private final Network network;
  private final Kernels kernels;
  private final Head kind;
  private final int hidden;
  private final int outputs;
  private final int stride;

  private float[] read = new float[0];
  private float[] logits = new float[0];
  private float[] gradient = new float[0];
  private int[] list = new int[0];
  private float[] ones = new float[0];

  LinearHead(Network network) {
    this.network = network;
    kernels = network.kernels();
    kind = network.spec().head();
    hidden = Kernels.pad(network.spec().hidden());
    outputs = network.spec().outputs();
    stride = Kernels.pad(outputs);
  }

  /** Decisions: one a sequence, or one a timestep. */
  int decisions(Packing packing) {
    return kind == Head.FRAMES ? packing.rows() : packing.sequences();
  }

  void forward(float[] h, int hAt, Packing packing) {
    int n = decisions(packing);
    reserve(n, packing.steps());
    int gradientRows = kind == Head.MEAN ? n : packing.rows();
    int gradientSize = ArrayLength.of((long) gradientRows * hidden, gradientRows, hidden, "units");
    if (gradient.length < gradientSize) {
      gradient = new float[gradientSize];
    }
    switch (kind) {
      case MEAN -> {
        for (int s = 0; s < n; s++) {
          mean(h, hAt, packing, s);
        }
      }
      case LAST -> {
        for (int s = 0; s < n; s++) {
          System.arraycopy(h, hAt + packing.row(packing.length(s) - 1, s) * hidden, read, s * hidden, hidden);
        }
      }
      case FRAMES -> System.arraycopy(h, hAt, read, 0, n * hidden);
    }
    classify(n);
  }

  /** logits = W y + bias, for the first n rows read. */
  private void classify(int n) {
    float[] w = network.parameters();
    kernels.gemmTransposed(read, 0, hidden, n, w, network.headWeight(), hidden, outputs, hidden, logits, 0, stride, false);
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < outputs; k++) {
        logits[i * stride + k] += w[network.headBias() + k];
      }
    }
  }

  /**
   * Takes one more timestep of a stream.
   *
   * @param scores receives the scores, [outputs], with the bits {@link #forward} gives for all timesteps so far; null if nobody wants them
   *     yet, so that they are not computed
   */
  void step(NetworkState state, float[] h, int hAt, float[] scores) {
    reserve(1, 1);
    if (kind == Head.MEAN) {
      kernels.add(h, hAt, state.sum, 0, hidden);
    }
    if (scores == null) {
      return;
    }
    if (kind == Head.MEAN) {
      System.arraycopy(state.sum, 0, read, 0, hidden);
      divide(read, 0, state.steps);
    } else {
      System.arraycopy(h, hAt, read, 0, hidden);
    }
    classify(1);
    System.arraycopy(logits, 0, scores, 0, outputs);
  }

  private void mean(float[] h, int hAt, Packing packing, int s) {
    int steps = packing.length(s);
    for (int t = 0; t < steps; t++) {
      list[t] = packing.row(t, s);
    }
    int at = s * hidden;
    Arrays.fill(read, at, at + hidden, 0f);
    kernels.gatherAxpy(h, hAt, hidden, list, ones, 0, 0, steps, read, at, hidden);
    divide(read, at, steps);
  }

  private void divide(float[] sum, int at, int steps) {
    float share = 1f / steps;
    for (int u = 0; u < hidden; u++) {
      sum[at + u] *= share;
    }
  }

  private void reserve(int n, int steps) {
    int logitsSize = ArrayLength.of((long) n * stride, n, outputs, "outputs");
    int readSize = ArrayLength.of((long) n * hidden, n, hidden, "units");
    if (read.length < readSize) {
      read = new float[readSize];
      logits = new float[logitsSize];
    }
    if (list.length < steps) {
      list = new int[steps];
      ones = new float[steps];
      Arrays.fill(ones, 1f);
    }
  }

  /** Bytes of all arrays. */
  long bytes() {
    return Float.BYTES * ((long) read.length + logits.length + gradient.length + ones.length) + Integer.BYTES * (long) list.length;
  }

  float[] logits() {
    return logits;
  }

  /** The input y, [decisions][pad(hidden)]. */
  float[] read() {
    return read;
  }

  int logitsStride() {
    return stride;
  }

  /** Takes dL/dlogits from {@link #logits}; adds to the gradients of W and bias and leaves dL/dh at {@link #outputGradient}. */
  void backward(float[] gradients, boolean overwrite, Packing packing) {
    int n = decisions(packing);
    if (overwrite) {
      Arrays.fill(gradients, network.headWeight(), gradients.length, 0f);
    }
    kernels.gemm(logits, 0, 1, stride, outputs, n, read, 0, hidden, gradients, network.headWeight(), hidden, hidden);
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < outputs; k++) {
        gradients[network.headBias() + k] += logits[i * stride + k];
      }
    }
    float[] w = network.parameters();
    Arrays.fill(gradient, 0, (kind == Head.MEAN ? n : packing.rows()) * hidden, 0f);
    switch (kind) {
      case MEAN -> {
        kernels.gemm(logits, 0, stride, 1, n, outputs, w, network.headWeight(), hidden, gradient, 0, hidden, hidden);
        for (int s = 0; s < n; s++) {
          divide(gradient, s * hidden, packing.length(s));
        }
      }
      case LAST -> {
        for (int s = 0; s < n; s++) {
          int row = packing.row(packing.length(s) - 1, s);
          kernels.gemm(logits, s * stride, stride, 1, 1, outputs, w, network.headWeight(), hidden, gradient, row * hidden, hidden, hidden);
        }
      }
      case FRAMES -> kernels.gemm(logits, 0, stride, 1, n, outputs, w, network.headWeight(), hidden, gradient, 0, hidden, hidden);
    }
  }

  /** dL/dh of the top layer: a row for each timestep, or for each sequence. */
  float[] outputGradient() {
    return gradient;
  }

  boolean outputGradientPerStep() {
    return kind != Head.MEAN;
  }
}

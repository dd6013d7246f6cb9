// SPDX-License-Identifier: Apache-2.0
package org.lull.bench.kernels;

import java.util.List;

/**
 * What one call of a benchmark has to do, counted from the definition of its kernel in {@code ScalarKernels}: a fused multiply-add is two
 * operations, a division or root one, a comparison none.
 *
 * @param elements results of a pointwise stage; 0 for a product, whose rate is told in operations
 * @param flops floating-point operations
 * @param streams what is read and written, by the size of the array it lies in
 */
record Work(double elements, double flops, List<Stream> streams) {
  /**
   * Bytes a call moves between registers and the level of memory that holds {@code workingSet} bytes. Sums that stay in registers are moved
   * once; where a list makes a product read a row again, it is moved again. Sums of long rows, which pass through the first-level cache,
   * are not counted.
   */
  record Stream(double bytes, double workingSet) {}

  private static final int FLOAT = Float.BYTES;
  private static final int STEPS = KernelState.STEPS;

  /** Columns on the list, of the 2 units a layer has. */
  static int active(int units, int sparsity) {
    return Math.round(2 * units * (100 - sparsity) / 100f);
  }

  /** Weights of a layer. */
  static int weights(int units) {
    return 2 * units * 4 * units;
  }

  private static int stepsAtOnce(int units) {
    return KernelState.layout(units).stepsAtOnce();
  }

  /** Bytes of a panel's G that are brought into dL/dW together. */
  private static double gOfBlock(int units) {
    return FLOAT * (double) stepsAtOnce(units) * KernelState.layout(units).rowsOfX(0);
  }

  /** @param sparsity percent; of no meaning but for the sparse products */
  static Work of(String benchmark, int units, int sparsity) {
    double n = active(units, sparsity);
    double rows = 4.0 * units;
    double column = FLOAT * rows;
    double w = FLOAT * (double) weights(units);
    return switch (benchmark) {
      case "forward" -> product(2 * n * rows, new Stream(n * column, w), new Stream(2 * column, column));
      case "transposed" -> product(2 * n * rows, new Stream(n * column, w), new Stream(column, STEPS * column));
      case "weightGradient" -> product(2 * n * STEPS * rows, new Stream(n * STEPS * column, gOfBlock(units)),
          new Stream(2 * w * Math.ceilDiv(STEPS, stepsAtOnce(units)), w));
      case "gemm" -> product(2.0 * STEPS * units * rows, new Stream(w / 2, w / 2), new Stream(2 * STEPS * column, STEPS * column));
      case "gemmTransposed" -> product(2.0 * STEPS * units * rows, new Stream(w / 2, w / 2), new Stream(STEPS * column, STEPS * column));
      case "encode" -> pointwise(STEPS * units, 2, 3, 1 + 2 * Encoder.ACTIVE, 1);
      case "encodeBackward" -> pointwise(STEPS * units, 2, 1 + Encoder.ACTIVE, 2, 0);
      case "hold" -> pointwise(STEPS * units, 2, 3, 1, 2);
      case "holdBackward" -> pointwise(STEPS * units, 1, 2, 2, 0);
      case "lstmForward" -> pointwise(STEPS * units, 128, 5, 7, 7);
      case "lstmBackward" -> pointwise(STEPS * units, 27, 13, 5, 6);
      case "gruForward" -> pointwise(STEPS * units, 77, 5, 5, 5);
      case "gruBackward" -> pointwise(STEPS * units, 22, 12, 5, 5);
      case "tanh" -> pointwise(STEPS * units, 24, 1, 1, 2);
      case "adamW" -> pointwise(weights(units), 15, 4, 3, 4);
      default -> throw new IllegalArgumentException("no benchmark " + benchmark);
    };
  }

  private static Work product(double flops, Stream... streams) {
    return new Work(0, flops, List.of(streams));
  }

  /**
   * @param flops an element, as are the others
   * @param held floats the arrays hold that grow with the elements
   */
  private static Work pointwise(double elements, double flops, double read, double written, double held) {
    return new Work(elements, elements * flops, List.of(new Stream(elements * FLOAT * (read + written), elements * FLOAT * held)));
  }
}

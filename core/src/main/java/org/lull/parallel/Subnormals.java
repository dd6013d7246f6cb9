// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

/**
 * Checks that the float arithmetic of a thread has subnormal numbers (those below {@link Float#MIN_NORMAL}), as Java specifies. A native
 * library can switch them off. For example, ONNX Runtime with {@code session.set_denormal_as_zero} sets two bits in the control register of
 * the processor (flush to zero, denormals are zero), and they stay set for all code that runs on that thread afterwards. Then results would
 * depend on what else the process does.
 */
public final class Subnormals {
  /** Not final: the compiler computes constant expressions itself, on another thread. */
  private static float half = 0.5f;

  private Subnormals() {}

  /**
   * Checks the calling thread. This takes a nanosecond or two.
   *
   * @throws IllegalStateException if subnormal numbers become zero on the calling thread
   */
  public static void check() {
    if (Float.MIN_NORMAL * half == 0) { // flushed when it was computed, or taken for zero when it is compared
      throw new IllegalStateException("thread " + Thread.currentThread().getName() + " computes without subnormal numbers ("
          + Float.MIN_NORMAL + " / 2 is 0), so results would not be those of other runs: a native library has set that, such as ONNX"
          + " Runtime with session.set_denormal_as_zero; switch it off there, or use Lull on threads of its own, started before");
    }
  }
}

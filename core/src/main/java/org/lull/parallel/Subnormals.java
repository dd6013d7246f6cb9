// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

/**
 * Whether a thread's float arithmetic has subnormal numbers, those below {@link Float#MIN_NORMAL}, as Java promises. A native library can
 * take them away: ONNX Runtime with {@code session.set_denormal_as_zero}, for one, sets two bits in the processor's control register
 * (flush to zero, denormals are zero), and they stay set for whatever runs on that thread afterwards. Results would then depend on what
 * else the process does.
 */
public final class Subnormals {
  /** Not final: what the compiler knows it computes itself, on a thread of its own. */
  private static float half = 0.5f;

  private Subnormals() {}

  /**
   * Takes a nanosecond or two.
   *
   * @throws IllegalStateException where numbers that small become zero on the calling thread
   */
  public static void check() {
    if (Float.MIN_NORMAL * half == 0) { // flushed when it was computed, or taken for zero when it is compared
      throw new IllegalStateException("thread " + Thread.currentThread().getName() + " computes without subnormal numbers ("
          + Float.MIN_NORMAL + " / 2 is 0), so results would not be those of other runs: a native library has set that, such as ONNX"
          + " Runtime with session.set_denormal_as_zero; switch it off there, or use Lull on threads of its own, started before");
    }
  }
}

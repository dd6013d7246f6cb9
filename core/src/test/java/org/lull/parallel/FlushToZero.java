// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Does to the calling thread what a native library does that sets denormal numbers to zero; for glibc on x86-64. */
public final class FlushToZero {
  /** Results that are subnormal become zero. */
  public static final int FLUSH_TO_ZERO = 1 << 15;
  /** Operands that are subnormal are taken for zero. */
  public static final int DENORMALS_ARE_ZERO = 1 << 6;

  /** Of glibc's fenv_t: the environment of the x87 unit, then MXCSR. */
  private static final int SIZE = 32;
  private static final int MXCSR = 28;

  private static final MethodHandle GET = function("fegetenv");
  private static final MethodHandle SET = function("fesetenv");

  private FlushToZero() {}

  @SuppressWarnings("restricted") // it calls into the C library
  private static MethodHandle function(String name) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  }

  /** Sets those bits on this thread, and clears the other of the two; 0 is Java's arithmetic. */
  public static void set(int bits) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment environment = arena.allocate(SIZE);
      int got = (int) GET.invokeExact(environment);
      int mxcsr = environment.get(ValueLayout.JAVA_INT, MXCSR);
      environment.set(ValueLayout.JAVA_INT, MXCSR, mxcsr & ~(FLUSH_TO_ZERO | DENORMALS_ARE_ZERO) | bits);
      int set = (int) SET.invokeExact(environment);
      if (got != 0 || set != 0) {
        throw new IllegalStateException("fegetenv gave " + got + ", fesetenv " + set);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}

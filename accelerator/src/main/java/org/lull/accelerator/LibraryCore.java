// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.lull.input.InvalidInputException;

/** The logic, compiled by Verilator to a shared library that this process calls. A call moves many values or runs many cycles. */
final class LibraryCore implements Core {
  private static final int ERROR_LENGTH = 640;

  private final Arena arena = Arena.ofConfined();
  private final MethodHandle free;
  private final MethodHandle write;
  private final MethodHandle read;
  private final MethodHandle run;
  private final MethodHandle stall;
  private final MethodHandle error;
  private MemorySegment core;

  /**
   * @param seed decides what registers and memories hold before the reset
   * @throws InvalidInputException if it is no library of ours
   */
  @SuppressWarnings("restricted")
  LibraryCore(Path library, int seed) {
    try {
      SymbolLookup symbols = SymbolLookup.libraryLookup(library.toAbsolutePath(), arena);
      free = function(symbols, "lull_free", null, ADDRESS);
      write = function(symbols, "lull_write", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG);
      read = function(symbols, "lull_read", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG);
      run = function(symbols, "lull_run", JAVA_LONG, ADDRESS, JAVA_INT, JAVA_LONG);
      stall = function(symbols, "lull_stall", null, ADDRESS, JAVA_LONG);
      error = function(symbols, "lull_error", ADDRESS, ADDRESS);
      core = (MemorySegment) function(symbols, "lull_new", ADDRESS, JAVA_INT).invokeExact(seed);
    } catch (IllegalArgumentException e) {
      arena.close();
      throw new InvalidInputException(library + " cannot be loaded as a library of the accelerator: " + e.getMessage(), e);
    } catch (Throwable e) {
      arena.close();
      throw unexpected(e);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(SymbolLookup symbols, String name, MemoryLayout result, MemoryLayout... parameters) {
    MemorySegment address = symbols.find(name).orElseThrow(() -> new IllegalArgumentException("it has no function " + name));
    FunctionDescriptor type = result == null ? FunctionDescriptor.ofVoid(parameters) : FunctionDescriptor.of(result, parameters);
    return Linker.nativeLinker().downcallHandle(address, type);
  }

  @Override
  public void write(Region region, int address, int... values) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment data = call.allocateFrom(JAVA_INT, values);
      check((int) write.invokeExact(core, region.ordinal(), address, data, (long) values.length));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int[] read(Region region, int address, int count) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment data = call.allocate(JAVA_INT, count);
      check((int) read.invokeExact(core, region.ordinal(), address, data, (long) count));
      return data.toArray(JAVA_INT);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public long run(Command command, long limit) {
    try {
      return check((long) run.invokeExact(core, command.ordinal() + 1, limit));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public void stall(long seed) {
    try {
      stall.invokeExact(core, seed);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @SuppressWarnings("restricted")
  private long check(long result) throws Throwable {
    if (result < 0) {
      MemorySegment text = (MemorySegment) error.invokeExact(core);
      throw new CoreFault(text.reinterpret(ERROR_LENGTH).getString(0));
    }
    return result;
  }

  private static RuntimeException unexpected(Throwable e) {
    switch (e) {
      case RuntimeException runtime -> {
        return runtime;
      }
      case Error fatal -> throw fatal;
      default -> throw new AssertionError("a foreign call throws nothing of its own", e);
    }
  }

  @Override
  public void close() {
    if (core != null) {
      try {
        free.invokeExact(core);
      } catch (Throwable e) {
        throw unexpected(e);
      }
      core = null;
      arena.close();
    }
  }
}

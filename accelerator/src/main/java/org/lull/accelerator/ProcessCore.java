// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.lull.input.InvalidInputException;

/**
 * The logic, compiled by Verilator to a program of its own; for machines on which Java cannot load the library. A request is op, a and b as
 * int32, n as int64, and n values if something is written. An answer is a status as int32, n as int64, and n values that were read, or n
 * bytes of the text of an error.
 */
final class ProcessCore implements Core {
  private static final int NEW = 0;
  private static final int WRITE = 1;
  private static final int READ = 2;
  private static final int RUN = 3;
  private static final int STALL = 4;
  private static final int END = 5;
  private static final long LARGEST_ANSWER = 1L << 40;
  private static final int HEADER = 3 * Integer.BYTES + Long.BYTES;

  private final Process process;
  private final OutputStream to;
  private final InputStream from;

  /**
   * @param program that serves a library
   * @throws InvalidInputException if it cannot be started
   */
  ProcessCore(Path program, Path library, int seed) {
    try {
      process = new ProcessBuilder(program.toAbsolutePath().toString(), library.toAbsolutePath().toString())
          .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new InvalidInputException(program + " cannot be started: " + e.getMessage(), e);
    }
    to = process.getOutputStream();
    from = new BufferedInputStream(process.getInputStream());
    call(NEW, seed, 0, 0);
  }

  /** @return n of the answer, whose values are still to be read */
  private long call(int op, int a, int b, long n, int... values) {
    try {
      ByteBuffer request = buffer(HEADER + Integer.BYTES * values.length).putInt(op).putInt(a).putInt(b).putLong(n);
      for (int value : values) {
        request.putInt(value);
      }
      to.write(request.array());
      to.flush();
      ByteBuffer answer = take(Integer.BYTES + Long.BYTES);
      int status = answer.getInt();
      long result = answer.getLong();
      if (result < 0 || result > LARGEST_ANSWER) {
        process.destroy();
        throw new CoreFault("the simulated logic answers nonsense");
      }
      if (status != 0) {
        throw new CoreFault(new String(take(Math.toIntExact(result)).array(), StandardCharsets.UTF_8));
      }
      return result;
    } catch (IOException e) {
      throw new CoreFault("the simulated logic does not answer: " + (e instanceof EOFException ? "it has ended" : e.getMessage()));
    }
  }

  private ByteBuffer take(int bytes) throws IOException {
    byte[] taken = from.readNBytes(bytes);
    if (taken.length < bytes) {
      throw new EOFException();
    }
    return ByteBuffer.wrap(taken).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void write(Region region, int address, int... values) {
    call(WRITE, region.ordinal(), address, values.length, values);
  }

  @Override
  public int[] read(Region region, int address, int count) {
    call(READ, region.ordinal(), address, count);
    try {
      int[] values = new int[count];
      take(Integer.BYTES * count).asIntBuffer().get(values);
      return values;
    } catch (IOException e) {
      throw new CoreFault("the simulated logic does not answer: " + e.getMessage());
    }
  }

  @Override
  public long run(Command command, long limit) {
    return call(RUN, command.ordinal() + 1, 0, limit);
  }

  @Override
  public void stall(long seed) {
    call(STALL, 0, 0, seed);
  }

  @Override
  public void close() {
    try {
      to.write(buffer(HEADER).putInt(END).array());
      to.close();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      process.destroy(); // it has ended, or never will
    }
  }
}

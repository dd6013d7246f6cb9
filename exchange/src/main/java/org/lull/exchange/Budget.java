// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/**
 * How much memory a reader may take for what a file says: three times its size, and a little for small files. A file whose sizes are
 * damaged, or that was made to fill the memory, is refused before the memory is asked for.
 */
public final class Budget {
  private static final long LEAST = 1 << 18; // bytes
  private static final int TIMES = 3;

  private final Path file;
  private long all;
  private long left;

  private Budget(Path file, long size) {
    this.file = file;
    all = LEAST + TIMES * size;
    left = all;
  }

  /** @throws InvalidInputException if there is no such file */
  public static Budget of(Path file) {
    try {
      return new Budget(file, Files.size(file));
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + file + ": " + AtomicFile.reason(e) + "; check the path and its permissions", e);
    }
  }

  /** Another file belongs to it. */
  public void add(long size) {
    all += TIMES * size;
    left += TIMES * size;
  }

  /**
   * Notes that memory is about to be taken.
   *
   * @param count of elements, also one that overflowed
   * @throws InvalidInputException if it is more than the file can account for
   */
  public void take(long count, int bytesOfEach) {
    if (count < 0 || count > left / bytesOfEach) {
      throw new InvalidInputException(file + ": what it describes takes more than the " + all
          + " bytes that a file of this size can account for; it is damaged, or no model: copy it again or save it anew");
    }
    left -= count * bytesOfEach;
  }
}

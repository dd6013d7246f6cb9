// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.lull.input.InvalidInputException;

/** A directory that only one process at a time works in. It is locked while it is open. */
public final class LockedDirectory implements AutoCloseable {
  /** Those open in this process: closing a second channel to a lock would give away the first one's, as POSIX has it. */
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private final Path dir;
  private final Path real;
  private final Path lock;
  private final boolean made;
  private final FileChannel channel;

  private LockedDirectory(Path dir, Path real, Path lock, boolean made, FileChannel channel) {
    this.dir = dir;
    this.real = real;
    this.lock = lock;
    this.made = made;
    this.channel = channel;
  }

  /**
   * Opens a directory, and creates it if it does not exist.
   *
   * @param kind kind of the work in the directory, such as "sweep"; it names the lock
   * @param sign a file that shows that such work was done in the directory
   * @param advice what to do if the directory cannot be used, such as "choose another with --out"
   * @throws InvalidInputException if this fails, the directory contains something else, or another process has it open
   */
  public static LockedDirectory open(Path dir, String kind, String sign, String advice) {
    boolean made = !Files.exists(dir);
    try {
      Files.createDirectories(dir);
      Path lock = dir.resolve(kind + ".lock");
      if (!Files.exists(lock) && !Files.exists(dir.resolve(sign)) && !files(dir).isEmpty()) {
        throw new InvalidInputException("directory " + dir + " is not empty and holds no " + kind + "; " + advice);
      }
      Path real = dir.toRealPath();
      FileChannel channel = OPEN.add(real) ? locked(lock, real) : null;
      if (channel == null) {
        throw new InvalidInputException("another " + kind + " is at work in " + dir + "; wait for it to end, or " + advice);
      }
      return new LockedDirectory(dir, real, lock, made, channel);
    } catch (IOException e) {
      throw cannotBeUsed(dir, advice, e);
    }
  }

  /** Null where another process has it; the system lets go of it when a process ends, however it does. */
  private static FileChannel locked(Path lock, Path real) throws IOException {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (IOException | RuntimeException e) {
      OPEN.remove(real);
      throw e;
    }
    channel.close();
    OPEN.remove(real);
    return null;
  }

  /** The exception that says that a directory cannot be used. */
  public static InvalidInputException cannotBeUsed(Path dir, String advice, IOException e) {
    return new InvalidInputException("directory " + dir + " cannot be used: " + AtomicFile.reason(e) + "; " + advice, e);
  }

  private static List<Path> files(Path dir) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.toList();
    }
  }

  /** Releases the lock. A directory in which nothing was stored is left as it was found. */
  @Override
  public void close() {
    try {
      if (files(dir).equals(List.of(lock))) {
        Files.delete(lock);
        if (made) {
          Files.delete(dir);
        }
      }
      channel.close();
    } catch (IOException e) {
      // what is left does no harm, and a failure that led here is the one to report
    } finally {
      OPEN.remove(real);
    }
  }
}

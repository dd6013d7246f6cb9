package org.lull.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.lull.InvalidInputException;

/** A directory that one process at a time works in: locked while it is open. */
public final class LockedDirectory implements AutoCloseable {
  private final Path dir;
  private final Path lock;
  private final boolean made;
  private final FileChannel channel;

  private LockedDirectory(Path dir, Path lock, boolean made, FileChannel channel) {
    this.dir = dir;
    this.lock = lock;
    this.made = made;
    this.channel = channel;
  }

  /**
   * Opens a directory, which is made where there is none.
   *
   * @param kind of work that is done there, as in "sweep", which names the lock
   * @param sign a file that tells that such work was done there
   * @param advice what to do where the directory cannot be used, as in "choose another with --out"
   * @throws InvalidInputException where that cannot be, or it holds something else, or another has it open
   */
  public static LockedDirectory open(Path dir, String kind, String sign, String advice) {
    boolean made = !Files.exists(dir);
    try {
      Files.createDirectories(dir);
      Path lock = dir.resolve(kind + ".lock");
      if (!Files.exists(lock) && !Files.exists(dir.resolve(sign)) && !files(dir).isEmpty()) {
        throw new InvalidInputException("directory " + dir + " is not empty and holds no " + kind + "; " + advice);
      }
      FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        channel.close();
        throw new InvalidInputException("another " + kind + " is at work in " + dir + "; wait for it to end, or " + advice);
      }
      return new LockedDirectory(dir, lock, made, channel);
    } catch (IOException e) {
      throw cannotBeUsed(dir, advice, e);
    }
  }

  /** That a directory cannot be used. */
  public static InvalidInputException cannotBeUsed(Path dir, String advice, IOException e) {
    return new InvalidInputException("directory " + dir + " cannot be used: " + AtomicFile.reason(e) + "; " + advice, e);
  }

  private static List<Path> files(Path dir) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.toList();
    }
  }

  /** Null where another has it, in this process or elsewhere; the system lets go of it when a process ends, however it does. */
  private static FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** Gives the lock back; a directory in which nothing was kept is left as it was found. */
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
    }
  }
}

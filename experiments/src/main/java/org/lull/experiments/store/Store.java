// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.lull.Model;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.io.LockedDirectory;

/**
 * A directory in which files and folders appear only when they are complete. A file is written beside its place and renamed. A folder is
 * made in {@value #UNFINISHED} and moved. What a killed process leaves in {@value #UNFINISHED} is removed by the next process.
 */
public final class Store implements AutoCloseable {
  private static final String UNFINISHED = "unfinished";

  private final Path dir;
  private final LockedDirectory lock; // null where there is none
  private final ReentrantLock writing = new ReentrantLock();
  private boolean makesFolders;

  private Store(Path dir, LockedDirectory lock) {
    this.dir = dir;
    this.lock = lock;
  }

  /**
   * Opens and locks a directory, and creates it if it does not exist.
   *
   * @param kind kind of the work in the directory, such as "sweep"; it names the lock
   * @param sign a file that shows that such work was done in the directory
   * @throws InvalidInputException if that cannot be, or it holds something else, or another has it open
   */
  public static Store open(Path dir, String kind, String sign) {
    return new Store(dir, LockedDirectory.open(dir, kind, sign, Advice.OUT));
  }

  /** A directory that exists and that only the caller uses. */
  public static Store of(Path dir) {
    return new Store(dir, null);
  }

  public Path path() {
    return dir;
  }

  /** Path of a file or folder, which need not exist. */
  public Path resolve(String name) {
    return dir.resolve(name);
  }

  public boolean has(String name) {
    return Files.exists(dir.resolve(name));
  }

  // ------------------------------------------------------------------------------------------------ reading

  /** A file of JSON; empty if there is none. */
  public <T> Optional<T> read(String name, Class<T> type) {
    return has(name) ? Optional.of(readJson(name, type)) : Optional.empty();
  }

  /** @throws InvalidInputException if the file is missing, cannot be read, or is damaged */
  public <T> T readJson(String name, Class<T> type) {
    return Json.parse(readText(name), type, dir.resolve(name).toString());
  }

  /** @throws InvalidInputException if the file is missing or cannot be read */
  public String readText(String name) {
    Path file = dir.resolve(name);
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + file + ": " + AtomicFile.reason(e), e);
    }
  }

  /** @throws InvalidInputException if it is missing or damaged */
  public Model readModel(String name) {
    return Model.load(dir.resolve(name));
  }

  /** Names of the files of a folder that end so, sorted; none where there is no such folder. */
  public List<String> names(String folder, String suffix) {
    if (!has(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(dir.resolve(folder))) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(suffix)).sorted().toList();
    } catch (IOException e) {
      throw LockedDirectory.cannotBeUsed(dir, Advice.OUT, e);
    }
  }

  // ------------------------------------------------------------------------------------------------ writing

  public void writeJson(String name, Object value) {
    write(name, Json.pretty(value) + System.lineSeparator());
  }

  public void write(String name, String text) {
    guarded(() -> AtomicFile.write(dir.resolve(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8))));
  }

  public void writeModel(String name, Model model) {
    guarded(() -> model.save(dir.resolve(name)));
  }

  /** Runs something else that writes to the directory. */
  public void guarded(Runnable write) {
    writing.lock();
    try {
      write.run();
    } finally {
      writing.unlock();
    }
  }

  /** Appends one line to a file, whole or not at all. */
  public void append(String name, String line) {
    append(name, dir.resolve(name).toFile().length(), line);
  }

  /**
   * Puts one line at a place in a file, whole or not at all. If that very line is there, nothing is written; otherwise the line replaces
   * everything from there on.
   *
   * @param at end of the line before, in bytes
   * @return the end of the line
   */
  public long append(String name, long at, String line) {
    Path file = dir.resolve(name);
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    writing.lock();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (holds(channel, at, bytes)) {
        return at + bytes.length;
      }
      channel.truncate(at);
      try {
        for (ByteBuffer buffer = ByteBuffer.wrap(bytes); buffer.hasRemaining();) {
          channel.write(buffer, at + buffer.position());
        }
        return at + bytes.length;
      } catch (IOException e) {
        channel.truncate(at);
        throw e;
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          "cannot write " + file + ": " + AtomicFile.reason(e) + "; make room, then try again with another --run", e);
    } finally {
      writing.unlock();
    }
  }

  private static boolean holds(FileChannel channel, long at, byte[] bytes) throws IOException {
    ByteBuffer there = ByteBuffer.allocate(bytes.length);
    while (there.hasRemaining()) {
      if (channel.read(there, at + there.position()) < 0) {
        return false;
      }
    }
    return Arrays.equals(there.array(), bytes);
  }

  /** Waits until nothing is being written, and prevents all further writing; for the end of the process. */
  public void seal() {
    writing.lock();
  }

  // ------------------------------------------------------------------------------------------------ folders

  /** Makes a folder that files are put into. */
  public void makeFolder(String name) {
    try {
      Files.createDirectories(dir.resolve(name));
    } catch (IOException e) {
      throw LockedDirectory.cannotBeUsed(dir, Advice.OUT, e);
    }
  }

  /** Removes a file or folder, and the folder that it is in if nothing else is there. What cannot be removed does no harm. */
  public void discard(String name) {
    Path path = dir.resolve(name);
    try {
      remove(path);
      if (!path.getParent().equals(dir)) {
        Files.deleteIfExists(path.getParent());
      }
    } catch (IOException e) {
      // not empty, or not removable
    }
  }

  /** Removes what was left unfinished, so that folders can be made. */
  public void makeFolders() {
    try {
      remove(dir.resolve(UNFINISHED));
      Files.createDirectories(dir.resolve(UNFINISHED));
      makesFolders = true;
    } catch (IOException e) {
      throw LockedDirectory.cannotBeUsed(dir, Advice.OUT, e);
    }
  }

  /** Path at which a folder of this name is made before {@link #finish}; the caller creates it. */
  public Path unfinished(String name) {
    return dir.resolve(UNFINISHED, name);
  }

  /**
   * Moves a complete folder from {@link #unfinished} to its place. A folder that is there is replaced.
   *
   * @param place path in this directory
   */
  public void finish(String place) {
    Path to = dir.resolve(place);
    try {
      Files.createDirectories(to.getParent());
      remove(to);
      Files.move(unfinished(to.getFileName().toString()), to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new InvalidInputException("cannot write " + to + ": " + AtomicFile.reason(e) + "; then start again what was cut off", e);
    }
  }

  /** Removes a folder with its content, if it exists. Symbolic links are not followed. */
  private static void remove(Path tree) throws IOException {
    if (Files.exists(tree)) {
      Files.walkFileTree(tree, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
          Files.delete(file);
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
          Files.delete(folder);
          return FileVisitResult.CONTINUE;
        }
      });
    }
  }

  /** Releases the lock. If no work was begun, nothing is left. */
  @Override
  public void close() {
    try {
      if (makesFolders) {
        remove(dir.resolve(UNFINISHED));
      }
    } catch (IOException e) {
      // what is left does no harm, and a failure that led here is the one to report
    }
    if (lock != null) {
      lock.close();
    }
  }
}

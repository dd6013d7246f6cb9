// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.lull.input.InvalidInputException;

/** Writes files atomically: to a temporary file in the same folder, which is forced to the disk and then renamed. */
public final class AtomicFile {
  /** Number of symbolic links that are followed, as on Linux. */
  private static final int MAX_LINKS = 40;

  private AtomicFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything to {@code out}, which is buffered; closing it is allowed and not needed. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Creates or replaces {@code file}. If anything fails, the file is unchanged and nothing is left beside it. A symbolic link is followed,
   * not replaced; it may name a file that does not exist yet. An interrupt of the thread does not stop the write.
   *
   * @throws InvalidInputException if the file cannot be written (disk full, no permission, no such folder), with the reason. An exception
   *     of {@code content} that is not an {@link IOException} passes through unchanged
   */
  public static void write(Path file, Content content) {
    try {
      Path target = target(file);
      Path beside = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".tmp");
      beside.toFile().deleteOnExit(); // by Ctrl-C too, but after shutdown hooks: one may wait for this write
      try {
        writeForced(beside, content);
        Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        discard(beside);
      }
      forceFolder(target.getParent());
    } catch (IOException e) {
      throw unwritable(file, e);
    } catch (UncheckedIOException e) {
      throw unwritable(file, e.getCause());
    }
  }

  /** Deletes temporary files that interrupted writes have left beside the file. Nobody may be writing the file. */
  public static void discardUnfinished(Path file) {
    String name = file.getFileName().toString();
    try (DirectoryStream<Path> left = Files.newDirectoryStream(file.toAbsolutePath().getParent(), name + ".*.tmp")) {
      left.forEach(AtomicFile::discard);
    } catch (IOException e) {
      // what is left does no harm
    }
  }

  /** Why an operation on a file failed, in plain words or those of the operating system. The path is not included; the caller adds it. */
  public static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "no such file or folder";
      case ClosedByInterruptException _ -> "the thread was interrupted";
      case NotDirectoryException _ -> "not a folder";
      case FileAlreadyExistsException taken -> taken.getFile() + " is in the way";
      case FileSystemException known when known.getReason() != null -> known.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  /**
   * Checks that a file can be created, before the work whose result goes into it.
   *
   * @throws InvalidInputException if {@link #write} would refuse the file too: it is a folder or a device, or its folder does not exist
   */
  public static void requirePlace(Path file) {
    target(file);
  }

  private static Path target(Path file) {
    if (Files.isDirectory(file)) {
      throw new InvalidInputException("cannot write " + file + ": it is a folder; give the name of a file");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new InvalidInputException("cannot write " + file + ": it is a device or a pipe; give the name of an ordinary file");
    }
    try {
      Path target = Files.exists(file) ? file.toRealPath() : followed(file.toAbsolutePath());
      Path folder = target.getParent();
      if (!Files.isDirectory(folder)) {
        throw new InvalidInputException("cannot write " + file + ": there is no folder " + folder + "; create it first");
      }
      return target;
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Where a symbolic link to a file that does not exist leads. */
  private static Path followed(Path file) throws IOException {
    Path at = file;
    for (int links = 0; Files.isSymbolicLink(at); links++) {
      if (links == MAX_LINKS) {
        throw new FileSystemException(file.toString(), null, "its symbolic links lead in a circle");
      }
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
    return at;
  }

  private static void writeForced(Path beside, Content content) throws IOException {
    Files.createFile(beside);
    try (FileOutputStream file = new FileOutputStream(beside.toFile())) { // unlike a channel, not closed by an interrupt
      OutputStream out = new KeptOpen(file);
      content.writeTo(out);
      out.flush();
      file.getFD().sync();
    }
  }

  /** A content that closes its stream, as most wrappers do, must not close the channel before it is forced. */
  private static final class KeptOpen extends BufferedOutputStream {
    KeptOpen(OutputStream out) {
      super(out, 1 << 16);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  private static void discard(Path beside) {
    try {
      Files.deleteIfExists(beside);
    } catch (IOException e) {
      // the failure that led here is the one to report
    }
  }

  /** Makes the rename itself survive a power cut; not every platform can open a folder, and the file is in place either way. */
  private static void forceFolder(Path folder) {
    try {
      Uninterrupted.run(() -> {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
          channel.force(true);
          return null;
        }
      });
    } catch (IOException e) {
      // not supported here
    }
  }

  private static InvalidInputException unwritable(Path file, IOException e) {
    return new InvalidInputException(
        "cannot write " + file + ": " + reason(e) + "; the folder is as it was: make room or choose another folder, then try again", e);
  }
}

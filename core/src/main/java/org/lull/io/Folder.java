// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.text.Normalizer;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.lull.input.InvalidInputException;

/** Lists folders and reads text files, in an order that does not depend on the file system. */
public final class Folder {
  /** How far down, and how many files, {@link #walk} goes: no corpus is larger, but a whole disk may be given by mistake. */
  private static final int DEEPEST = 8;
  private static final int MOST_FILES = 1_000_000;

  private Folder() {}

  /** Files whose lower-case names are wanted, sorted by name. Hidden files, such as a Mac's "._x.wav", are left out. */
  public static List<Path> files(Path dir, Predicate<String> wanted) {
    return children(dir, path -> {
      String name = name(path).toLowerCase(Locale.ROOT);
      return wanted.test(name) && !name.startsWith(".") && !Files.isDirectory(path);
    });
  }

  /** Folders, sorted by name. */
  public static List<Path> folders(Path dir) {
    return children(dir, Files::isDirectory);
  }

  private static List<Path> children(Path dir, Predicate<Path> wanted) {
    try (Stream<Path> children = Files.list(dir)) {
      return children.filter(wanted).sorted(Comparator.comparing(Folder::name)).toList();
    } catch (IOException e) {
      throw unlisted(dir, e);
    } catch (UncheckedIOException e) {
      throw unlisted(dir, e.getCause());
    }
  }

  /**
   * Shows the files in a folder and below it, in no certain order, without those that are hidden and without folders whose names begin with
   * '_'. A folder that cannot be read is passed over: what must be read in it is read elsewhere, and that says so.
   */
  public static void walk(Path dir, Consumer<Path> files) {
    try {
      Files.walkFileTree(dir, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, new SimpleFileVisitor<>() {
        private int seen;

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
          String name = folder.equals(dir) ? "" : name(folder);
          return name.startsWith(".") || name.startsWith("_") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
          if (!name(file).startsWith(".") && attributes.isRegularFile()) {
            files.accept(file);
          }
          return ++seen < MOST_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException e) {
          return FileVisitResult.CONTINUE;
        }
      });
    } catch (IOException e) {
      throw unlisted(dir, e);
    }
  }

  private static InvalidInputException unlisted(Path dir, IOException e) {
    return new InvalidInputException("cannot list the folder " + dir + ": " + AtomicFile.reason(e) + "; check its permissions", e);
  }

  /** The name of a file or folder, without its parent. */
  public static String name(Path path) {
    return path.getFileName().toString();
  }

  /** The name of a file without its suffix, composed (NFC) on every system. */
  public static String stem(Path path) {
    String name = composed(name(path));
    int dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  /** The path relative to the corpus, with '/' and composed (NFC) on every system: macOS hands out names decomposed. */
  public static String id(Path dir, Path path) {
    return composed(dir.relativize(path).toString().replace(File.separatorChar, '/'));
  }

  private static String composed(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }

  /** Whether a text file does not end with the end of a line, for example because it was cut short. */
  public static boolean endsOpen(Path file) {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
      if (bytes.length() == 0) {
        return false;
      }
      bytes.seek(bytes.length() - 1);
      int last = bytes.read();
      return last != '\n' && last != '\r';
    } catch (IOException e) {
      throw unread(file, e);
    }
  }

  /**
   * The exception that says that a text file ends within a line.
   *
   * @param what shows it
   */
  public static InvalidInputException cutShort(Path file, int number, String what) {
    return new InvalidInputException(file + ", line " + number + ": " + what
        + ": the file ends within this line, so it was probably cut short; get it again, or end the line");
  }

  private static InvalidInputException unread(Path file, IOException e) {
    return new InvalidInputException(
        "cannot read " + file + ": " + AtomicFile.reason(e) + "; check that it is a file and its permissions", e);
  }

  /** Takes one line of a text file; numbers start at 1. */
  @FunctionalInterface
  public interface LineReader {
    void accept(int number, String line);
  }

  /** Reads a UTF-8 text file line by line. */
  public static void readLines(Path file, LineReader reader) {
    try (BufferedReader in = Files.newBufferedReader(file)) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        boolean byteOrderMark = number == 1 && line.startsWith("\uFEFF");
        reader.accept(number, byteOrderMark ? line.substring(1) : line);
      }
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(file + " is not UTF-8 text; convert it, or get the file again", e);
    } catch (IOException e) {
      throw unread(file, e);
    }
  }
}

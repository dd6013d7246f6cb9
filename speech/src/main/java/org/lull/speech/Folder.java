package org.lull.speech;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/** What folders and text files hold, in an order that does not depend on the file system. */
final class Folder {
  private Folder() {}

  /** Files with the suffix (in any case), sorted by name; hidden ones, such as a Mac's "._x.wav", are none of them. */
  static List<Path> files(Path dir, String suffix) {
    return children(dir, path -> {
      String name = name(path).toLowerCase(Locale.ROOT);
      return name.endsWith(suffix) && !name.startsWith(".") && !Files.isDirectory(path);
    });
  }

  /** Folders, sorted by name. */
  static List<Path> folders(Path dir) {
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

  private static InvalidInputException unlisted(Path dir, IOException e) {
    return new InvalidInputException("cannot list the folder " + dir + ": " + AtomicFile.reason(e) + "; check its permissions", e);
  }

  static String name(Path path) {
    return path.getFileName().toString();
  }

  /** The name of a file without its suffix. */
  static String stem(Path path) {
    String name = name(path);
    return name.substring(0, name.lastIndexOf('.'));
  }

  /** The path relative to the corpus, with '/' on every system. */
  static String id(Path dir, Path path) {
    return dir.relativize(path).toString().replace(File.separatorChar, '/');
  }

  /** Takes one line of a text file; numbers start at 1. */
  @FunctionalInterface
  interface LineReader {
    void accept(int number, String line);
  }

  /** Reads a UTF-8 text file line by line. */
  static void readLines(Path file, LineReader reader) {
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
      throw new InvalidInputException(
          "cannot read " + file + ": " + AtomicFile.reason(e) + "; check that it is a file and its permissions", e);
    }
  }
}

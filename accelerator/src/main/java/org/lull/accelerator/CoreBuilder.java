// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lull.input.InvalidInputException;

/**
 * Builds the logic with Verilator, if it is installed, and keeps the builds: a file for each size of the core. The name of the file has a
 * hash of everything that decides its bytes, so a changed logic never gets an old build.
 */
public final class CoreBuilder implements AutoCloseable {
  private static final String SOURCES = "/accelerator";
  private static final int TOLD = 8; // lines of a failed build
  private static final int OLDEST = 5; // version of Verilator; 4 knows neither --no-timing nor all of the language
  private static final Pattern VERSION = Pattern.compile("Verilator (\\d{1,6})\\b");

  private final boolean keeps;
  private Path directory; // if it does not keep, null until something is built
  private final Consumer<String> told;
  private final String optimisation;

  /** How the simulated logic is reached. */
  public enum Link {
    /** A shared library, called in this process. */
    LIBRARY,
    /** A program of its own, asked through pipes. */
    PROCESS
  }

  /**
   * @param directory folder of the builds, created if it is missing. Null for a temporary folder, which is deleted on closing
   * @param told receives a sentence before a build, which takes long
   */
  public CoreBuilder(Path directory, Consumer<String> told) {
    this(directory, told, "-O1");
  }

  /** @param optimisation level of the C++ compiler; a lower one builds faster and simulates slower */
  CoreBuilder(Path directory, Consumer<String> told, String optimisation) {
    this.directory = directory;
    keeps = directory != null;
    this.told = told;
    this.optimisation = optimisation;
  }

  /** What this machine lacks to simulate the logic, in a sentence; empty if it can. */
  public static Optional<String> lacking() {
    return Machine.LACKING;
  }

  /** Looked at once. */
  private static final class Machine {
    static final Optional<String> LACKING = lacking(System.getProperty("os.name"), Machine::onPath, Machine::verilator);

    private static boolean onPath(String tool) {
      String path = System.getenv("PATH");
      return path != null && Stream.of(path.split(File.pathSeparator)).anyMatch(dir -> Files.isExecutable(Path.of(dir, tool)));
    }

    /** "Verilator 5.006 2023-01-22 rev ..." */
    private static String verilator() {
      try {
        Process process = new ProcessBuilder("verilator", "--version").redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      } catch (IOException e) {
        return e.getMessage();
      }
    }
  }

  /** Of a machine with that operating system, those tools and that Verilator. */
  static Optional<String> lacking(String system, Predicate<String> onPath, Supplier<String> verilator) {
    if (!system.equals("Linux")) {
      return Optional.of("it is built on Linux only, and this is " + system);
    }
    List<String> missing = Stream.of("bash", "make", "verilator", "g++").filter(onPath.negate()).toList();
    if (!missing.isEmpty()) {
      return Optional.of("no " + String.join(", no ", missing) + " on this machine; on Debian: apt-get install verilator g++ make");
    }
    String found = verilator.get();
    Matcher version = VERSION.matcher(found);
    return version.lookingAt() && Integer.parseInt(version.group(1)) >= OLDEST ? Optional.empty()
        : Optional.of("verilator --version says '" + found.lines().findFirst().orElse("") + "', expected " + OLDEST + " or newer");
  }

  /**
   * The logic after its reset.
   *
   * @param seed seed of the random content of registers and memories before the reset
   * @throws InvalidInputException if it cannot be built here
   */
  Core core(CoreSize size, Link link, int seed) {
    List<String> arguments = new ArrayList<>(size.arguments());
    arguments.add("OPT=" + optimisation);
    Path library = build("library", ".so", "the logic of " + size.lanes() + " lanes with Verilator", arguments);
    return switch (link) {
      case LIBRARY -> new LibraryCore(library, seed);
      case PROCESS -> new ProcessCore(program(), library, seed);
    };
  }

  /** That of a process that serves a library. */
  Path program() {
    return build("process", "", "a program that serves it", List.of());
  }

  /** What the build script makes, made if it is not there. */
  private Path build(String kind, String suffix, String what, List<String> arguments) {
    Map<String, byte[]> sources = sources();
    Path file = directory().resolve(kind + "-" + hash(sources, kind + arguments) + suffix);
    if (Files.isExecutable(file)) {
      return file;
    }
    lacking().ifPresent(reason -> {
      throw new InvalidInputException("the accelerator's logic cannot be built: " + reason);
    });
    told.accept("building " + what + (keeps ? ", which is kept in " + directory : "") + "...");
    try {
      Files.createDirectories(directory);
      Path work = Files.createTempDirectory("lull");
      try {
        run(work, sources, kind, file, arguments);
      } finally {
        delete(work);
      }
    } catch (IOException e) {
      throw new InvalidInputException("the accelerator's logic cannot be built in " + directory + ": " + e.getMessage(), e);
    }
    return file;
  }

  private Path directory() {
    try {
      directory = directory == null ? Files.createTempDirectory("lull") : directory;
    } catch (IOException e) {
      throw new InvalidInputException("no directory for the accelerator's logic can be made: " + e.getMessage(), e);
    }
    return directory;
  }

  /** Deletes a temporary folder of builds. */
  @Override
  public void close() {
    if (!keeps && directory != null) {
      try {
        delete(directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      directory = null;
    }
  }

  private static void run(Path work, Map<String, byte[]> sources, String kind, Path file, List<String> arguments) throws IOException {
    for (Map.Entry<String, byte[]> source : sources.entrySet()) {
      Path copy = work.resolve(source.getKey());
      Files.createDirectories(copy.getParent());
      Files.write(copy, source.getValue());
    }
    Path log = work.resolve("log");
    List<String> command = new ArrayList<>(List.of("bash", work.resolve("tb/build.sh").toString(), kind, file.toAbsolutePath().toString()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (process.waitFor() != 0 || !Files.isExecutable(file)) {
        List<String> lines = Files.readAllLines(log);
        throw new IOException(String.join(" | ", lines.subList(Math.max(0, lines.size() - TOLD), lines.size())));
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void delete(Path dir) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    }
  }

  /** The files a build is made of, by their names; they go along with the classes. */
  private static Map<String, byte[]> sources() {
    try {
      URI root = CoreBuilder.class.getResource(SOURCES).toURI();
      if (root.getScheme().equals("jar")) {
        try (FileSystem jar = FileSystems.newFileSystem(root, Map.of())) {
          return sources(jar.getPath(SOURCES));
        }
      }
      return sources(Path.of(root));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, byte[]> sources(Path root) throws IOException {
    Map<String, byte[]> sources = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sources.put(root.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
      }
    }
    return sources;
  }

  private static String hash(Map<String, byte[]> sources, String how) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      sources.forEach((name, bytes) -> {
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
      });
      return HexFormat.of().formatHex(digest.digest(how.getBytes(StandardCharsets.UTF_8))).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}

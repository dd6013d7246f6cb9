package org.lull.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.stream.Stream;
import org.lull.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.io.ModelFile;
import org.lull.model.Model;
import org.lull.train.RunResult;

/**
 * What a run leaves behind: {@value #MODEL} and {@value #DENSE_MODEL}, {@value #METRICS} with a line an epoch, and {@value #RESULT}. Never
 * overwrites another run.
 */
final class RunDirectory {
  static final String MODEL = "model.safetensors";
  static final String DENSE_MODEL = "dense.safetensors";
  static final String METRICS = "metrics.jsonl";
  static final String RESULT = "result.json";

  private final Path dir;

  private RunDirectory(Path dir) {
    this.dir = dir;
  }

  /** A new one; {@code asked} is null for runs/ and the time. */
  static RunDirectory create(Path asked) {
    Path dir = asked != null ? asked : Path.of("runs", LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss")));
    requireNew(dir);
    try {
      Files.createDirectories(dir);
    } catch (FileAlreadyExistsException e) {
      throw new InvalidInputException("run directory " + dir + ": " + e.getFile() + " is a file; choose another with --run", e);
    } catch (IOException e) {
      throw new InvalidInputException("run directory " + dir + " cannot be made (" + e + "); choose another with --run", e);
    }
    return new RunDirectory(dir);
  }

  /** Refuses a directory that holds something already. */
  static void requireNew(Path dir) {
    if (dir == null || !Files.exists(dir)) {
      return;
    }
    try (Stream<Path> files = Files.list(dir)) {
      if (files.findAny().isPresent()) {
        throw new InvalidInputException("run directory " + dir + " exists and is not empty; choose another with --run, or remove it");
      }
    } catch (IOException e) {
      throw new InvalidInputException("run directory " + dir + " cannot be used (" + e + "); choose another with --run", e);
    }
  }

  /** The model file a user means by a run directory or a file. */
  static Path modelIn(Path modelOrRun) {
    if (!Files.exists(modelOrRun)) {
      throw new InvalidInputException("model " + modelOrRun + ": no such file or directory; give a run directory or a .safetensors file");
    }
    if (!Files.isDirectory(modelOrRun)) {
      return modelOrRun;
    }
    Path file = modelOrRun.resolve(MODEL);
    if (!Files.exists(file)) {
      throw new InvalidInputException("run directory " + modelOrRun + " holds no " + MODEL + "; was its training cut off at once?");
    }
    return file;
  }

  Path path() {
    return dir;
  }

  /** Appends one line to the metrics. */
  void metrics(Object line) {
    Path file = dir.resolve(METRICS);
    try {
      Files.writeString(file, Json.line(line) + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be written (" + e.getMessage() + "); is the disk full?", e);
    }
  }

  /** Writes a model, in place of the one it improves on. */
  void model(String name, Model model) {
    ModelFile.write(dir.resolve(name), model);
  }

  void result(RunResult result) {
    AtomicFile.write(dir.resolve(RESULT), out -> out.write((Json.pretty(result) + "\n").getBytes(StandardCharsets.UTF_8)));
  }
}

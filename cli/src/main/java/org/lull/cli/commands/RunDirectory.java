package org.lull.cli.commands;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.lull.Model;
import org.lull.cli.report.Picture;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/**
 * What a run leaves behind: {@value #MODEL} and {@value #DENSE_MODEL}, {@value #METRICS} with a line an epoch, {@value #RESULT},
 * {@value #CURVES} and, where clips were not usable, {@value #LEFT_OUT}. Never overwrites another run.
 */
public final class RunDirectory {
  public static final String MODEL = "model.safetensors";
  public static final String DENSE_MODEL = "dense.safetensors";
  public static final String METRICS = "metrics.jsonl";
  public static final String RESULT = "result.json";
  public static final String CURVES = "curves.png";
  static final String EXEMPLARS = "exemplars.log";
  static final String LEFT_OUT = "left-out.txt";

  /** Where runs go that were not given a directory. */
  static final Path RUNS = Path.of("runs");

  private static final String ADVICE = "; choose another with --run";

  private final Path dir;
  private final boolean made;
  private final ReentrantLock writing = new ReentrantLock();

  private RunDirectory(Path dir, boolean made) {
    this.dir = dir;
    this.made = made;
  }

  /** Makes the directory. It is this run's alone: of two that want it at once, one is refused it. */
  static RunDirectory create(Path dir) {
    try {
      return claim(dir);
    } catch (FileAlreadyExistsException e) {
      throw new InvalidInputException("run directory " + dir + ": " + e.getFile() + " exists" + ADVICE, e);
    } catch (IOException e) {
      throw notMade(dir, e);
    }
  }

  /** Makes a directory in {@code runs} that the time names; a number follows where another run began in the same second. */
  static RunDirectory createIn(Path runs) {
    String time = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss"));
    for (int i = 1; ; i++) {
      Path dir = runs.resolve(i == 1 ? time : time + "-" + i);
      try {
        return claim(dir);
      } catch (FileAlreadyExistsException e) {
        // the next number may be free
      } catch (IOException e) {
        throw notMade(dir, e);
      }
    }
  }

  private static InvalidInputException notMade(Path dir, IOException e) {
    return new InvalidInputException("run directory " + dir + " cannot be made: " + AtomicFile.reason(e) + ADVICE, e);
  }

  private static RunDirectory claim(Path dir) throws IOException {
    boolean made = !Files.exists(dir);
    Files.createDirectories(dir);
    Files.createFile(dir.resolve(METRICS)); // fails if it exists: the claim
    return new RunDirectory(dir, made);
  }

  /** Refuses a place where no directory can be made, before hours are spent on what goes there. */
  static void requirePlace(Path dir) {
    Path there = dir.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      throw new InvalidInputException("run directory " + dir + ": " + there + " is a file" + ADVICE);
    }
    if (!Files.isWritable(there)) {
      throw new InvalidInputException("run directory " + dir + ": no permission to write in " + there + ADVICE);
    }
  }

  /** Refuses besides a directory that holds something already. */
  static void requireNew(Path dir) {
    requirePlace(dir);
    if (!Files.exists(dir)) {
      return;
    }
    try (Stream<Path> files = Files.list(dir)) {
      if (files.findAny().isPresent()) {
        throw new InvalidInputException("run directory " + dir + " exists and is not empty" + ADVICE + ", or remove it");
      }
    } catch (IOException e) {
      throw new InvalidInputException("run directory " + dir + " cannot be used: " + AtomicFile.reason(e) + ADVICE, e);
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
      throw new InvalidInputException("run directory " + modelOrRun + " holds no " + MODEL + (Files.exists(modelOrRun.resolve(DENSE_MODEL))
          ? "; its training was cut off: give " + modelOrRun.resolve(DENSE_MODEL)
          : "; give the directory of a run, or a .safetensors file"));
    }
    return file;
  }

  Path path() {
    return dir;
  }

  /** Appends one line to the metrics, whole or not at all. */
  void metrics(Object line) {
    Path file = dir.resolve(METRICS);
    byte[] bytes = (Json.line(line) + "\n").getBytes(StandardCharsets.UTF_8);
    writing.lock();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long end = channel.size();
      try {
        for (ByteBuffer buffer = ByteBuffer.wrap(bytes); buffer.hasRemaining(); ) {
          channel.write(buffer, end + buffer.position());
        }
      } catch (IOException e) {
        channel.truncate(end);
        throw e;
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          "cannot write " + file + ": " + AtomicFile.reason(e) + "; make room, then try again with another --run", e);
    } finally {
      writing.unlock();
    }
  }

  /** Writes a model, in place of the one it improves on. */
  void model(String name, Model model) {
    writing.lock();
    try {
      model.save(dir.resolve(name));
    } finally {
      writing.unlock();
    }
  }

  void result(RunResult result) {
    text(RESULT, Json.pretty(result) + "\n");
  }

  /** @param clips that are not usable, a sentence each */
  void leftOut(List<String> clips) {
    text(LEFT_OUT, String.join("\n", clips) + "\n");
  }

  private void text(String name, String text) {
    writing.lock();
    try {
      AtomicFile.write(dir.resolve(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    } finally {
      writing.unlock();
    }
  }

  void curves(Picture curves) {
    writing.lock();
    try {
      curves.write(dir.resolve(CURVES));
    } finally {
      writing.unlock();
    }
  }

  /** Waits for what is being written and lets nothing more be written: for the end of the process. */
  void seal() {
    writing.lock();
  }

  /** Whether nothing of worth has been written: a line of the metrics comes before model and result. */
  boolean isEmpty() {
    return dir.resolve(METRICS).toFile().length() == 0;
  }

  /** Gives the directory up, and removes it where it was made by the run, if that failed before it had anything to keep. */
  void removeIfEmpty() {
    if (isEmpty()) {
      try {
        Files.deleteIfExists(dir.resolve(LEFT_OUT));
        Files.deleteIfExists(dir.resolve(METRICS));
        if (made) {
          Files.deleteIfExists(dir);
        }
      } catch (IOException e) {
        // an empty directory does no harm; the failure that led here is the one to report
      }
    }
  }
}

package org.lull.cli.commands;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.lull.Model;
import org.lull.cli.options.IncrementalOptions.Trial;
import org.lull.experiments.incremental.Incremental;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.io.LockedDirectory;
import org.lull.network.Mode;

/**
 * Where experiments in class-incremental learning are kept: {@value #FILE} says what they have in common, {@value #STARTS} has the networks
 * they begin with, {@value #POINTS} a file for each that is finished. Files appear whole, so that a run that was cut off goes on where it
 * was, and other methods can be added later. Locked while it is open.
 */
final class IncrementalDirectory implements AutoCloseable {
  static final String FILE = "incremental.json";
  static final String RESULTS = "results.json";
  static final String PICTURE = "incremental.png";
  static final String STARTS = "starts";
  static final String POINTS = "points";

  private static final String ADVICE = "choose another with --out";

  private final Path dir;
  private final LockedDirectory lock;

  /**
   * What the experiments have in common.
   *
   * @param split the examples accuracy is measured on
   */
  record Common(String data, String dataHash, String split, SortedMap<String, String> options) {}

  /** One order of the classes, learned in one way by one network. */
  record Point(int order, Mode mode, Trial trial) {
    String name() {
      return "order=" + order + "," + mode.name().toLowerCase(Locale.ROOT) + "," + trial.name();
    }
  }

  /** A finished one, as its file has it. */
  record Finished(Point point, Incremental result) {}

  private IncrementalDirectory(Path dir, LockedDirectory lock) {
    this.dir = dir;
    this.lock = lock;
  }

  /** Opens a directory, which is made where there is none, for experiments that have this in common. */
  static IncrementalDirectory open(Path dir, Common common) {
    IncrementalDirectory directory =
        new IncrementalDirectory(dir, LockedDirectory.open(dir, "incremental experiment", FILE, ADVICE));
    try {
      directory.begin(common);
      return directory;
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  private void begin(Common common) {
    Path file = dir.resolve(FILE);
    if (Files.exists(file)) {
      Common there = read(file, Common.class);
      if (!there.equals(common)) {
        throw new InvalidInputException(dir + " holds other experiments: " + there + ", here " + common + "; " + ADVICE);
      }
    }
    try {
      Files.createDirectories(dir.resolve(STARTS));
      Files.createDirectories(dir.resolve(POINTS));
    } catch (IOException e) {
      throw LockedDirectory.cannotBeUsed(dir, ADVICE, e);
    }
    write(FILE, Json.pretty(common) + System.lineSeparator());
  }

  private Path start(int order, Mode mode) {
    return dir.resolve(STARTS, "order=" + order + "," + mode.name().toLowerCase(Locale.ROOT) + ".safetensors");
  }

  boolean hasStart(int order, Mode mode) {
    return Files.exists(start(order, mode));
  }

  Model readStart(int order, Mode mode) {
    return Model.load(start(order, mode));
  }

  void writeStart(int order, Model model) {
    model.save(start(order, model.mode()));
  }

  boolean isFinished(Point point) {
    return Files.exists(file(point));
  }

  void finished(Point point, Incremental result) {
    write(POINTS + "/" + point.name() + ".json", Json.pretty(new Finished(point, result)) + System.lineSeparator());
  }

  private Path file(Point point) {
    return dir.resolve(POINTS, point.name() + ".json");
  }

  /** All that are finished, by whatever command, in the order of their names. */
  List<Finished> all() {
    try (Stream<Path> files = Files.list(dir.resolve(POINTS))) {
      List<Finished> all = new ArrayList<>();
      for (Path file : files.filter(each -> each.toString().endsWith(".json")).sorted().toList()) {
        all.add(read(file, Finished.class));
      }
      return all;
    } catch (IOException e) {
      throw LockedDirectory.cannotBeUsed(dir, ADVICE, e);
    }
  }

  void write(String name, String text) {
    AtomicFile.write(dir.resolve(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  Path path() {
    return dir;
  }

  private static <T> T read(Path file, Class<T> type) {
    try {
      return Json.parse(Files.readString(file), type, file.toString());
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + file + ": " + AtomicFile.reason(e), e);
    }
  }

  @Override
  public void close() {
    lock.close();
  }
}

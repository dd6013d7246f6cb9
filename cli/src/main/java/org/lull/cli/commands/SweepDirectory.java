package org.lull.cli.commands;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import org.lull.Model;
import org.lull.cli.commands.Grid.Point;
import org.lull.experiments.run.Experiment;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.io.LockedDirectory;
import org.lull.network.Provenance;
import org.lull.train.EpochRecord;

/**
 * Where a sweep is kept: {@value #SWEEP} says what it is of, {@value #POINTS} has the run directory of each point that is finished,
 * {@value #PRETRAINED} the dense networks that points begin with. All is made in {@value #UNFINISHED} and moved when it is complete, so
 * that what is in the others is whole. Locked while it is open.
 */
final class SweepDirectory implements AutoCloseable {
  static final String SWEEP = "sweep.json";
  static final String RESULTS = "results.json";
  static final String CSV = "sweep.csv";
  static final String PARETO = "pareto.png";
  static final String POINT = "point.json";
  static final String ADVICE = "choose another with --out";

  private static final String FAILURES = "failures.json";
  private static final String POINTS = "points";
  private static final String UNFINISHED = "unfinished";
  private static final String PRETRAINED = "pretrained";
  private static final String EPOCHS = "epochs.json";

  private final Path dir;
  private final LockedDirectory lock;
  private boolean begun;

  /**
   * What is particular to a point, in its {@value SweepDirectory#POINT}.
   *
   * @param network dense or delta
   * @param options all that decide what it became
   * @param timed whether its training steps were timed while nothing else ran
   */
  record PointFile(String network, SortedMap<String, String> options, boolean timed) {}

  /** The epochs of a dense phase, in its {@value SweepDirectory#EPOCHS}. */
  private record Epochs(List<EpochRecord> epochs) {}

  private SweepDirectory(Path dir, LockedDirectory lock) {
    this.dir = dir;
    this.lock = lock;
  }

  /**
   * Opens a directory, which is made where there is none.
   *
   * @throws InvalidInputException where that cannot be, or it holds something else, or another sweep has it open
   */
  static SweepDirectory open(Path dir) {
    return new SweepDirectory(dir, LockedDirectory.open(dir, "sweep", SWEEP, ADVICE));
  }

  /** What the sweep that was begun here is of. */
  Optional<Sweep> sweep() {
    return read(SWEEP, Sweep.class);
  }

  /** What a file of the directory holds; empty where there is none. */
  <T> Optional<T> read(String name, Class<T> type) {
    Path file = dir.resolve(name);
    return Files.exists(file) ? Optional.of(read(file, type)) : Optional.empty();
  }

  /** Begins a sweep here, or goes on with it where it has begun; what was left unfinished is removed. */
  void begin(Sweep sweep) {
    sweep().ifPresentOrElse(there -> there.requireSame(sweep, dir.toString()),
        () -> write(dir.resolve(SWEEP), Json.pretty(sweep) + System.lineSeparator()));
    try {
      begun = true;
      remove(dir.resolve(UNFINISHED));
      Files.createDirectories(dir.resolve(UNFINISHED));
      Files.createDirectories(dir.resolve(POINTS));
    } catch (IOException e) {
      throw LockedDirectory.cannotBeUsed(dir, ADVICE, e);
    }
  }

  /** A new run directory for the point. */
  RunDirectory train(Point point, PointFile file) {
    RunDirectory run = RunDirectory.create(dir.resolve(UNFINISHED, point.name()));
    write(run.path().resolve(POINT), Json.pretty(file) + System.lineSeparator());
    return run;
  }

  /** Takes a point as finished. */
  void finished(Point point) {
    finished(place(point));
  }

  /** Notes why points have no result, in place of what was noted before, by their names. */
  void failed(Map<String, String> reasons) {
    if (!reasons.isEmpty() || Files.exists(dir.resolve(FAILURES))) {
      write(FAILURES, Json.pretty(reasons) + System.lineSeparator());
    }
  }

  /** What was noted. */
  Map<String, String> failures() {
    Map<String, String> reasons = new HashMap<>();
    read(FAILURES, JsonNode.class).ifPresent(noted -> noted.properties().forEach(
        reason -> reasons.put(reason.getKey(), reason.getValue().asText())));
    return reasons;
  }

  /** Moves what is complete to its place; what may be there is of no use, or it would not have been trained. */
  private void finished(Path place) {
    try {
      remove(place);
      Files.move(dir.resolve(UNFINISHED, place.getFileName().toString()), place, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw notWritten(place, e);
    }
  }

  private static InvalidInputException notWritten(Path place, IOException e) {
    return new InvalidInputException("cannot write " + place + ": " + AtomicFile.reason(e) + "; then start the sweep again", e);
  }

  /** Whether a dense phase has been kept. */
  boolean keeps(Provenance pretraining) {
    return Files.exists(place(pretraining));
  }

  /**
   * Keeps what a dense phase came to, for points that are still to begin with it when a sweep that was cut off goes on.
   *
   * @param model with the provenance that tells it from others
   */
  void keep(List<EpochRecord> epochs, Model model) {
    Path place = place(model.provenance());
    Path made = dir.resolve(UNFINISHED, place.getFileName().toString());
    try {
      Files.createDirectories(place.getParent());
      Files.createDirectory(made);
    } catch (IOException e) {
      throw notWritten(place, e);
    }
    model.save(made.resolve(RunDirectory.MODEL));
    write(made.resolve(EPOCHS), Json.pretty(new Epochs(epochs)) + System.lineSeparator());
    finished(place);
  }

  /** @throws InvalidInputException where what is kept is damaged, or is something else */
  Experiment.Start start(Provenance pretraining) {
    Path kept = place(pretraining);
    Model model = Model.load(kept.resolve(RunDirectory.MODEL));
    if (!model.provenance().equals(pretraining)) {
      throw new InvalidInputException(kept + " holds another model than its name says");
    }
    List<EpochRecord> epochs = read(kept.resolve(EPOCHS), Epochs.class).epochs;
    if (epochs == null || epochs.isEmpty() || !epochs.stream().allMatch(epoch -> epoch != null && epoch.macs() > 0)) {
      throw new InvalidInputException(kept.resolve(EPOCHS) + " is damaged: epochs are missing");
    }
    return new Experiment.Start(model.network(), epochs);
  }

  private Path place(Provenance pretraining) {
    return dir.resolve(PRETRAINED, UUID.nameUUIDFromBytes(pretraining.toString().getBytes(StandardCharsets.UTF_8)).toString());
  }

  private Path place(Point point) {
    return dir.resolve(POINTS, point.name());
  }

  boolean isFinished(Point point) {
    return Files.exists(place(point).resolve(RunDirectory.RESULT));
  }

  /** The result of a finished point. */
  RunResult result(Point point) {
    try {
      return read(place(point).resolve(RunDirectory.RESULT), RunResult.class);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(e.getMessage() + "; remove " + place(point) + " to have it trained again", e);
    }
  }

  /** The network of a finished point. */
  Model model(Point point) {
    return Model.load(place(point).resolve(RunDirectory.MODEL));
  }

  PointFile file(Point point) {
    return read(place(point).resolve(POINT), PointFile.class);
  }

  void write(String name, String text) {
    write(dir.resolve(name), text);
  }

  private static void write(Path file, String text) {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static <T> T read(Path file, Class<T> type) {
    try {
      return Json.parse(Files.readString(file), type, file.toString());
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + file + ": " + AtomicFile.reason(e), e);
    }
  }

  /** With all that is in it, if it exists; symbolic links are not followed. */
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

  /** Gives the lock back; a sweep that did not begin leaves nothing. */
  @Override
  public void close() {
    try {
      if (begun) {
        remove(dir.resolve(UNFINISHED));
      }
    } catch (IOException e) {
      // what is left does no harm, and a failure that led here is the one to report
    }
    lock.close();
  }
}

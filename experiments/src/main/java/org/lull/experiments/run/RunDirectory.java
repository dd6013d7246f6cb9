// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.lull.Model;
import org.lull.experiments.store.Advice;
import org.lull.experiments.store.Json;
import org.lull.experiments.store.Store;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.io.LockedDirectory;
import org.lull.io.Safetensors;
import org.lull.train.Checkpoints;

/**
 * What a run leaves behind: {@value #MODEL} and {@value #DENSE_MODEL}, {@value #METRICS} with a line an epoch, {@value #RESULT},
 * {@value #CURVES}, {@value #INFO}, {@value #CONFIG}, {@value #REPORT}, {@value #CHECKPOINTS} and, where clips were not usable,
 * {@value #LEFT_OUT}. Never overwrites another run.
 */
public final class RunDirectory implements AutoCloseable {
  public static final String MODEL = "model.safetensors";
  public static final String DENSE_MODEL = "dense.safetensors";
  public static final String METRICS = "metrics.jsonl";
  public static final String RESULT = "result.json";
  public static final String CURVES = "curves.png";
  public static final String CONFUSION = "confusion.png";
  public static final String EXEMPLARS = "exemplars.log";
  public static final String LEFT_OUT = "left-out.txt";
  public static final String INFO = "run.json";
  public static final String CONFIG = "config.toml";
  public static final String TENSORBOARD = "tensorboard";
  public static final String REPORT = "report.html";
  /** The folder with what is needed to go on with a run that was interrupted. */
  public static final String CHECKPOINTS = "checkpoints";

  private static final String RUN_FILE = "settings.json";
  private static final String LEARNING = "learning";
  private static final String LOCK = ".lock";

  /** Where runs go that were not given a directory. */
  public static final Path RUNS = Path.of("runs");

  private static final String ADVICE = "; " + Advice.RUN;

  private final Path dir;
  private final Store store;
  private final boolean made;
  private boolean resumed;
  private LockedDirectory lock;
  private RunFile file;
  private long metricsEnd;

  private RunDirectory(Path dir, boolean made) {
    this.dir = dir;
    store = Store.of(dir);
    this.made = made;
  }

  /** Makes the directory. It is this run's alone: of two that want it at once, one is refused it. */
  public static RunDirectory create(Path dir) {
    try {
      return claim(dir);
    } catch (FileAlreadyExistsException e) {
      throw exists(dir, e.getFile(), e);
    } catch (IOException e) {
      throw notMade(dir, e);
    }
  }

  /**
   * Opens the directory of a run that learns more classes: a new one, or one in which such learning was interrupted.
   *
   * @throws InvalidInputException if it is another, or another process works on it
   */
  public static RunDirectory openToLearn(Path dir) {
    boolean resumed = isLearning(dir);
    RunDirectory run = new RunDirectory(dir, resumed || !Files.exists(dir));
    run.resumed = resumed;
    run.lockToLearn(); // before the claim: a process that is killed between them can be started again
    if (!resumed || !Files.exists(dir.resolve(METRICS))) {
      try {
        Files.createFile(dir.resolve(METRICS));
      } catch (IOException e) {
        run.close();
        throw e instanceof FileAlreadyExistsException ? exists(dir, dir.resolve(METRICS), e) : notMade(dir, e);
      }
    }
    return run;
  }

  /** As {@link #openToLearn}, in a new directory that the time names. */
  public static RunDirectory openToLearnIn(Path runs) {
    RunDirectory run = createIn(runs);
    run.lockToLearn();
    return run;
  }

  /** The file of the lock says what was begun: it stays if the process is killed. */
  private void lockToLearn() {
    lock = LockedDirectory.open(dir.resolve(CHECKPOINTS), LEARNING, LEARNING + LOCK, Advice.RUN);
  }

  /** Whether learning was interrupted here, or goes on. */
  private static boolean isLearning(Path dir) {
    return Files.exists(dir.resolve(CHECKPOINTS, LEARNING + LOCK));
  }

  /** The learning is over, and everything is written that it leaves: the checkpoints are not needed any more. */
  public void learned() {
    close();
    store.discard(CHECKPOINTS);
  }

  /** Makes a directory in {@code runs} that the time names; a number follows where another run began in the same second. */
  public static RunDirectory createIn(Path runs) {
    String time = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss"));
    for (int i = 1;; i++) {
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

  private static InvalidInputException exists(Path dir, Object file, IOException e) {
    return new InvalidInputException("run directory " + dir + ": " + file + " exists" + ADVICE, e);
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

  /**
   * Notes how the run is begun, so that it can go on when it was interrupted.
   *
   * @param start the model that it starts from, which is kept; null for initial weights
   * @throws InvalidInputException if that cannot be written, or another process works on the run
   */
  public void begin(RunFile begun, Model start) {
    lock();
    if (start != null) {
      Store.of(dir.resolve(CHECKPOINTS)).writeModel(Checkpoints.START, start);
    }
    note(begun);
  }

  /**
   * Opens a run that was interrupted, or is to be trained for more epochs.
   *
   * @throws InvalidInputException if it is not the directory of such a run, or another process works on it
   */
  public static RunDirectory resume(Path dir) {
    Path noted = dir.resolve(CHECKPOINTS, RUN_FILE);
    if (!Files.exists(noted)) {
      throw new InvalidInputException("cannot go on with " + dir + ": there is no " + noted + (Files.exists(dir.resolve(METRICS))
          ? "; the run is of an earlier version of Lull, or its checkpoints were removed"
          : "; give the directory of a run"));
    }
    RunDirectory run = new RunDirectory(dir, false);
    run.resumed = true;
    run.lock();
    try {
      run.file = Store.of(dir.resolve(CHECKPOINTS)).readJson(RUN_FILE, RunFile.class);
      return run;
    } catch (InvalidInputException e) {
      run.close();
      throw e;
    }
  }

  private void lock() {
    lock = LockedDirectory.open(dir.resolve(CHECKPOINTS), "run", RUN_FILE, Advice.RUN);
  }

  private void note(RunFile begun) {
    file = begun;
    Store.of(dir.resolve(CHECKPOINTS)).writeJson(RUN_FILE, begun);
  }

  /**
   * The model that a run that goes on has started from; null if there is none.
   *
   * @throws InvalidInputException if it is missing or another
   */
  public Model start() {
    if (file.from() == null) {
      return null;
    }
    Path kept = dir.resolve(CHECKPOINTS, Checkpoints.START);
    Model model = Model.load(kept);
    if (!model.fingerprint().equals(file.from())) {
      throw new InvalidInputException(kept + ": another model than the run started from; put the model back, or begin another run");
    }
    return model;
  }

  /** How the run was begun. */
  public RunFile begun() {
    return file;
  }

  /** Notes that the run goes on with other epochs than before, or that it is complete. */
  public void update(RunFile begun) {
    note(begun);
  }

  /** Where trainings of the run keep their checkpoints. */
  public Checkpoints checkpoints() {
    return Checkpoints.in(dir.resolve(CHECKPOINTS));
  }

  /** The result that was written. */
  public RunResult result() {
    return store.readJson(RESULT, RunResult.class);
  }

  /** Refuses a place where no directory can be made, before hours are spent on what goes there. */
  public static void requirePlace(Path dir) {
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

  /** Refuses besides a directory that holds something already, unless learning was interrupted there. */
  public static void requireNewOrLearning(Path dir) {
    requirePlace(dir);
    if (!isLearning(dir)) {
      requireNew(dir);
    }
  }

  /** Refuses besides a directory that holds something already. */
  public static void requireNew(Path dir) {
    requirePlace(dir);
    if (!Files.exists(dir)) {
      return;
    }
    try (Stream<Path> files = Files.list(dir)) {
      if (files.findAny().isPresent()) {
        throw new InvalidInputException("run directory " + dir + " exists and is not empty" + ADVICE
            + (Files.exists(dir.resolve(CHECKPOINTS, RUN_FILE)) ? ", go on with it by --resume " + dir : "") + ", or remove it");
      }
    } catch (IOException e) {
      throw new InvalidInputException("run directory " + dir + " cannot be used: " + AtomicFile.reason(e) + ADVICE, e);
    }
  }

  /** The model file a user means by a run directory or a file. */
  public static Path modelIn(Path modelOrRun) {
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

  public Path path() {
    return dir;
  }

  /**
   * Appends one line to the metrics, whole or not at all. In a run that goes on, the epochs before come again: their lines are there, and
   * stay.
   */
  public void metrics(Object line) {
    metricsEnd = store.append(METRICS, metricsEnd, Json.line(line));
  }

  /** Writes a model, in place of the one it improves on. */
  public void model(String name, Model model) {
    store.writeModel(name, model);
  }

  /**
   * Writes the result; a run that was begun by {@link #begin} is then complete.
   *
   * @param result what the run ended with; a {@link RunResult}, if it was one of training
   */
  public void result(Object result) {
    store.write(RESULT, Json.pretty(result) + "\n");
    if (file != null) {
      note(file.completed());
    }
  }

  /** What is known when the run begins. */
  public void info(RunInfo info) {
    store.writeJson(INFO, info);
  }

  /** @param options that trained the run, as TOML */
  public void config(String options) {
    store.write(CONFIG, options);
  }

  /** Has the options say another number of epochs, where there is such a file. */
  public void config(int epochs) {
    if (store.has(CONFIG)) {
      store.write(CONFIG, store.readText(CONFIG).replaceFirst("(?m)^epochs = .*$", "epochs = " + epochs));
    }
  }

  /** @param clips that are not usable, a sentence each */
  public void leftOut(List<String> clips) {
    store.write(LEFT_OUT, String.join("\n", clips) + "\n");
  }

  /** Has another file written into the directory. */
  public void write(Consumer<Path> file, String name) {
    store.guarded(() -> file.accept(dir.resolve(name)));
  }

  /** Whether learning has left its result. */
  public boolean isLearned() {
    return store.has(RESULT);
  }

  /** Waits for what is being written and lets nothing more be written: for the end of the process. */
  public void seal() {
    store.seal();
  }

  /** Whether nothing of worth has been written: a checkpoint or a line of the metrics comes before model and result. */
  public boolean isEmpty() {
    return dir.resolve(METRICS).toFile().length() == 0
        && Store.of(dir).names(CHECKPOINTS, Safetensors.SUFFIX).stream().allMatch(Checkpoints.START::equals);
  }

  /** Gives the directory up, and removes it where it was made by the run, if that failed before it had anything to keep. */
  public void removeIfEmpty() {
    if (!resumed && isEmpty()) {
      remove();
    }
  }

  /** The same for a run of which nothing is worth keeping without the model, apart from checkpoints. */
  public void removeIfWithoutModel() {
    if (!resumed && !Files.exists(dir.resolve(MODEL))) {
      remove();
    }
  }

  /** Removes learning that failed and would fail again. */
  public void abandonLearning() {
    learned();
    remove();
  }

  private void remove() {
    try {
      Files.deleteIfExists(dir.resolve(LEFT_OUT));
      Files.deleteIfExists(dir.resolve(INFO));
      Files.deleteIfExists(dir.resolve(CONFIG));
      Files.deleteIfExists(dir.resolve(CHECKPOINTS, RUN_FILE));
      Files.deleteIfExists(dir.resolve(CHECKPOINTS, Checkpoints.START));
      close();
      Files.deleteIfExists(dir.resolve(CHECKPOINTS));
      Files.deleteIfExists(dir.resolve(METRICS));
      if (made) {
        Files.deleteIfExists(dir);
      }
    } catch (IOException e) {
      // an empty directory does no harm; the failure that led here is the one to report
    }
  }

  /** Lets other processes work on the run. */
  @Override
  public void close() {
    if (lock != null) {
      lock.close();
      lock = null;
    }
  }
}

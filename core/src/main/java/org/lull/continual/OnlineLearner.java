// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.lull.Model;
import org.lull.cost.MemoryAccess;
import org.lull.input.Frames;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.io.AtomicFile;
import org.lull.io.LockedDirectory;
import org.lull.io.RecordLog;
import org.lull.network.Head;
import org.lull.network.Normalisation;
import org.lull.train.Example;

/**
 * What a device embeds: a model that goes on learning, one labelled example at a time, and forgets classes on demand. It is kept in a
 * directory. When {@link #learn} or {@link #forget} returns, the change is on the disk. After a crash the learner is opened again and gives
 * the same bytes as if there had been none.
 *
 * <p>Where every class has an exemplar, the recurrent layers stay as they are. The head is the linear discriminant of the exemplars
 * ({@link Discriminant}), so a new example costs a forward pass. Where some class has none, the whole network is trained on the example,
 * within a budget ({@link OnlineTraining}).
 *
 * <p>Any number of threads may use it. Predictions use a snapshot and never wait. Changes are made one after the other.
 */
public final class OnlineLearner implements AutoCloseable {
  /** The file in the directory. */
  public static final String FILE = "learner.log";
  static final String ADVICE = "choose another with --state";
  /** Changes after which the file is written anew, so that starting again is quick. */
  private static final int CHANGES = 64;

  private final Normalisation normalisation;
  private final LockedDirectory directory;
  private final Consumer<String> warnings;
  private final ReentrantLock changing = new ReentrantLock(true);
  // guarded by the lock
  private OnlineState state;
  private RecordLog log;
  private int changes; // in the file since it was written anew

  private volatile Snapshot snapshot;

  /**
   * What it knows at one moment; nothing in it changes.
   *
   * @param position how often it has learned or forgotten
   * @param model that decides
   * @param exemplars of each class
   * @param exemplarBytes they take together
   * @param training accesses and multiply-adds of all training since it was opened
   * @param denseTraining what the same would have taken densely
   * @param inference multiply-adds of what ran forward alone to learn
   */
  public record Snapshot(long position, Model model, List<KnownClass> classes, List<Integer> exemplars, long exemplarBytes,
      MemoryAccess training, MemoryAccess denseTraining, long inference) {
    /**
     * Scores of an example, one for each label of the model, not normalised.
     *
     * @throws InvalidInputException where it has other channels than the model was trained on, or a value is not finite
     */
    public float[] scores(Example example) {
      requireUsable(example, model.normalisation());
      return new Inference(model.network(), model.mode(), model.normalisation()).scores(example);
    }

    /** The index of a label, or -1. A model from before labels were all in NFC may know it in another form. */
    public int indexOf(String label) {
      return Label.indexIn(model.labels(), label);
    }
  }

  private OnlineLearner(Normalisation normalisation, LockedDirectory directory, Consumer<String> warnings) {
    this.normalisation = normalisation;
    this.directory = directory;
    this.warnings = warnings;
  }

  /**
   * Opens the learner kept in a directory, or begins one there.
   *
   * @param base the model it began with, or begins with
   * @param settings from now on; what was learned before was learned with the settings of then
   * @param exemplars of the model's classes, the ones of most worth first, to begin with; not used where there is a learner already
   * @param warnings is given a sentence where something was recovered, or cannot be written
   * @throws InvalidInputException where the model cannot learn, an exemplar is not one of the model, or the directory is in use, damaged or
   *     of another model
   */
  public static OnlineLearner open(Path dir, Model base, OnlineSettings settings, List<Exemplar> exemplars, Consumer<String> warnings) {
    if (base.network().spec().head() == Head.FRAMES) {
      throw new InvalidInputException("a network with the head frames cannot learn more classes; train one with --head mean or last");
    }
    exemplars.forEach(exemplar -> requireOf(base, exemplar));
    LockedDirectory directory = LockedDirectory.open(dir, "learner", FILE, ADVICE);
    AtomicFile.discardUnfinished(dir.resolve(FILE));
    OnlineLearner learner = new OnlineLearner(base.normalisation(), directory, warnings);
    try {
      Path file = dir.resolve(FILE);
      if (Files.exists(file)) {
        learner.read(file, base, settings);
      } else {
        learner.state = OnlineState.begin(base, settings, exemplars);
        learner.log = RecordLog.create(file, learner.state.records());
      }
      learner.snapshot = learner.state.snapshot();
      return learner;
    } catch (RuntimeException e) {
      learner.release();
      throw e;
    }
  }

  private static void requireOf(Model base, Exemplar exemplar) {
    int channels = base.normalisation().channels();
    int classes = base.labels().size();
    if (exemplar.label() < 0 || exemplar.label() >= classes || exemplar.values().length != (long) exemplar.steps() * channels) {
      throw new InvalidInputException("exemplar " + exemplar.id() + " of class " + exemplar.label() + " with " + exemplar.values().length
          + " values in " + exemplar.steps() + " timesteps, expected a class of 0 to " + (classes - 1) + " and " + channels + " channels");
    }
  }

  private void read(Path file, Model base, OnlineSettings settings) {
    log = OnlineLog.open(file, base, contents -> {
      state = OnlineState.restore(base, contents, file);
      changes = contents.changes().size();
    }, warnings);
    if (!settings.equals(state.settings())) {
      state = state.with(settings);
      log.replace(state.records()); // or what follows would be done again with the settings of before
      changes = 0;
    } else if (changes > 0) {
      save();
    }
  }

  /** What it knows now. */
  public Snapshot snapshot() {
    return snapshot;
  }

  /** The exemplars it has now, class by class. */
  public List<Exemplar> exemplars() {
    changing.lock();
    try {
      return state.exemplars();
    } finally {
      changing.unlock();
    }
  }

  /**
   * Learns an example. A label that is not known becomes a class.
   *
   * @param example of the channels the model was trained on; the label in it is not used
   * @param label brought to the form {@link Label#of} gives it
   * @return what it knows then, which is on the disk
   * @throws InvalidInputException where the label or the example cannot be used, there is no room for the example, or the file cannot be
   *     written; the learner is then as it was
   * @throws org.lull.train.Diverged if training does not go well; likewise
   */
  public Snapshot learn(Example example, String label) {
    String word = Label.of(label);
    requireUsable(example, normalisation);
    Exemplar exemplar = Exemplar.of(example, normalisation);
    changing.lock();
    try {
      OnlineState.Prepared prepared = state.prepare(word, exemplar);
      log.append(OnlineLog.record(new OnlineLog.Change(state.snapshot().position() + 1, word, prepared.exemplar())));
      state.learn(word, prepared);
      return changed();
    } finally {
      changing.unlock();
    }
  }

  private static void requireUsable(Example example, Normalisation normalisation) {
    int channels = normalisation.channels();
    if (example.channels() != channels) {
      throw new InvalidInputException(example.id() + ": " + example.channels() + " channels, expected " + channels
          + " as the model was trained on");
    }
    Frames.check(example.id(), example.frames(), channels);
  }

  /**
   * Forgets a class: its output and its exemplars.
   *
   * @param label brought to the form {@link Label#of} gives it
   * @return what it knows then, which is on the disk
   * @throws InvalidInputException where there is no such class, it is the only one, or the file cannot be written
   */
  public Snapshot forget(String label) {
    String word = Label.of(label);
    changing.lock();
    try {
      int index = state.known(word);
      log.append(OnlineLog.record(new OnlineLog.Change(state.snapshot().position() + 1, word, null)));
      state.forget(index);
      return changed();
    } finally {
      changing.unlock();
    }
  }

  private Snapshot changed() {
    snapshot = state.snapshot();
    if (++changes >= CHANGES) {
      save();
    }
    return snapshot;
  }

  /** Writes the file anew, so that it is short and quick to open. Where that fails nothing is lost, and there is a warning. */
  public void save() {
    changing.lock();
    try {
      log.replace(state.records());
    } catch (InvalidInputException e) {
      warnings.accept(e.getMessage());
    } finally {
      changes = 0; // where it failed, it is tried again after as many
      changing.unlock();
    }
  }

  /** Writes the file anew where something has changed, and gives the directory back. */
  @Override
  public void close() {
    changing.lock();
    try {
      if (changes > 0) {
        save();
      }
      release();
    } finally {
      changing.unlock();
    }
  }

  private void release() {
    if (log != null) {
      log.close();
    }
    directory.close();
  }
}

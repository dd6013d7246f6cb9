// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.lull.Model;
import org.lull.cost.MemoryAccess;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.io.AtomicFile;
import org.lull.io.LockedDirectory;
import org.lull.io.RecordLog;
import org.lull.network.Head;
import org.lull.network.Normalisation;
import org.lull.train.Example;

/**
 * A model that goes on learning on a device, one labelled example at a time, and can forget classes. Its state is in a directory. When
 * {@link #learn} or {@link #forget} returns, the change is on the disk. If a crash happens, open the learner again: it gives the same bytes
 * as without the crash.
 *
 * <p>If every class has an exemplar, the recurrent layers do not change. The head is the linear discriminant of the exemplars
 * ({@link Discriminant}), so learning an example costs a forward pass. If a class has no exemplar, the whole network is trained on the
 * example, within a budget ({@link OnlineTraining}).
 *
 * <p>Any number of threads may use it. Predictions use a snapshot and never wait. Changes are made one after the other.
 */
public final class OnlineLearner implements AutoCloseable {
  /** Name of the file in the directory. */
  public static final String FILE = "learner.log";
  static final String ADVICE = "choose another with --state";
  /** Number of changes after which the file is rewritten, so that opening it is quick. */
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
   * The state of the learner at one moment. A snapshot is immutable.
   *
   * @param position number of changes so far: examples learned and classes forgotten
   * @param model the model for predictions
   * @param exemplars number of exemplars of each class
   * @param exemplarBytes bytes of all exemplars together
   * @param training memory accesses and multiply-adds of all training since the learner was opened
   * @param denseTraining cost of the same training in a dense network
   * @param inference multiply-adds of forward passes outside training steps
   */
  public record Snapshot(long position, Model model, List<KnownClass> classes, List<Integer> exemplars, long exemplarBytes,
      MemoryAccess training, MemoryAccess denseTraining, long inference) {
    /**
     * Scores of an example, one for each label of the model, not normalised.
     *
     * @throws InvalidInputException if the example has another number of channels than the model, or a value is out of bounds after
     *     normalisation
     */
    public float[] scores(Example example) {
      requireUsable(example, model.normalisation());
      return new Inference(model.network(), model.mode(), model.normalisation()).scores(example);
    }

    /** The index of a label, or -1. The labels of an older model may be in another Unicode form than NFC. */
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
   * Opens the learner in a directory, or creates one there.
   *
   * @param base the original model: the one that the learner was or is created with
   * @param settings settings for what is learned from now on
   * @param exemplars first exemplars of the model's classes, most valuable first; ignored if the directory has a learner already
   * @param warnings receives a sentence if something was recovered, or cannot be written
   * @throws InvalidInputException if the model cannot learn, an exemplar does not fit the model, or the directory is in use, damaged or of
   *     another model
   */
  public static OnlineLearner open(Path dir, Model base, OnlineSettings settings, List<Exemplar> exemplars, Consumer<String> warnings) {
    if (base.isRegression()) {
      throw new InvalidInputException("a model that predicts numbers has no classes to learn; give one that was trained on classes");
    }
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
    if (exemplar.label() < 0 || exemplar.label() >= classes || exemplar.raw().length != (long) exemplar.steps() * channels) {
      throw new InvalidInputException("exemplar " + exemplar.id() + " of class " + exemplar.label() + " with " + exemplar.raw().length
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
      log.replace(state.records()); // otherwise later changes would be replayed with the previous settings
      changes = 0;
    } else if (changes > 0) {
      save();
    }
  }

  /** The current state. */
  public Snapshot snapshot() {
    return snapshot;
  }

  /** The current exemplars, class by class. */
  public List<Exemplar> exemplars() {
    changing.lock();
    try {
      return state.exemplars();
    } finally {
      changing.unlock();
    }
  }

  /**
   * Learns an example. An unknown label becomes a new class.
   *
   * @param example example with the channels of the model; its own label is ignored
   * @param label brought to the form {@link Label#of} gives it
   * @return the new state, which is on the disk
   * @throws InvalidInputException if the label or the example cannot be used, there is no room for the example, or the file cannot be
   *     written; the learner is then unchanged
   * @throws org.lull.train.Diverged if a number in training is not finite; the learner is then unchanged
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
    example.normalised(normalisation); // refuses what is out of bounds: the 8 bits of an exemplar would hide it
  }

  /**
   * Forgets a class: its output and its exemplars.
   *
   * @param label brought to the form {@link Label#of} gives it
   * @return the new state, which is on the disk
   * @throws InvalidInputException if there is no such class, it is the only class, or the file cannot be written
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

  /** Rewrites the file, so that it is short and quick to open. If this fails, nothing is lost, and there is a warning. */
  public void save() {
    changing.lock();
    try {
      log.replace(state.records());
    } catch (InvalidInputException e) {
      warnings.accept(e.getMessage());
    } finally {
      changes = 0; // after a failure the next try comes after the same number of changes
      changing.unlock();
    }
  }

  /** Rewrites the file if something has changed, and releases the directory. */
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

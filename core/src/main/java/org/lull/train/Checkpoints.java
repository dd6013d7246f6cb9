// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.lull.input.InvalidInputException;
import org.lull.io.CheckpointFile;
import org.lull.io.Safetensors.Contents;

/**
 * A folder in which trainings keep where they stand, so that one that was interrupted can go on. It then ends with the same bytes as if it
 * had not been interrupted. Each training has a file of its own.
 *
 * <p>A checkpoint is written after each epoch, and when a training is cancelled. If epochs are so short that writing would take more than a
 * {@value #SHARE}th of the time, there is one after several epochs.
 */
public final class Checkpoints {
  /** Writing takes at most one part in so many of the time, apart from {@link #everySteps}. */
  static final int SHARE = 50;

  /** Beside the checkpoints of a training that started from a model: that model, as it was. */
  public static final String START = "from.safetensors";

  private final Path dir;
  private final int steps;
  private final Consumer<String> warnings;
  private final AtomicLong nanos;
  private final AtomicInteger written;

  private Checkpoints(Path dir, int steps, Consumer<String> warnings, AtomicLong nanos, AtomicInteger written) {
    this.dir = Objects.requireNonNull(dir, "dir");
    this.steps = steps;
    this.warnings = Objects.requireNonNull(warnings, "warnings");
    this.nanos = nanos;
    this.written = written;
  }

  /** Checkpoints in this folder, which is made if it does not exist. Warnings go to standard error. */
  public static Checkpoints in(Path dir) {
    return new Checkpoints(dir, 0, warning -> System.err.println("warning: " + warning), new AtomicLong(), new AtomicInteger());
  }

  /**
   * The same with checkpoints after every so many training steps too.
   *
   * @throws InvalidInputException if that is below 1
   */
  public Checkpoints everySteps(int value) {
    Hyperparameter.require(value >= 1, "steps between checkpoints", value, "1 or more");
    return new Checkpoints(dir, value, warnings, nanos, written);
  }

  /**
   * The same with another receiver of warnings, which are sentences: a checkpoint was damaged, so the one before it is used; a checkpoint
   * could not be written.
   */
  public Checkpoints warnings(Consumer<String> value) {
    return new Checkpoints(dir, steps, value, nanos, written);
  }

  public Path dir() {
    return dir;
  }

  /** Number of checkpoints written so far, by all trainings. */
  public int written() {
    return written.get();
  }

  /** Time that writing them has taken, in seconds. */
  public double seconds() {
    return nanos.get() / 1e9;
  }

  int steps() {
    return steps;
  }

  void warn(String sentence) {
    warnings.accept(sentence);
  }

  void count(long nanosOfOne) {
    written.incrementAndGet();
    nanos.addAndGet(nanosOfOne);
  }

  /** Whether a training has a checkpoint here. */
  public boolean has(String name) {
    return file(name).exists();
  }

  /**
   * A note that a training has left in its checkpoint.
   *
   * @throws InvalidInputException if there is no checkpoint of that name, no whole one, or no such note
   */
  public String note(String name, String key) {
    Contents contents = file(name).read(warnings)
        .orElseThrow(() -> new InvalidInputException("there is no checkpoint " + file(name).path() + " to go on from"));
    String note = contents.metadata().get(key);
    if (note == null) {
      throw new InvalidInputException("the checkpoint " + file(name).path() + " has no \"" + key + "\" in its metadata");
    }
    return note;
  }

  private CheckpointFile file(String name) {
    return new CheckpointFile(dir.resolve(name + ".safetensors"));
  }

  /** The checkpoint of one training. */
  Checkpoint of(String name, Map<String, String> identity, Map<String, String> notes) {
    return new Checkpoint(this, file(name), identity, notes);
  }
}

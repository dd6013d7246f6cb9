// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.lull.input.InvalidInputException;

/**
 * Options of the training loop: {@code TrainingOptions.builder().epochs(20).learningRate(1e-3).build()}, or {@link #defaults}.
 *
 * @param epochs largest number of passes through the training examples
 * @param batch examples per step
 * @param optimiser the optimiser, with its weight decay
 * @param schedule schedule of the learning rate
 * @param clip largest norm of the gradient of a step; a longer gradient is scaled down to it
 * @param patience early stopping: training ends after so many epochs without a better validation accuracy
 * @param deltaPenalty strength of the penalty on what hidden units transmit ({@code DeltaPenalty}); 0 for none, without meaning in dense
 *     mode
 * @param augmentation random changes to the training examples
 * @param seed seed of the initial weights, of shuffling and of augmentation
 * @param threads number of threads; the result does not depend on it
 */
public record TrainingOptions(int epochs, int batch, Optimiser optimiser, Schedule schedule, double clip, int patience,
    double deltaPenalty, Augmentation augmentation, long seed, int threads) {

  /** @throws InvalidInputException if a number is out of range, or the warm-up is longer than the training */
  public TrainingOptions {
    checkEpochs(epochs);
    checkBatch(batch);
    Objects.requireNonNull(optimiser, "optimiser");
    Objects.requireNonNull(schedule, "schedule");
    Hyperparameter.require(schedule.warmup() <= epochs, "warm-up", schedule.warmup(), "0 to " + epochs + " epochs, the"
        + " length of the training; a longer one never reaches the learning rate");
    checkClip(clip);
    checkPatience(patience);
    checkDeltaPenalty(deltaPenalty);
    Objects.requireNonNull(augmentation, "augmentation");
    checkThreads(threads);
  }

  private static void checkEpochs(int epochs) {
    Hyperparameter.require(epochs >= 1 && epochs <= 1_000_000, "epochs", epochs, "1 to 1000000");
  }

  private static void checkBatch(int batch) {
    Hyperparameter.require(batch >= 1 && batch <= 1 << 16, "batch", batch, "1 to 65536");
  }

  private static void checkClip(double clip) {
    Hyperparameter.require(clip > 0, "clip", clip, "a gradient norm above 0 (a huge one switches clipping off)");
  }

  private static void checkPatience(int patience) {
    Hyperparameter.require(patience >= 1, "patience", patience, "1 epoch or more");
  }

  private static void checkDeltaPenalty(double deltaPenalty) {
    Hyperparameter.require(deltaPenalty >= 0 && deltaPenalty < 1e3, "delta penalty", deltaPenalty,
        "0 or more and below 1000, such as 0.02");
  }

  private static void checkThreads(int threads) {
    Hyperparameter.require(threads >= 1 && threads <= 1024, "threads", threads, "1 to 1024");
  }

  /**
   * The defaults: 40 epochs of AdamW with batches of 32, a learning rate of 0.005 that falls as a cosine, all processors, and no
   * augmentation, because the right augmentation depends on the data.
   */
  public static TrainingOptions defaults() {
    return builder().build();
  }

  /** A builder with the {@link #defaults}. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The options that decide the bytes of any training, as text; keys are the options of the command line where it has them. The threads are
   * not among them, nor the delta penalty, which has no meaning in dense mode.
   */
  public SortedMap<String, String> values() {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("epochs", Integer.toString(epochs));
    values.put("batch", Integer.toString(batch));
    values.put("lr", Double.toString(schedule.learningRate()));
    values.put("schedule", schedule.shape().toString());
    values.put("warmup", Double.toString(schedule.warmup()));
    values.put("optimizer", optimiser.toString());
    values.put("clip", Double.toString(clip));
    values.put("patience", Integer.toString(patience));
    values.put("augmentation", name(augmentation));
    values.put("seed", Long.toString(seed));
    return values;
  }

  /** The same in every run, also for a class without a text of its own, such as a lambda. */
  private static String name(Augmentation augmentation) {
    Class<?> type = augmentation.getClass();
    String text = augmentation.toString();
    boolean own = !text.equals(type.getName() + "@" + Integer.toHexString(augmentation.hashCode()));
    return own ? text : type.getName().replaceAll("/.*", "");
  }

  /** A builder with these options. */
  public Builder toBuilder() {
    return new Builder().options(this);
  }

  public TrainingOptions withEpochs(int value) {
    return toBuilder().epochs(value).build();
  }

  public TrainingOptions withLearningRate(double value) {
    return toBuilder().learningRate(value).build();
  }

  public TrainingOptions withThreads(int value) {
    return toBuilder().threads(value).build();
  }

  public TrainingOptions withDeltaPenalty(double value) {
    return toBuilder().deltaPenalty(value).build();
  }

  /**
   * Changes options from their defaults. Each method refuses a number that is out of range, with an {@link InvalidInputException}, and
   * {@link #build} numbers that do not go together.
   */
  public static final class Builder {
    private int epochs = 40;
    private int batch = 32;
    private Optimiser optimiser = Optimiser.adamW(0.01);
    private LearningRate.Shape shape = LearningRate.Shape.COSINE;
    private double learningRate = 5e-3;
    private double warmup = 1;
    private double clip = 1;
    private int patience = Integer.MAX_VALUE;
    private double deltaPenalty;
    private Augmentation augmentation = Augmentation.none();
    private long seed = 1;
    private int threads = Runtime.getRuntime().availableProcessors();

    private Builder() {}

    /** A copy of this builder. */
    public Builder copy() {
      return new Builder().options(build());
    }

    /** Sets all options at once. */
    public Builder options(TrainingOptions options) {
      Objects.requireNonNull(options, "options");
      epochs = options.epochs;
      batch = options.batch;
      optimiser = options.optimiser;
      shape = options.schedule.shape();
      learningRate = options.schedule.learningRate();
      warmup = options.schedule.warmup();
      clip = options.clip;
      patience = options.patience;
      deltaPenalty = options.deltaPenalty;
      augmentation = options.augmentation;
      seed = options.seed;
      threads = options.threads;
      return this;
    }

    /** Largest number of passes through the training examples. Default: 40. */
    public Builder epochs(int value) {
      checkEpochs(value);
      epochs = value;
      return this;
    }

    /** Examples per step. Default: 32. */
    public Builder batch(int value) {
      checkBatch(value);
      batch = value;
      return this;
    }

    /** The optimiser. Default: AdamW with a weight decay of 0.01. */
    public Builder optimiser(Optimiser value) {
      optimiser = Objects.requireNonNull(value, "optimiser");
      return this;
    }

    /** The learning rate after the warm-up. Default: 0.005. */
    public Builder learningRate(double value) {
      Schedule.checkLearningRate(value);
      learningRate = value;
      return this;
    }

    /** The curve of the learning rate after the warm-up. Default: a cosine. */
    public Builder schedule(LearningRate.Shape value) {
      shape = Objects.requireNonNull(value, "schedule");
      return this;
    }

    /**
     * Number of epochs in which the learning rate rises linearly to the full rate, step by step: 0.5 is half an epoch, 0 is no warm-up. At
     * most the number of epochs. Default: 1.
     */
    public Builder warmup(double value) {
      Schedule.checkWarmup(value);
      warmup = value;
      return this;
    }

    /** Largest norm of the gradient of a step; a longer gradient is scaled down. Default: 1. */
    public Builder clip(double value) {
      checkClip(value);
      clip = value;
      return this;
    }

    /** Early stopping: training ends after so many epochs without a better validation accuracy. Default: no early stopping. */
    public Builder patience(int value) {
      checkPatience(value);
      patience = value;
      return this;
    }

    /** Strength of the penalty on what hidden units transmit. Default: 0. */
    public Builder deltaPenalty(double value) {
      checkDeltaPenalty(value);
      deltaPenalty = value;
      return this;
    }

    /** Random changes to the training examples. Default: none. */
    public Builder augmentation(Augmentation value) {
      augmentation = Objects.requireNonNull(value, "augmentation");
      return this;
    }

    /** Seed of the initial weights, of shuffling and of augmentation. The same seed gives the same bytes. Default: 1. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** Number of threads. The result does not depend on it. Default: the number of processors. */
    public Builder threads(int value) {
      checkThreads(value);
      threads = value;
      return this;
    }

    /** @throws InvalidInputException if the warm-up is longer than the training */
    public TrainingOptions build() {
      return new TrainingOptions(epochs, batch, optimiser, new Schedule(shape, learningRate, warmup), clip, patience, deltaPenalty,
          augmentation, seed, threads);
    }
  }
}

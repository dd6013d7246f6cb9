// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.Locale;
import java.util.Map;
import org.lull.train.Augmentation;
import org.lull.train.ClassWeights;
import org.lull.train.LearningRate;
import org.lull.train.Optimiser;
import org.lull.train.Schedule;
import org.lull.train.TrainingOptions;

/**
 * How both networks are trained.
 *
 * @param epochs times through the training examples, after pretraining
 * @param batch examples a step
 * @param clip longest gradient of a step
 * @param patience epochs without a better epoch after which to stop; null for never
 * @param augment whether examples of sound are varied; others never are
 * @param classWeights how much the examples of each class count in the loss
 * @param seed of weights, order and augmentation
 */
public record TrainingConfig(int epochs, Pretraining pretraining, int batch, Schedule schedule, Optimiser optimiser, double clip,
    Integer patience, boolean augment, ClassWeights classWeights, long seed) {
  static TrainingConfig read(OptionReader options) {
    Schedule schedule = new Schedule(LearningRate.Shape.named(options.text("schedule", "cosine")), options.number("lr", 0.005),
        options.number("warmup", 1.0));
    Optimiser optimiser = Optimiser.named(options.text("optimizer", "adamw"), options.number("weight-decay", 0.01));
    return new TrainingConfig(options.integer("epochs", 40), Pretraining.read(options), options.integer("batch", 32), schedule, optimiser,
        options.number("clip", 1.0), options.integer("patience", null), options.onOrOff("augment", true),
        ClassWeights.named(options.text("class-weights", "none")), options.longInteger("seed", 1));
  }

  void write(Map<String, String> options) {
    options.put("epochs", Integer.toString(epochs));
    pretraining.write(options);
    options.put("batch", Integer.toString(batch));
    options.put("lr", Double.toString(schedule.learningRate()));
    options.put("schedule", schedule.shape().name().toLowerCase(Locale.ROOT));
    options.put("warmup", Double.toString(schedule.warmup()));
    options.put("optimizer", optimiser.name());
    options.put("weight-decay", Double.toString(optimiser.weightDecay()));
    options.put("clip", Double.toString(clip));
    if (patience != null) {
      options.put("patience", patience.toString());
    }
    options.put("augment", Boolean.toString(augment));
    if (classWeights != ClassWeights.NONE) {
      options.put("class-weights", classWeights.toString());
    }
    options.put("seed", Long.toString(seed));
  }

  /**
   * The same for the library.
   *
   * @param sound whether the data is sound, which alone is augmented
   * @throws org.lull.input.InvalidInputException where a number is out of range
   */
  public TrainingOptions options(boolean sound, int threads) {
    TrainingOptions.Builder options = TrainingOptions.builder().epochs(epochs).batch(batch).optimiser(optimiser)
        .learningRate(schedule.learningRate()).schedule(schedule.shape()).warmup(schedule.warmup()).clip(clip)
        .augmentation(augment && sound ? Augmentation.speech() : Augmentation.none()).seed(seed).threads(threads);
    if (patience != null) {
      options.patience(patience);
    }
    TrainingOptions built = options.build();
    if (pretraining.epochs() > 0 && pretraining.epochs() < epochs) {
      built.withEpochs(pretraining.epochs()); // refuses a warm-up longer than these
    }
    return built;
  }
}

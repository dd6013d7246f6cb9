// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.Locale;
import java.util.Map;
import org.lull.input.InvalidInputException;
import org.lull.train.Augmentation;
import org.lull.train.LearningRate;
import org.lull.train.Optimiser;
import org.lull.train.TrainingOptions;

/**
 * How both networks are trained.
 *
 * @param epochs times through the training examples, after pretraining
 * @param pretrainEpochs dense epochs before
 * @param pretrainLearningRate their learning rate; null for that of the others
 * @param batch examples a step
 * @param learningRate after the warm-up
 * @param warmup number of epochs, or a part of one, in which the learning rate rises linearly
 * @param optimiser as {@link Optimiser#named} has it
 * @param clip longest gradient of a step
 * @param patience epochs without a better validation accuracy after which to stop; null for never
 * @param augment whether examples of sound are varied; others never are
 */
public record TrainingConfig(int epochs, int pretrainEpochs, Double pretrainLearningRate, int batch, double learningRate,
    LearningRate.Shape schedule, double warmup, String optimiser, double weightDecay, double clip, Integer patience, boolean augment,
    long seed) {
  static TrainingConfig read(OptionReader options) {
    return new TrainingConfig(options.integer("epochs", 40), options.integer("pretrain-epochs", 0), options.number("pretrain-lr", null),
        options.integer("batch", 32), options.number("lr", 0.005), LearningRate.Shape.named(options.text("schedule", "cosine")),
        options.number("warmup", 1.0), options.text("optimizer", "adamw"), options.number("weight-decay", 0.01),
        options.number("clip", 1.0), options.integer("patience", null), options.onOrOff("augment", true), options.longInteger("seed", 1));
  }

  void write(Map<String, String> options) {
    options.put("epochs", Integer.toString(epochs));
    options.put("pretrain-epochs", Integer.toString(pretrainEpochs));
    if (pretrainLearningRate != null) {
      options.put("pretrain-lr", pretrainLearningRate.toString());
    }
    options.put("batch", Integer.toString(batch));
    options.put("lr", Double.toString(learningRate));
    options.put("schedule", schedule.name().toLowerCase(Locale.ROOT));
    options.put("warmup", Double.toString(warmup));
    options.put("optimizer", optimiser);
    options.put("weight-decay", Double.toString(weightDecay));
    options.put("clip", Double.toString(clip));
    if (patience != null) {
      options.put("patience", patience.toString());
    }
    options.put("augment", Boolean.toString(augment));
    options.put("seed", Long.toString(seed));
  }

  /**
   * Learning rate of the dense epochs before.
   *
   * @throws InvalidInputException where one is given and there are no such epochs
   */
  public double pretrainingRate() {
    if (pretrainLearningRate != null && pretrainEpochs == 0) {
      throw new InvalidInputException("--pretrain-lr " + pretrainLearningRate + " without pretraining; give --pretrain-epochs too, or leave"
          + " it out");
    }
    return pretrainLearningRate == null ? learningRate : pretrainLearningRate;
  }

  /**
   * The same for the library.
   *
   * @param sound whether the data is sound, which alone is augmented
   * @throws InvalidInputException where a number is out of range
   */
  public TrainingOptions options(boolean sound, int threads) {
    TrainingOptions.Builder options = TrainingOptions.builder().epochs(epochs).batch(batch)
        .optimiser(Optimiser.named(optimiser, weightDecay)).learningRate(learningRate).schedule(schedule).warmup(warmup).clip(clip)
        .augmentation(augment && sound ? Augmentation.speech() : Augmentation.none()).seed(seed).threads(threads);
    if (patience != null) {
      options.patience(patience);
    }
    TrainingOptions built = options.build();
    if (pretrainEpochs > 0) {
      built.withEpochs(pretrainEpochs); // refuses a warm-up longer than these
    }
    return built;
  }
}

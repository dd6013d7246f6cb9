// SPDX-License-Identifier: Apache-2.0
package org.lull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.lull.input.InvalidInputException;
import org.lull.network.Arithmetic;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.train.AdamW;
import org.lull.train.Augmentation;
import org.lull.train.Budget;
import org.lull.train.Checkpoints;
import org.lull.train.ClassWeights;
import org.lull.train.Optimiser;
import org.lull.train.Schedule;
import org.lull.train.Sgd;
import org.lull.train.SpeechAugmentation;
import org.lull.train.TrainingOptions;

/**
 * The settings of a {@link Training} as a checkpoint has them, in JSON. What only a program can make (an optimiser or an augmentation of
 * another class) is not among them.
 *
 * @param thresholdX null for the default
 * @param thresholdH likewise
 * @param adamW one of the optimisers; null if it is another
 * @param sgd likewise
 * @param speechAugmentation null if it is another
 * @param augmentation its name, for messages
 * @param from fingerprint of the model to start from, which is beside the checkpoints ({@link Checkpoints#START}); null if there is none
 */
record SavedTraining(String cell, int layers, int hidden, String head, Mode mode, float[] thresholdX, float[] thresholdH, Budget budget,
    String arithmetic, boolean channelStatistics, boolean regression, String frontEnd, int pretrainEpochs, double pretrainLearningRate,
    int epochs, int batch, String optimizer, AdamW adamW, Sgd sgd, Schedule schedule, double clip, int patience, double deltaPenalty,
    String augmentation, SpeechAugmentation speechAugmentation, ClassWeights classWeights,
    long seed, String from) {
  private static final String KEY = "training";
  private static final ObjectMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .build();

  /** In the names of the files of checkpoints. */
  static String fileName(Mode mode) {
    return mode == Mode.DENSE ? "dense" : "delta";
  }

  static final String PRETRAINING = "pretrain";

  /**
   * Reads the settings from the folder of checkpoints, or from one of them.
   *
   * @throws InvalidInputException if there is no checkpoint, or there are several trainings
   */
  static SavedTraining read(Path path) {
    if (!Files.isDirectory(path)) {
      String name = path.getFileName().toString();
      return read(path.toAbsolutePath().getParent(), name.replaceAll("(\\.previous)?\\.safetensors$", ""));
    }
    List<String> trainings = Stream.of(Mode.DENSE, Mode.DELTA).map(SavedTraining::fileName)
        .filter(name -> Checkpoints.in(path).has(name)).toList();
    if (trainings.size() > 1) {
      throw new InvalidInputException(path + " has checkpoints of a dense and of a delta network; give one of the files");
    }
    return read(path, trainings.isEmpty() ? PRETRAINING : trainings.getFirst());
  }

  private static SavedTraining read(Path folder, String name) {
    String json = Checkpoints.in(folder).note(name, KEY);
    try {
      return JSON.readValue(json, SavedTraining.class);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("the checkpoint " + name + " in " + folder + " says nothing usable of its training: "
          + e.getOriginalMessage().lines().findFirst().orElse(""), e);
    }
  }

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** @throws InvalidInputException if only a program can make a part of it */
  TrainingBuilder builder() {
    Optimiser optimiser = adamW != null ? adamW : sgd;
    boolean none = Augmentation.none().toString().equals(augmentation);
    if (optimiser == null || speechAugmentation == null && !none) {
      throw new InvalidInputException("the training has " + (optimiser == null ? "the optimiser " + optimizer : "the augmentation "
          + augmentation) + ", which only its program can make; build the same training there with the same checkpoints, and call fit");
    }
    TrainingOptions options = TrainingOptions.builder().epochs(epochs).batch(batch).optimiser(optimiser)
        .learningRate(schedule.learningRate()).schedule(schedule.shape()).warmup(schedule.warmup()).clip(clip).patience(patience)
        .deltaPenalty(deltaPenalty).augmentation(none ? Augmentation.none() : speechAugmentation).seed(seed).build();
    TrainingBuilder builder = Training.builder().cell(cell).layers(layers).hidden(hidden).head(Head.named(head)).mode(mode)
        .thresholds(thresholdX, thresholdH).budget(budget).arithmetic(Arithmetic.named(arithmetic)).channelStatistics(channelStatistics)
        .frontEnd(frontEnd).classWeights(classWeights == null ? ClassWeights.NONE : classWeights)
        .pretraining(pretrainEpochs, pretrainLearningRate).options(options);
    return regression ? builder.regression() : builder;
  }

  /**
   * The model that the training starts from; null if it starts from initial weights.
   *
   * @throws InvalidInputException if it is missing, damaged, or another model
   */
  Model start(Path folder) {
    if (from == null) {
      return null;
    }
    Path file = folder.resolve(Checkpoints.START);
    Model model = Model.load(file);
    if (!model.fingerprint().equals(from)) {
      throw new InvalidInputException(file + ": another model than this training started from; put the model back, or begin anew in"
          + " another folder");
    }
    return model;
  }
}

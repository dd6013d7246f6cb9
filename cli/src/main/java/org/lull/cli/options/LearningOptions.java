// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import picocli.CommandLine.Option;

/** Options that say how a network is trained; read by their names, see {@link OptionValues}. */
final class LearningOptions {
  @Option(names = "--epochs", paramLabel = "N", defaultValue = "40",
      description = "Times through the training examples (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(names = "--pretrain-epochs", paramLabel = "N", defaultValue = "0",
      description = "Epochs the delta network is first trained densely, before its thresholds are switched on; the dense network gets them"
          + " too (default: ${DEFAULT-VALUE}).")
  private int pretrainEpochs;

  @Option(names = "--pretrain-lr", paramLabel = "RATE",
      description = "Learning rate of those epochs (default: that of --lr). A quarter of it in --lr then gained half a point on 35"
          + " words.")
  private Double pretrainLearningRate;

  @Option(names = "--batch", paramLabel = "N", defaultValue = "32", description = "Examples a step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(names = "--lr", paramLabel = "RATE", defaultValue = "0.005",
      description = "Learning rate after the warm-up (default: ${DEFAULT-VALUE}).")
  private double learningRate;

  @Option(names = "--schedule", paramLabel = "NAME", defaultValue = "cosine",
      description = "How the learning rate falls: cosine, plateau or constant (default: ${DEFAULT-VALUE}).")
  private String schedule;

  @Option(names = "--warmup", paramLabel = "EPOCHS", defaultValue = "1",
      description = "Epochs in which the learning rate rises linearly to --lr, step by step: 0.5 is half an epoch, 0 is none. At most the"
          + " epochs of training, and of pretraining (default: ${DEFAULT-VALUE}).")
  private double warmup;

  @Option(names = {"--optimizer", "--optimiser"}, paramLabel = "NAME", defaultValue = "adamw",
      completionCandidates = OptimiserNames.class, description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private String optimiser;

  @Option(names = "--weight-decay", paramLabel = "RATE", defaultValue = "0.01",
      description = "Decoupled weight decay (default: ${DEFAULT-VALUE}).")
  private double weightDecay;

  @Option(names = "--clip", paramLabel = "NORM", defaultValue = "1",
      description = "Longest gradient of a step; longer ones are shortened to it (default: ${DEFAULT-VALUE}).")
  private double clip;

  @Option(names = "--patience", paramLabel = "EPOCHS",
      description = "Stop after so many epochs without a better validation accuracy (default: never). The best weights are kept in any"
          + " case.")
  private Integer patience;

  @Option(names = "--augment", negatable = true, defaultValue = "true", fallbackValue = "true",
      description = "Vary rate, vocal tract, loudness and position of the training clips, and mask parts of them (default: yes).")
  private boolean augment;

  @Option(names = "--class-weights", paramLabel = "NAME", defaultValue = "none",
      description = "none, or balanced: an example counts by the inverse of how many training examples its class has, so that small classes"
          + " are not given up for large ones (default: ${DEFAULT-VALUE}).")
  private String classWeights;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
      description = "Of weights, order and augmentation; the same seed gives the same model, to the byte (default: ${DEFAULT-VALUE}).")
  private long seed;
}

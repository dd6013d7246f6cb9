// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.lull.experiments.run.RunResult.ModelResult;
import org.lull.train.ClassWeights;
import org.lull.train.EpochRecord;

/**
 * What the result of a run rests on, and what to try next: a sentence each. Most have a command at the end, which trains the same with
 * other options.
 */
public final class TrainingAdvice {
  /** Classes are unequal from this ratio of training examples on. */
  private static final double UNEQUAL = 3;
  private static final int FEW_TEST_EXAMPLES = 100;
  private static final int FEW_SPEAKERS = 5;
  /** Points of accuracy that a delta network may lose without a word. */
  private static final double LOSS = 0.02;
  /** Times fewer multiply-adds below which the default thresholds save little. */
  private static final double LITTLE = 2.5;
  private static final double Z95 = 1.96;

  private final RunResult result;
  private final RunConfig config;
  private final String command;
  private final String examples;
  private final List<String> advice = new ArrayList<>();

  private TrainingAdvice(RunResult result, RunConfig config, String command, boolean sound) {
    this.result = result;
    this.config = config;
    this.command = command;
    this.examples = sound ? "clips" : "examples";
  }

  /**
   * Advice on a run.
   *
   * @param config what was trained
   * @param command what trained it, with its data but without the options of the configuration: {@code lull train --data words}
   * @param sound whether the data is sound
   * @param deltaEpochs of the delta network; empty if there is none
   * @return sentences, the most important first; none where there is nothing to say
   */
  public static List<String> of(RunResult result, RunConfig config, String command, boolean sound, List<EpochRecord> deltaEpochs) {
    TrainingAdvice about = new TrainingAdvice(result, config, command, sound);
    if (result.basis() != null) {
      about.basis(result.basis());
      about.classes(result.basis());
    }
    if (result.dense() != null && result.delta() != null && result.dense().testAccuracy() != null) {
      about.loss(result.dense(), result.delta(), deltaEpochs);
    }
    return List.copyOf(about.advice);
  }

  private void basis(Basis basis) {
    int n = result.testExamples();
    if (basis.testSpeakers() != null && basis.newSpeakers() < basis.testSpeakers()) {
      advice.add("the test clips are of " + counted(basis.testSpeakers(), "speaker") + ", " + (basis.newSpeakers() == 0 ? "all"
          : basis.testSpeakers() - basis.newSpeakers()) + " heard in training too; expect less of other speakers");
    } else if (basis.testSpeakers() != null && Math.min(basis.testSpeakers(), basis.trainSpeakers()) < FEW_SPEAKERS) {
      advice.add("this rests on " + counted(basis.trainSpeakers(), "speaker") + " to train on and " + basis.testSpeakers()
          + " to test with; other speakers may be recognised quite differently, so record more");
    }
    if (n < FEW_TEST_EXAMPLES) {
      String seeds = config.arguments().replaceFirst(" --seed \\S+", "");
      advice.add("this rests on " + n + " test " + examples + "; train with several seeds to see how far they differ: "
          + (result.from() == null ? command.replaceFirst(" train\\b", " sweep") + seeds + " --over seed=1,2,3,4,5 --out seeds"
              : command + seeds + " --seed " + (config.training().seed() + 1)));
    }
  }

  private void classes(Basis basis) {
    if (basis.smallest() > 0 && basis.largest() > UNEQUAL * basis.smallest() && config.training().classWeights() == ClassWeights.NONE) {
      advice.add("class " + basis.largestClass() + " has " + basis.largest() + " training " + examples + ", " + basis.smallestClass()
          + " only " + basis.smallest() + "; to count all classes the same: " + with(Map.of("class-weights", "balanced")));
    }
  }

  private void loss(ModelResult dense, ModelResult delta, List<EpochRecord> deltaEpochs) {
    double lost = dense.testAccuracy() - delta.testAccuracy();
    if (lost > LOSS && lost > error(dense.testAccuracy(), delta.testAccuracy(), result.testExamples())) {
      gentler(deltaEpochs).ifPresent(options -> advice.add(String.format(Locale.ROOT, "the delta network is %.1f points below the dense"
          + " one; to save less and lose less: ", 100 * lost) + with(options)));
    } else if (config.delta().threshold() == null && config.delta().budget().isEmpty() && delta.reduction() < LITTLE) {
      advice.add("the default thresholds are low because the training data is small or slow; to save more, at some loss of accuracy: "
          + with(Map.of("threshold", number(Math.min(0.15, 3 * threshold(deltaEpochs))))));
    }
  }

  /** Half the saving; empty where nothing is left to give up. */
  private Optional<Map<String, String>> gentler(List<EpochRecord> deltaEpochs) {
    DeltaConfig delta = config.delta();
    if (delta.targetReduction() != null) {
      double gentler = 1 + (delta.targetReduction() - 1) / 2;
      return Optional.of(Map.of("target-reduction", number(gentler)));
    }
    if (delta.targetSparsity() != null) {
      return Optional.of(Map.of("target-sparsity", number(delta.targetSparsity() * delta.targetSparsity())));
    }
    double theta = threshold(deltaEpochs);
    return theta > 0 ? Optional.of(Map.of("threshold", number(theta / 2))) : Optional.empty();
  }

  /** Mean threshold on hidden states. */
  private static double threshold(List<EpochRecord> deltaEpochs) {
    return deltaEpochs.isEmpty() ? 0
        : deltaEpochs.getLast().layers().stream().mapToDouble(EpochRecord.Layer::thresholdH).average().orElse(0);
  }

  /** The command with other options. Thresholds for each layer or part give way to a new one for all. */
  private String with(Map<String, String> options) {
    Map<String, String> all = config.options();
    if (options.containsKey("threshold")) {
      all.remove("threshold-x");
      all.remove("threshold-h");
    }
    all.putAll(options);
    return command + RunConfig.of(all).arguments();
  }

  /** Two digits. */
  private static String number(double value) {
    return new BigDecimal(value).round(new MathContext(2)).stripTrailingZeros().toPlainString();
  }

  private static String counted(int n, String what) {
    return n + " " + what + (n == 1 ? "" : "s");
  }

  /** How far the difference of two shares of n examples may be from the true one, at 95 %, as if the two were independent. */
  private static double error(double a, double b, int n) {
    return Z95 * Math.sqrt((a * (1 - a) + b * (1 - b)) / n);
  }
}

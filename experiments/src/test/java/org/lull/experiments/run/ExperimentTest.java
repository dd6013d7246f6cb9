// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.Pretrained;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.train.Cancellation;
import org.lull.train.EpochRecord;
import org.lull.train.Example;
import org.lull.train.Progress;

class ExperimentTest {
  private static final int CHANNELS = 3;

  private static List<Example> examples(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < n; e++) {
      float[] frames = new float[10 * CHANNELS];
      for (int i = 0; i < frames.length; i++) {
        frames[i] = (float) random.nextGaussian() + e % 2;
      }
      examples.add(new Example("example " + e, frames, 10, CHANNELS, e % 2));
    }
    return examples;
  }

  private static Dataset data(int train, int validation, int test) {
    return new Dataset("noise", List.of("a", "b"), CHANNELS, examples(train, 1), examples(validation, 2), examples(test, 3), "",
        List.of(), List.of());
  }

  private static final RunConfig CONFIG = RunConfig.of(Map.of("layers", "1", "hidden", "8", "threshold", "0.2", "epochs", "2", "batch", "8",
      "lr", "0.01"));

  private static RunConfig pretrained(int epochs) {
    return CONFIG.with("pretrain-epochs", Integer.toString(epochs));
  }

  /** As if it were sound, so that it is augmented. */
  private static Experiment experiment(RunConfig config, Networks networks, Dataset data, Experiment.Listener listener) {
    return new Experiment(config, networks, new RunData(data, "{}"), 0, 1, listener);
  }

  private static RunResult run(RunConfig config, Dataset data, Experiment.Listener listener) {
    return experiment(config, Networks.BOTH, data, listener).run(Progress.SILENT, new Cancellation());
  }

  /** Epochs, as "phase number". */
  private static class Heard implements Experiment.Listener {
    final List<String> epochs = new ArrayList<>();
    final List<EpochRecord> records = new ArrayList<>();
    final Map<Phase, float[]> best = new EnumMap<>(Phase.class);
    final List<float[]> trained = new ArrayList<>();

    @Override
    public void epoch(Phase phase, EpochRecord record, boolean best) {
      epochs.add(phase.label() + " " + record.epoch());
      records.add(record);
    }

    @Override
    public void bestModel(Phase phase, Model model) {
      best.put(phase, model.network().parameters());
    }

    @Override
    public void trained(Model model) {
      trained.add(model.network().parameters());
    }
  }

  @Test
  void pretrainingIsFollowedByOtherEpochsOnAScheduleOfTheirOwn() {
    Heard heard = new Heard();
    RunResult result = run(pretrained(2), data(20, 6, 6), heard);
    assertThat(heard.epochs)
        .containsExactly("pretrain 1", "pretrain 2", "dense 3", "dense 4", "delta 3", "delta 4");
    List<Double> rates = heard.records.stream().map(EpochRecord::learningRate).toList();
    assertThat(rates.subList(2, 4)).as("dense").isEqualTo(rates.subList(0, 2));
    assertThat(rates.subList(4, 6)).as("delta").isEqualTo(rates.subList(0, 2));
    assertThat(result.delta().epochs()).isEqualTo(2);
    assertThat(result.delta().bestEpoch()).isBetween(3, 4);
    assertThat(result.delta().pretrainingMacs()).isEqualTo(heard.records.get(0).macs() + heard.records.get(1).macs());
  }

  @Test
  void pretrainingHasALearningRateOfItsOwn() {
    Heard heard = new Heard();
    run(pretrained(2).with("pretrain-lr", "0.001"), data(20, 6, 6), heard);
    List<Double> rates = heard.records.stream().map(EpochRecord::learningRate).toList();
    for (int epoch = 0; epoch < 2; epoch++) {
      assertThat(rates.get(2 + epoch)).as("dense").isCloseTo(10 * rates.get(epoch), within(1e-6));
      assertThat(rates.get(4 + epoch)).as("delta").isEqualTo(rates.get(2 + epoch));
    }
  }

  /** Each of the two networks apart, from one beginning, and both in a run of their own. */
  @Test
  void runsThatShareTheirBeginningAreTheRunsTheyWouldBeAlone() {
    Dataset data = data(20, 6, 6);
    Heard alone = new Heard();
    RunResult both = run(pretrained(3), data, alone);
    Heard dense = new Heard();
    Heard delta = new Heard();
    Experiment control = experiment(pretrained(3), Networks.DENSE, data, dense);
    Experiment compared = experiment(pretrained(3), Networks.DELTA, data, delta);

    Pretrained start = compared.pretrain(Progress.SILENT, new Cancellation());
    assertThat(delta.epochs).as("told nobody").isEmpty();
    RunResult ofDelta = compared.run(start, Progress.SILENT, new Cancellation());
    RunResult ofDense = control.run(start, Progress.SILENT, new Cancellation());

    assertThat(delta.epochs).containsExactly("pretrain 1", "pretrain 2", "pretrain 3", "delta 4", "delta 5");
    assertThat(dense.records).isEqualTo(alone.records.subList(0, 5));
    assertThat(delta.records.subList(0, 3)).isEqualTo(alone.records.subList(0, 3));
    assertThat(delta.records.subList(3, 5)).isEqualTo(alone.records.subList(5, 7));
    assertThat(dense.trained).containsExactly(alone.trained.get(0));
    assertThat(delta.trained).containsExactly(alone.trained.get(1));
    assertThat(dense.best.get(Phase.PRETRAIN)).isEqualTo(alone.best.get(Phase.PRETRAIN)).isEqualTo(start.model().network().parameters());
    assertThat(dense.best.get(Phase.DENSE)).isEqualTo(alone.trained.get(0));
    assertThat(delta.best.get(Phase.DELTA)).isEqualTo(alone.trained.get(1));
    assertThat(ofDense.dense()).usingRecursiveComparison().ignoringFields("stepMicros").isEqualTo(both.dense());
    assertThat(ofDelta.delta()).usingRecursiveComparison().ignoringFields("stepMicros").isEqualTo(both.delta());
  }

  @Test
  void theResultSaysWhatItWasTimedWith() {
    RunResult result = run(CONFIG, data(20, 6, 6), new Heard());
    assertThat(result.batch()).isEqualTo(8);
    assertThat(result.threads()).isEqualTo(1);
    assertThat(result.kernels()).isEqualTo(KernelChoice.kernels().description());
    assertThat(result.dense().stepMicros()).isPositive();
    assertThat(result.delta().stepMicros()).isPositive();
  }

  /** Fewer training examples than a batch, and none for validation. */
  @Test
  void whatWasNotValidatedHasNoValidationAccuracy() {
    RunResult result = run(CONFIG, data(5, 0, 4), new Heard());
    assertThat(result.dense().validationAccuracy()).isNull();
    assertThat(result.delta().validationAccuracy()).isNull();
    assertThat(result.delta().testAccuracy()).isBetween(0.0, 1.0);
  }

  @Test
  void nothingToTrainOnOrToTestIsRefusedAtOnce() {
    for (Dataset data : List.of(data(0, 4, 4), data(4, 4, 0))) {
      assertThatThrownBy(() -> experiment(CONFIG, Networks.BOTH, data, new Heard())).isInstanceOf(InvalidInputException.class)
          .hasMessageMatching("noise has \\d examples for training and \\d for testing, expected at least one of each; .*");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {"hidden=0; hidden units: 0", "layers=1,threshold=0.1:0.2; 2 thresholds on x for 1 layers",
      "threshold-h=-1; -1.0", "target-reduction=3,threshold=0; stay 0 and meet none", "target-reduction=3,target-sparsity=0.9; exclude",
      "pretrain-epochs=-1; pretraining epochs: -1",
      "pretrain-epochs=1,pretrain-lr=0; pretraining learning rate: 0.0", "pretrain-lr=0.1; without pretraining", "epochs=0; epochs: 0",
      "clip=0; clip: 0.0", "patience=0; patience: 0"})
  void mistakesAreRefusedBeforeThereIsData(String options, String message) {
    Map<String, String> changed = new TreeMap<>();
    for (String option : options.split(",")) {
      changed.put(option.substring(0, option.indexOf('=')), option.substring(option.indexOf('=') + 1));
    }
    RunConfig config = CONFIG.with(changed);
    assertThatThrownBy(() -> Experiment.check(config, 0, 1)).isInstanceOf(InvalidInputException.class).hasMessageContaining(message);
  }

  @Test
  void theRestIsCheckedToo() {
    Experiment.check(CONFIG, 3, 2);
    assertThatThrownBy(() -> Experiment.check(CONFIG, -1, 1)).isInstanceOf(InvalidInputException.class).hasMessageContaining("timing");
    assertThatThrownBy(() -> Experiment.check(CONFIG, 0, 0)).isInstanceOf(InvalidInputException.class).hasMessageContaining("threads: 0");
    assertThatThrownBy(() -> CONFIG.with("lr", "0")).isInstanceOf(InvalidInputException.class).hasMessageContaining("learning rate: 0.0");
    assertThatThrownBy(() -> CONFIG.with("weight-decay", "-1")).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("weight decay: -1.0");
  }

  @Test
  void aCancelledRunEnds() {
    Cancellation cancellation = new Cancellation();
    Heard heard = new Heard() {
      @Override
      public void epoch(Phase phase, EpochRecord record, boolean best) {
        super.epoch(phase, record, best);
        if (phase == Phase.DENSE) {
          cancellation.request();
        }
      }
    };
    Experiment experiment = experiment(pretrained(1), Networks.BOTH, data(20, 6, 6), heard);
    assertThatThrownBy(() -> experiment.run(Progress.SILENT, cancellation)).isInstanceOf(CancellationException.class);
    assertThat(heard.epochs).containsExactly("pretrain 1", "dense 2");
  }

  /** Progress counts what {@link Experiment#examples} says. */
  @Test
  void progressCountsEveryExample() {
    AtomicLong done = new AtomicLong();
    List<String> tasks = new ArrayList<>();
    Experiment experiment = experiment(pretrained(1), Networks.BOTH, data(20, 6, 6), new Heard());
    experiment.run((task, total) -> {
      tasks.add(task);
      return steps -> done.addAndGet(task.equals("timing") ? 0 : steps);
    }, new Cancellation());
    assertThat(done.get()).isEqualTo(experiment.examples());
    assertThat(tasks).containsExactly("pretraining", "training dense", "testing dense", "training delta", "testing delta", "timing");
  }

  /** Two numbers to predict, as a program may give them; the files of the command line have one. */
  @Test
  void errorsOfSeveralTargets() {
    List<float[][]> sequences = new ArrayList<>();
    List<float[]> targets = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      sequences.add(new float[][] {{i}, {i % 3}});
      targets.add(new float[] {i, 100 * (i % 3)});
    }
    Dataset data = Dataset.ofTargets(sequences.subList(0, 6), targets.subList(0, 6))
        .withValidationTargets(sequences.subList(6, 8), targets.subList(6, 8))
        .withTestTargets(sequences.subList(8, 12), targets.subList(8, 12));
    Heard heard = new Heard();
    RunResult result = new Experiment(CONFIG, Networks.BOTH, new RunData(data, ""), 0, 1, heard)
        .run(Progress.SILENT, new Cancellation());
    // means of training 2.5 and 100; the test has 8 to 11, and 200, 0, 100, 200
    assertThat(result.meanPredictor().testMse()).isCloseTo((5.5 * 5.5 + 6.5 * 6.5 + 7.5 * 7.5 + 8.5 * 8.5 + 3 * 1e4) / 8, within(1e-9));
    assertThat(result.meanPredictor().testMae()).isCloseTo((5.5 + 6.5 + 7.5 + 8.5 + 300) / 8, within(1e-9));
    assertThat(result.meanPredictor().validationRmse()).as("of different units").isNull();
    assertThat(result.delta().errors().validationRmse()).isNull();
    assertThat(result.delta().errors().testRmse()).isPositive();
    assertThat(result.delta().testAccuracy()).isNull();
    EpochRecord best = heard.records.stream().skip(2).min(Comparator.comparingDouble(EpochRecord::validationLoss)).orElseThrow();
    assertThat(result.delta().bestEpoch()).isEqualTo(best.epoch());
  }

  @Test
  void resultsOfClassesHaveNoErrors() {
    String json = Json.pretty(run(CONFIG, data(20, 6, 6), new Heard()));
    assertThat(json).contains("test_accuracy").doesNotContain("errors", "mean_predictor");
    RunResult read = Json.parse(json, RunResult.class, "result");
    assertThat(read.dense().errors()).isNull();
    assertThat(Json.pretty(read)).isEqualTo(json);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.data.TimeSeries;
import org.lull.experiments.run.CorpusLoader;
import org.lull.experiments.run.ExperimentListener;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.run.TrainingRun;
import org.lull.experiments.sweep.SweepResults.PointResult;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.speech.Corpus;
import org.lull.speech.Datasets;
import org.lull.speech.LogMelSettings;
import org.lull.speech.SeriesCorpus;
import org.lull.train.Cancellation;
import org.lull.train.Example;
import org.lull.train.Progress;

/** Sweeps as a Java program has them. */
class SweepTest {
  private static final RunConfig SMALL = RunConfig.of(Map.of("layers", "1", "hidden", "4", "epochs", "1"));
  private static final Corpus CORPUS = new SeriesCorpus(new TimeSeries("up and down", List.of("down", "up"), 2, examples(24, 1),
      examples(8, 2), examples(8, 3), "abc", List.of()));

  @TempDir
  Path dir;

  private static List<Example> examples(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < n; e++) {
      float[] frames = new float[16];
      for (int i = 0; i < frames.length; i++) {
        frames[i] = (float) random.nextGaussian() + (e % 2 == 0 ? -i : i) / 8f;
      }
      examples.add(new Example("example " + e, frames, 8, 2, e % 2));
    }
    return examples;
  }

  /** Datasets that are asked for are counted. */
  private static final class Loader implements CorpusLoader {
    int loaded;

    @Override
    public Corpus corpus(Path folder) {
      return CORPUS;
    }

    @Override
    public Dataset dataset(Corpus corpus, LogMelSettings frontEnd) {
      loaded++;
      return Datasets.load(corpus, frontEnd, null, 1, Progress.SILENT);
    }
  }

  private SweepResults run(SweepPlan plan) {
    return plan.run(dir, CORPUS, new Loader(), 2, Progress.SILENT, ExperimentListener.SILENT, new Cancellation());
  }

  @Test
  void theTimeIsEstimatedByTheExamplesOfEachKindOfNetwork() {
    SweepPlan plan = new SweepPlan(Grid.of(Axis.of("threshold", "0.1", "0.3")), SMALL.with("pretrain-epochs", "2"), 1, 0);
    try (SweepDirectory directory = SweepDirectory.open(dir)) {
      directory.begin(plan.identity(CORPUS));
      SweepTraining training = plan.training(directory, CORPUS, new Loader());
      assertThat(training.seconds((_, _, _, _, _) -> 1)).isEqualTo(training.examples());
      int perDeltaNetwork = 24 + 8 + 8;
      assertThat(training.seconds((_, inputs, classes, steps, mode) -> mode == Mode.DENSE ? 0 : 100 * inputs + 10 * classes + steps))
          .isEqualTo(2 * perDeltaNetwork * (100 * 2 + 10 * 2 + 8));
    }
  }

  @Test
  void aProgramSweepsOverTwoThresholdsAndReadsTheResults() {
    SweepPlan plan = new SweepPlan(Grid.of(Axis.of("threshold", "0.1", "0.3")), SMALL, 1, 0);
    SweepResults results = run(plan);

    assertThat(results.points()).extracting(PointResult::name).containsExactly("dense", "threshold=0.1", "threshold=0.3");
    assertThat(results.points()).allSatisfy(point -> {
      assertThat(point.failure()).isNull();
      assertThat(point.result().testAccuracy()).isBetween(0.0, 1.0);
    });
    PointResult dense = results.points().getFirst();
    PointResult delta = results.points().getLast();
    assertThat(delta.control()).isEqualTo("dense");
    assertThat(delta.result().difference()).isEqualTo(delta.result().testAccuracy() - dense.result().testAccuracy());
    assertThat(delta.result().reduction()).isGreaterThan(results.points().get(1).result().reduction());

    try (SweepDirectory directory = SweepDirectory.open(dir)) {
      Point point = new Point(false, Map.of("threshold", "0.3"));
      Model model = directory.model(point);
      assertThat(model.mode()).isEqualTo(Mode.DELTA);
      assertThat(RunConfig.of(model.provenance().options())).isEqualTo(SMALL.with("threshold", "0.3"));
      assertThat(directory.result(point).delta().testAccuracy()).isEqualTo(delta.result().testAccuracy());
      assertThat(SweepResults.of(directory.identity().orElseThrow(), directory)).isEqualTo(results);
    }
  }

  @Test
  void whatIsFinishedIsNotTrainedAgain() throws IOException {
    SweepPlan plan = new SweepPlan(Grid.of(Axis.of("threshold", "0.1", "0.3")), SMALL, 1, 0);
    SweepResults first = run(plan);
    Loader loader = new Loader();
    SweepResults again = plan.run(dir, CORPUS, loader, 1, Progress.SILENT, ExperimentListener.SILENT, new Cancellation());
    assertThat(again).isEqualTo(first);
    assertThat(loader.loaded).isZero();

    Path model = dir.resolve("points/threshold=0.1").resolve(RunDirectory.MODEL);
    byte[] bytes = Files.readAllBytes(model);
    Files.delete(dir.resolve("points/threshold=0.1").resolve(RunDirectory.RESULT));
    plan.run(dir, CORPUS, loader, 1, Progress.SILENT, ExperimentListener.SILENT, new Cancellation());
    assertThat(loader.loaded).isEqualTo(1);
    assertThat(model).hasBinaryContent(bytes);
  }

  @Test
  void anotherSweepIsRefusedTheDirectory() {
    run(new SweepPlan(Grid.of(Axis.of("threshold", "0.1")), SMALL, 1, 0));
    assertThatThrownBy(() -> run(new SweepPlan(Grid.of(Axis.of("threshold", "0.2")), SMALL, 1, 0)))
        .isInstanceOf(InvalidInputException.class).hasMessageContainingAll("holds another sweep", "threshold", "0.2");
  }

  @Test
  void aPointThatCannotBeIsNamed() {
    assertThatThrownBy(() -> new SweepPlan(Grid.of(Axis.of("hidden", "4", "0")), SMALL, 1, 0))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("point dense,hidden=0: ");
    assertThatThrownBy(() -> new SweepPlan(Grid.of(Axis.of("threshold", "0.1", "0.10")), SMALL, 1, 0))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("are the same");
  }

  @Test
  void pointsThatDivergeFailAlone() {
    SweepResults results = run(new SweepPlan(Grid.of(Axis.of("lr", "0.01", "999")), SMALL.with(Map.of("clip", "1e30", "optimizer", "sgd",
        "warmup", "0", "epochs", "20", "cell", "rnn")), 1, 0));
    assertThat(results.points()).filteredOn(point -> point.options().get("lr").equals("0.01"))
        .allSatisfy(point -> assertThat(point.result()).isNotNull());
  }

  @Test
  void pointsThatBeginWithTheSameDensePhaseShareIt() throws IOException {
    SweepPlan plan = new SweepPlan(Grid.of(Axis.of("threshold", "0.1", "0.2"), Axis.of("seed", "1", "2")),
        SMALL.with("pretrain-epochs", "2"), 1, 0);
    AtomicLong examples = new AtomicLong();
    List<String> finished = Collections.synchronizedList(new ArrayList<>());
    ExperimentListener listener = new ExperimentListener() {
      @Override
      public void finished(long networks, long all) {
        finished.add(networks + "/" + all);
      }

      @Override
      public void complete(TrainingRun run) {
        assertThat(run.directory().path()).exists();
      }
    };
    try (SweepDirectory directory = SweepDirectory.open(dir)) {
      directory.begin(plan.identity(CORPUS));
      SweepTraining training = plan.training(directory, CORPUS, new Loader());
      long expected = training.examples();
      assertThat(expected).isEqualTo(2 * 2 * (24 + 8) + 6 * (24 + 8 + 8));
      training.run("sweep", 2, (task, total) -> {
        assertThat(total).isEqualTo(expected);
        return examples::addAndGet;
      }, listener, new Cancellation());
      assertThat(examples).hasValue(expected);
      assertThat(directory.failures()).isEmpty();
      RunResult result = directory.result(new Point(true, Map.of("seed", "2")));
      assertThat(result.dense().pretrainingMacs()).isPositive();
    }
    assertThat(finished).hasSize(7).contains("0/6", "6/6");
    assertThat(dir.resolve("pretrained").toFile().list()).as("one for each seed").hasSize(2);
  }

  @Test
  void aCancelledSweepKeepsWhatIsFinished() {
    SweepPlan plan = new SweepPlan(Grid.of(Axis.of("seed", "1", "2", "3")), SMALL, 1, 0);
    Cancellation cancellation = new Cancellation();
    ExperimentListener listener = new ExperimentListener() {
      @Override
      public void finished(long networks, long all) {
        if (networks == 2) {
          cancellation.request();
        }
      }
    };
    assertThatThrownBy(() -> plan.run(dir, CORPUS, new Loader(), 1, Progress.SILENT, listener, cancellation))
        .isInstanceOf(CancellationException.class);
    assertThat(dir.resolve("points").toFile().list()).hasSize(2);
    assertThat(dir.resolve("unfinished")).doesNotExist();
    assertThat(run(plan).points()).hasSize(6).allSatisfy(point -> assertThat(point.result()).isNotNull());
  }
}

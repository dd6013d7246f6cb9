// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;
import org.lull.io.CheckpointFaults;
import org.lull.io.CheckpointFile;
import org.lull.io.Safetensors;
import org.lull.io.Safetensors.Contents;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.rnn.Cell;
import org.lull.rnn.Thresholds;

/** A training that was interrupted and resumed is the training that was not, to the byte. */
class ResumeTest {
  private static final int CHANNELS = 4;
  private static final int CLASSES = 3;
  private static final Normalisation AS_IT_IS = new Normalisation(new float[CHANNELS], new float[] {1, 1, 1, 1});
  private static final Map<String, String> IDENTITY = Map.of("cell", "as in the test", "data", "0123");
  private static final List<Example> TRAIN = examples(27, 1);
  private static final List<Example> VALIDATION = examples(7, 2);

  @TempDir
  private Path folder;

  private final List<String> warnings = new ArrayList<>();
  private int runs;

  @BeforeEach
  void noFault() {
    CheckpointFaults.at("done", Integer.MAX_VALUE).close();
  }

  private static List<Example> examples(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < n; e++) {
      int steps = random.nextInt(6, 14);
      float[] frames = new float[steps * CHANNELS];
      for (int i = 0; i < frames.length; i++) {
        frames[i] = (float) (0.3 * random.nextGaussian() + (i % CHANNELS == e % CLASSES ? 1 : 0));
      }
      examples.add(new Example("example " + e, frames, steps, CHANNELS, e % CLASSES));
    }
    return examples;
  }

  /** A kind of training. */
  private record Case(String cell, Mode mode, String optimiser, LearningRate.Shape schedule, Budget budget, int threads, int epochs,
      int patience) {
    static Case of(String cell, String kind, int threads) {
      boolean sgd = kind.startsWith("sgd");
      Budget budget = kind.endsWith("budget") ? Budget.reduction(3) : null;
      return new Case(cell, kind.endsWith("dense") ? Mode.DENSE : Mode.DELTA, sgd ? "sgd" : "adamw",
          sgd ? LearningRate.Shape.PLATEAU : LearningRate.Shape.COSINE, budget, threads, 4, Integer.MAX_VALUE);
    }

    TrainingOptions options() {
      return TrainingOptions.builder().epochs(epochs).batch(10).optimiser(Optimiser.named(optimiser, 0.01)).schedule(schedule)
          .learningRate(0.02).augmentation(Augmentation.speech()).patience(patience).deltaPenalty(0.01).seed(3).threads(threads).build();
    }

    Case with(int epochs, LearningRate.Shape schedule, int patience) {
      return new Case(cell, mode, optimiser, schedule, budget, threads, epochs, patience);
    }

    Network network() {
      Network network = new Network(new NetworkSpec(Cell.named(cell), CHANNELS, 2, 6, CLASSES, Head.MEAN));
      Initialiser.initialise(network, new SplittableRandom(1));
      network.setThresholds(0, Thresholds.uniform(CHANNELS, 6, 0.2f, 0.02f));
      network.setThresholds(1, Thresholds.uniform(6, 6, 0.02f, 0.02f));
      return network;
    }
  }

  /** What is left of a training. */
  private record Result(float[] parameters, List<Thresholds> thresholds, List<EpochRecord> epochs, EpochRecord best, long[][] operations,
      Map<String, Safetensors.Tensor> state, String progress) {
    void assertSame(Result other) {
      assertThat(bits(other.parameters)).isEqualTo(bits(parameters));
      assertThat(other.thresholds).isEqualTo(thresholds);
      assertThat(other.epochs).isEqualTo(epochs);
      assertThat(other.best).isEqualTo(best);
      assertThat(other.operations).isDeepEqualTo(operations);
      assertThat(other.state.keySet()).isEqualTo(state.keySet());
      state.forEach((name, tensor) -> assertThat(bits(other.state.get(name).data())).as(name).isEqualTo(bits(tensor.data())));
      assertThat(other.progress).isEqualTo(progress);
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  private Path file() {
    return folder.resolve(runs + "/test.safetensors");
  }

  /** Progress that asks for the end after so many reports, which come from each step and each validation example. */
  private static Progress until(int reports, Cancellation token) {
    AtomicInteger left = new AtomicInteger(reports);
    return (_, _) -> new Progress.Task() {
      @Override
      public void advance(long steps) {
        if (left.decrementAndGet() == 0) {
          token.request();
        }
      }

      @Override
      public void skip(long steps) {} // not by this process
    };
  }

  /** Trains from the checkpoint in the current folder, or anew, and asks for the end after so many reports of progress. */
  private Result train(Case kind, int every, int reports) {
    return train(kind, every, reports, IDENTITY, (_, _) -> {});
  }

  private Result train(Case kind, int every, int reports, Map<String, String> identity, Trainer.EpochListener listener) {
    Network network = kind.network();
    Cancellation token = new Cancellation();
    try (Trainer trainer = new Trainer(network, AS_IT_IS, kind.mode, kind.options(), kind.budget)) {
      trainer.cancelBy(token);
      Checkpoints checkpoints = Checkpoints.in(file().getParent()).warnings(warnings::add);
      trainer.keep(every == 0 ? checkpoints : checkpoints.everySteps(every), "test", identity, Map.of());
      History fit = trainer.fit(TRAIN, VALIDATION, 3, "test", until(reports, token), listener);
      Contents state = Safetensors.read(file());
      return new Result(network.parameters(), List.of(network.thresholds(0), network.thresholds(1)), fit.epochs(), fit.best(),
          fit.operations().state(), state.tensors(), state.metadata().get("progress").replaceAll("\"tape\".*", ""));
    }
  }

  private Result uninterrupted(Case kind) {
    Network network = kind.network();
    try (Trainer trainer = new Trainer(network, AS_IT_IS, kind.mode, kind.options(), kind.budget)) {
      History fit = trainer.fit(TRAIN, VALIDATION, 3, "test", Progress.SILENT, (_, _) -> {});
      Result kept = train(kind, 2, 0);
      assertThat(kept.parameters).isEqualTo(network.parameters());
      assertThat(kept.epochs).isEqualTo(fit.epochs());
      assertThat(kept.operations).isDeepEqualTo(fit.operations().state());
      runs++;
      return kept;
    }
  }

  /** Goes on again and again, each time for so many reports of progress. */
  private Result inPieces(Case kind, int every, int reports) {
    for (int pieces = 1; pieces < 1000; pieces++) {
      try {
        Result result = train(kind, every, reports);
        assertThat(pieces).isGreaterThan(1);
        runs++;
        return result;
      } catch (CancellationException e) {
        // the next piece
      }
    }
    throw new AssertionError("no progress");
  }

  @ParameterizedTest
  @CsvSource({"lstm, dense, 1", "lstm, delta, 2", "lstm, budget, 1", "gru, dense, 2", "gru, delta, 1", "gru, budget, 2",
      "rnn, sgd dense, 1", "gru, sgd delta, 2", "lstm, sgd budget, 1"})
  void interruptedAnywhere(String cell, String kind, int threads) {
    Case of = Case.of(cell, kind, threads);
    Result expected = uninterrupted(of);
    expected.assertSame(inPieces(of, 0, 1));
    expected.assertSame(inPieces(of, 1, 5));
    expected.assertSame(inPieces(of, 0, 13));
    assertThat(warnings).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"MOVED, lstm, budget, 1", "HALF, gru, delta, 1", "WRITTEN, lstm, dense, 2", "DONE, gru, sgd budget, 1"})
  void killedWhileACheckpointIsWritten(String stage, String cell, String kind, int threads) {
    Case of = Case.of(cell, kind, threads);
    Result expected = uninterrupted(of);
    for (int[] fault : new int[][] {{1000, 1}, {1000, 4}, {1, 5}}) {
      warnings.clear();
      try (CheckpointFaults _ = CheckpointFaults.at(stage, fault[1])) {
        assertThatThrownBy(() -> train(of, fault[0], 0)).isInstanceOf(CheckpointFaults.Killed.class);
      }
      expected.assertSame(train(of, 1000, 0));
      assertThat(warnings).hasSize(stage.equals("DONE") || fault[1] == 1 ? 0 : 1).allMatch(line -> line.contains("the one before"));
      runs++;
    }
  }

  @Test
  void theNumberOfThreadsMayChange() {
    Case one = Case.of("lstm", "budget", 1);
    Result expected = uninterrupted(one);
    assertThatThrownBy(() -> train(one, 0, 9)).isInstanceOf(CancellationException.class);
    expected.assertSame(train(Case.of("lstm", "budget", 3), 0, 0));
  }

  /** What was done before counts as done, but not as work of this process. */
  @Test
  void progressCountsWhatWasDoneBefore() {
    Case of = Case.of("lstm", "delta", 1);
    assertThatThrownBy(() -> train(of, 0, 14)).isInstanceOf(CancellationException.class); // 3 steps and 7 examples, 3 and 1
    List<String> heard = new ArrayList<>();
    try (Trainer trainer = new Trainer(of.network(), AS_IT_IS, of.mode, of.options())) {
      trainer.keep(Checkpoints.in(file().getParent()).warnings(warnings::add), "test", IDENTITY, Map.of());
      trainer.fit(TRAIN, VALIDATION, 3, "test", (_, total) -> {
        heard.add("of " + total);
        return new Progress.Task() {
          @Override
          public void advance(long steps) {
            heard.add("done " + steps);
          }

          @Override
          public void skip(long steps) {
            heard.add("skipped " + steps);
          }
        };
      }, (_, _) -> {});
    }
    assertThat(heard).startsWith("of 136", "skipped 68", "done 10").endsWith("done 1");
    long done = heard.stream().filter(line -> line.startsWith("done ")).mapToLong(line -> Long.parseLong(line.substring(5))).sum();
    assertThat(done).isEqualTo(68);
  }

  @Test
  void aDamagedCheckpointIsSaidAndTheOneBeforeIsUsed() throws IOException {
    Case of = Case.of("lstm", "delta", 1);
    Result expected = uninterrupted(of);
    assertThatThrownBy(() -> train(of, 1, 9)).isInstanceOf(CancellationException.class);
    byte[] bytes = Files.readAllBytes(file());
    bytes[bytes.length - 5] ^= 4;
    Files.write(file(), bytes);
    expected.assertSame(train(of, 1, 0));
    assertThat(warnings).singleElement().asString().contains("checksum", "the one before");
  }

  @Test
  void aFinishedTrainingIsGivenBack() {
    Case of = Case.of("gru", "budget", 1);
    Result expected = uninterrupted(of);
    train(of, 0, 0);
    List<String> heard = new ArrayList<>();
    expected.assertSame(train(of, 0, 1, IDENTITY, (record, best) -> heard.add(record.epoch() + (best ? " best" : ""))));
    assertThat(heard).hasSize(4).filteredOn(epoch -> epoch.endsWith("best")).containsExactly(expected.best.epoch() + " best");
  }

  /** With a schedule that does not depend on their number, more epochs are the same as if there had been so many from the beginning. */
  @ParameterizedTest
  @ValueSource(strings = {"CONSTANT", "PLATEAU"})
  void moreEpochs(LearningRate.Shape schedule) {
    Case kind = Case.of("lstm", "delta", 1).with(6, schedule, Integer.MAX_VALUE);
    Result expected = uninterrupted(kind);
    Case shorter = kind.with(2, schedule, Integer.MAX_VALUE);
    train(shorter, 0, 0);
    expected.assertSame(train(kind, 0, 0));
    assertThat(warnings).isEmpty();
    assertThatThrownBy(() -> train(shorter, 0, 0)).isInstanceOf(InvalidInputException.class).hasMessageContainingAll("6 epochs", "2 are");
  }

  @Test
  void moreEpochsOfACosineOrABudgetAreSaidNotToBeTheSame() {
    Case kind = Case.of("lstm", "budget", 1).with(2, LearningRate.Shape.COSINE, Integer.MAX_VALUE);
    train(kind, 0, 0);
    Result longer = train(kind.with(5, LearningRate.Shape.COSINE, Integer.MAX_VALUE), 0, 0);
    assertThat(longer.epochs).hasSize(5);
    assertThat(longer.epochs.get(2).learningRate()).isGreaterThan(longer.epochs.get(1).learningRate());
    assertThat(warnings).singleElement().asString().contains("curve of 5 epochs", "budget", "another network");
  }

  @Test
  void whatStoppedEarlyStays() {
    Case kind = Case.of("lstm", "delta", 1).with(30, LearningRate.Shape.CONSTANT, 1);
    Result expected = uninterrupted(kind);
    assertThat(expected.epochs).hasSizeLessThan(30);
    expected.assertSame(inPieces(kind, 0, 6));
    train(kind, 0, 0);
    assertThat(train(kind.with(40, LearningRate.Shape.CONSTANT, 1), 0, 0).epochs).isEqualTo(expected.epochs);
    assertThat(warnings).isEmpty();
  }

  @Test
  void anotherTrainingIsRefusedByName() {
    Case of = Case.of("lstm", "delta", 1);
    assertThatThrownBy(() -> train(of, 0, 3)).isInstanceOf(CancellationException.class);
    assertThatThrownBy(() -> train(of, 0, 0, Map.of("cell", "as in the test", "data", "4567"), (_, _) -> {}))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("data was 0123 and is 4567").hasMessageNotContaining("cell was");
    assertThatThrownBy(() -> train(of, 0, 0, Map.of("cell", "as in the test"), (_, _) -> {}))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("data was 0123 and is not set");
    assertThatThrownBy(() -> train(Case.of("gru", "delta", 1), 0, 0)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("weight_ih_l0");
    assertThatThrownBy(() -> train(Case.of("lstm", "budget", 1), 0, 0)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("place in the training");
    assertThat(warnings).isEmpty();
  }

  @Test
  void anotherVersionIsWarnedOf() {
    Case of = Case.of("lstm", "delta", 1);
    Result expected = uninterrupted(of);
    assertThatThrownBy(() -> train(of, 0, 3, Map.of("java", "25"), (_, _) -> {})).isInstanceOf(CancellationException.class);
    Result result = train(of, 0, 0, Map.of("java", "26"), (_, _) -> {});
    assertThat(warnings).singleElement().asString().contains("java 25", "this is 26");
    assertThat(result.parameters).isEqualTo(expected.parameters);
  }

  @Test
  void aFolderThatCannotBeWrittenIsWarnedOf() throws IOException {
    Case of = Case.of("lstm", "delta", 1);
    Result expected = uninterrupted(of);
    Files.createFile(file().getParent());
    Network network = of.network();
    try (Trainer trainer = new Trainer(network, AS_IT_IS, of.mode, of.options())) {
      trainer.keep(Checkpoints.in(file().getParent()).everySteps(1000).warnings(warnings::add), "test", IDENTITY, Map.of());
      trainer.fit(TRAIN, VALIDATION, 3, "test", Progress.SILENT, (_, _) -> {});
    }
    assertThat(network.parameters()).isEqualTo(expected.parameters);
    assertThat(warnings).hasSize(4).allMatch(line -> line.contains("training goes on without"));
  }

  /** Numbers that a program changed, with the right checksum. */
  @Test
  @Timeout(60)
  void wrongContentsAreRefused() {
    Case of = Case.of("lstm", "budget", 1);
    assertThatThrownBy(() -> train(of, 1, 6)).isInstanceOf(CancellationException.class);
    Contents good = Safetensors.read(file());
    String progress = good.metadata().get("progress");
    List<String> wrong = List.of("\"epoch\":-5", "\"epoch\":2000000000", "\"position\":-1", "\"position\":28", "\"examples\":26",
        "\"optimizerSteps\":-1", "\"operations\":null", "\"operations\":[]", "\"operations\":[[1],[2]]", "\"schedule\":null",
        "\"bestEpoch\":99", "\"epoch\":null", "\"thresholdControl\":null", "\"operations\":\"x\"", "\"steps\":1e9");
    for (String change : wrong) {
      String name = change.substring(0, change.indexOf(':') + 1);
      String changed = progress.replaceFirst(name + "(\\[\\[.*?]]|\\{.*?}|[^,]*)", change);
      assertThat(changed).isNotEqualTo(progress);
      Map<String, String> metadata = new TreeMap<>(good.metadata());
      metadata.put("progress", changed);
      write(good, metadata);
      assertThatThrownBy(() -> train(of, 1, 0)).as(change).isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("cannot be used");
    }
    Map<String, String> metadata = new TreeMap<>(good.metadata());
    metadata.put("epochs", "null");
    write(good, metadata);
    assertThatThrownBy(() -> train(of, 1, 0)).isInstanceOf(InvalidInputException.class).hasMessageContaining("epochs");
    write(good, good.metadata());
    train(of, 1, 0);
  }

  private void write(Contents good, Map<String, String> metadata) {
    new CheckpointFile(file()).write(List.copyOf(good.tensors().values()), metadata);
  }
}

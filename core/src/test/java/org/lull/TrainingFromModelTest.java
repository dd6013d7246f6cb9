// SPDX-License-Identifier: Apache-2.0
package org.lull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Normalisation;
import org.lull.rnn.Cell;
import org.lull.rnn.Cells;
import org.lull.rnn.Thresholds;
import org.lull.train.Budget;
import org.lull.train.Cancellation;
import org.lull.train.Example;

/** Training that starts from a model. */
class TrainingFromModelTest {
  @TempDir
  private Path folder;

  private static Dataset sines(double noise, String... names) {
    List<float[][]> sequences = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < 36; i++) {
      SplittableRandom random = new SplittableRandom(i);
      float[][] frames = new float[random.nextInt(10, 20)][1];
      for (int t = 0; t < frames.length; t++) {
        frames[t][0] = (float) (5 + Math.sin(2 * Math.PI * t / (4 + 4 * (i % 3))) + noise * random.nextGaussian());
      }
      sequences.add(frames);
      labels.add(names[i % 3]);
    }
    return Dataset.of(sequences, labels).split(0.2, 0.2, 1);
  }

  private static final Dataset DATA = sines(0.05, "a", "b", "c");
  private static final Dataset OTHER = sines(0.3, "a", "b", "c");

  private static Model trained(String cell, Mode mode, Head head) {
    return Training.builder().cell(cell).layers(2).hidden(6).head(head).mode(mode).threshold(0.2f).epochs(2).batch(8).threads(1).build()
        .fit(DATA).model();
  }

  private static float[][] frames(Example example) {
    float[] flat = example.frames();
    float[][] frames = new float[example.steps()][example.channels()];
    for (int t = 0; t < frames.length; t++) {
      System.arraycopy(flat, t * example.channels(), frames[t], 0, example.channels());
    }
    return frames;
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private byte[] bytes(Model model) {
    Path file = folder.resolve("bytes.safetensors");
    model.save(file);
    return bytes(file);
  }

  /** Before the first step the start is the model given, to the bit; as a delta network with thresholds of 0 it computes the same. */
  @Test
  void theStartIsTheModelGiven() {
    for (Cell cell : Cells.ALL) {
      for (Head head : Head.values()) {
        Model model = trained(cell.name(), Mode.DENSE, head);
        Training training = Training.builder().from(model).threshold(0).epochs(1).threads(1).build();
        Model start = training.pretrain(OTHER).model();
        assertThat(bytes(start)).isEqualTo(bytes(model));
        assertThat(training.normalisation(OTHER)).isEqualTo(model.normalisation())
            .isNotEqualTo(Training.builder().build().normalisation(OTHER));
        Network zero = start.network().copy();
        for (int layer = 0; layer < 2; layer++) {
          zero.setThresholds(layer, Thresholds.uniform(model.spec().inputs(layer), 6, 0, 0));
        }
        Model sparse = new Model(zero, Mode.DELTA, model.normalisation(), model.labels(), model.frontEnd(), model.provenance());
        for (Example example : OTHER.test()) {
          float[] scores = sparse.classify(frames(example)).scores();
          float[] dense = model.classify(frames(example)).scores();
          for (int k = 0; k < scores.length; k++) {
            assertThat(scores[k]).isCloseTo(dense[k], within(1e-5f));
          }
        }
      }
    }
  }

  /** A learning rate next to nothing changes next to nothing: the training begins at the model, not elsewhere. */
  @ParameterizedTest
  @ValueSource(strings = {"DENSE", "DELTA"})
  void trainingBeginsAtTheModel(Mode mode) {
    Model model = trained("gru", Mode.DENSE, Head.MEAN);
    TrainingResult result = Training.builder().from(model).mode(mode).threshold(0.1f).learningRate(1e-12).epochs(1).threads(1).build()
        .fit(OTHER);
    float[] before = model.network().parameters();
    float[] after = result.model().network().parameters();
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isCloseTo(before[i], within(1e-7f));
    }
    assertThat(result.model().normalisation()).isEqualTo(model.normalisation());
    assertThat(result.model().provenance().options()).containsEntry("from", model.fingerprint()).containsEntry("cell", "gru");
    assertThat(result.pretraining()).isEmpty();
  }

  @Test
  void theModelGivenStaysAsItIs() {
    Model model = trained("lstm", Mode.DENSE, Head.MEAN);
    byte[] before = bytes(model);
    Training.builder().from(model).epochs(2).threads(1).build().fit(OTHER);
    assertThat(bytes(model)).isEqualTo(before);
  }

  @Test
  void labelsKeepTheOrderOfTheModel() {
    Model trained = trained("lstm", Mode.DENSE, Head.MEAN);
    Model model = new Model(trained.network(), Mode.DENSE, trained.normalisation(), List.of("c", "a", "b"), "", trained.provenance());
    Training training = Training.builder().from(model).learningRate(1e-12).epochs(1).threads(1).mode(Mode.DENSE).build();
    TrainingResult result = training.fit(DATA);
    assertThat(result.model().labels()).containsExactly("c", "a", "b");
    Dataset ordered = DATA.withLabels(List.of("c", "a", "b"));
    assertThat(ordered.withLabels(DATA.labels()).contentHash()).isEqualTo(DATA.contentHash());
    assertThat(bytes(training.fit(ordered).model())).isEqualTo(bytes(result.model()));
    long right = DATA.test().stream()
        .filter(example -> model.classify(frames(example)).label().equals(DATA.labels().get(example.label()))).count();
    assertThat(result.test().accuracy()).isEqualTo(right / (double) DATA.test().size());
  }

  @Test
  void aDeltaModelBeginsWithItsThresholds() {
    Model model = trained("lstm", Mode.DELTA, Head.MEAN);
    Model further = Training.builder().from(model).epochs(1).threads(1).build().fit(DATA).model();
    assertThat(further.network().thresholds(1).h()).isEqualTo(model.network().thresholds(1).h());
    Model other = Training.builder().from(model).threshold(0.1f).epochs(1).threads(1).build().fit(DATA).model();
    assertThat(other.network().thresholds(1).h()[0]).isEqualTo(0.1f);
    Model budget = Training.builder().from(model).budget(Budget.reduction(4)).epochs(2).threads(1).build().fit(DATA).model();
    assertThat(budget.network().thresholds(0).x()[0]).isNotEqualTo(model.network().thresholds(0).x()[0]);
  }

  @Test
  void regressionKeepsTheStatisticsOfTheTargets() {
    List<float[][]> sequences = DATA.train().stream().map(TrainingFromModelTest::frames).toList();
    Dataset numbers = Dataset.ofTargets(sequences, sequences.stream().map(s -> new float[] {s.length}).toList()).split(0, 0.2, 1);
    Dataset larger = Dataset.ofTargets(sequences, sequences.stream().map(s -> new float[] {3f * s.length}).toList()).split(0, 0.2, 1);
    Model model = Training.builder().regression().hidden(4).epochs(1).threads(1).build().fit(numbers).model();
    Training training = Training.builder().from(model).epochs(1).threads(1).build();
    assertThat(training.loss(larger).targets()).isEqualTo(model.loss().targets());
    assertThat(training.fit(larger).model().isRegression()).isTrue();
    assertThatThrownBy(() -> training.fit(DATA)).isInstanceOf(InvalidInputException.class).hasMessageContaining("has classes");
  }

  @Test
  void whatContradictsTheModelIsRefusedByName() {
    Model model = trained("lstm", Mode.DENSE, Head.MEAN);
    refused(from(model).cell("gru"), "the cell gru, expected lstm");
    refused(from(model).layers(1), "layers: 1, expected 2");
    refused(from(model).hidden(7), "hidden units: 7, expected 6");
    refused(from(model).head(Head.LAST), "the head last, expected mean");
    refused(from(model).frontEnd("{}"), "the front end {}, expected ");
    refused(from(model).regression(), "regression: true, expected false");
    refused(from(model).pretraining(2), "pretraining of 2 epochs", "trained already");
    Training training = from(model).build();
    assertThatThrownBy(() -> training.fit(sines(0.1, "a", "b", "d"))).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("does not know: d", "and no c", "a, b, c");
    Dataset two = Dataset.of(List.of(new float[9][2], new float[9][2], new float[9][2]), List.of("a", "b", "c"));
    assertThatThrownBy(() -> training.fit(two)).isInstanceOf(InvalidInputException.class).hasMessageContaining("2 channels, expected 1");
  }

  private static TrainingBuilder from(Model model) {
    return Training.builder().from(model).epochs(3).batch(8).threads(1);
  }

  private static void refused(TrainingBuilder training, String... message) {
    assertThatThrownBy(training::build).isInstanceOf(InvalidInputException.class).hasMessageContainingAll(message);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void itGoesOnAfterAnInterruption(int epoch) {
    Model model = trained("gru", Mode.DENSE, Head.LAST);
    TrainingResult expected = from(model).budget(Budget.reduction(3)).build().fit(OTHER);
    Path run = folder.resolve("run");
    Cancellation token = new Cancellation();
    Training interrupted = from(model).budget(Budget.reduction(3)).checkpoints(run).cancellation(token).listener((record, _) -> {
      if (record.epoch() == epoch) {
        token.request();
      }
    }).build();
    assertThatThrownBy(() -> interrupted.fit(OTHER)).isInstanceOf(CancellationException.class);
    assertThat(Model.load(run.resolve("from.safetensors")).fingerprint()).isEqualTo(model.fingerprint());

    Model another = trained("gru", Mode.DELTA, Head.LAST);
    assertThatThrownBy(() -> from(another).checkpoints(run).build().fit(OTHER)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("started from another model");
    TrainingResult resumed = Training.resume(run, OTHER);
    assertThat(bytes(resumed.model())).isEqualTo(bytes(expected.model()));
    assertThat(resumed.epochs()).isEqualTo(expected.epochs());

    another.save(run.resolve("from.safetensors"));
    assertThatThrownBy(() -> Training.resume(run, OTHER)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("another model than this training started from");
  }

  @Test
  void theFingerprintIsOfWhatDecidesThePredictions() {
    Model model = trained("lstm", Mode.DELTA, Head.MEAN);
    Path file = folder.resolve("model.safetensors");
    model.save(file);
    assertThat(Model.load(file).fingerprint()).isEqualTo(model.fingerprint()).hasSize(64);
    Network network = model.network().copy();
    network.parameters()[network.first()] += 1e-3f;
    assertThat(with(model, network, model.normalisation(), model.labels())).isNotEqualTo(model.fingerprint());
    Network thresholds = model.network().copy();
    thresholds.setThresholds(1, Thresholds.uniform(6, 6, 0.2f, 0.3f));
    assertThat(with(model, thresholds, model.normalisation(), model.labels())).isNotEqualTo(model.fingerprint());
    Normalisation moved = new Normalisation(new float[] {4}, model.normalisation().deviation());
    assertThat(with(model, model.network(), moved, model.labels())).isNotEqualTo(model.fingerprint());
    assertThat(with(model, model.network(), model.normalisation(), List.of("b", "a", "c"))).isNotEqualTo(model.fingerprint());
    assertThat(with(model, model.network(), model.normalisation(), model.labels())).isEqualTo(model.fingerprint());
  }

  private static String with(Model model, Network network, Normalisation normalisation, List<String> labels) {
    return new Model(network, model.mode(), normalisation, labels, model.frontEnd(), model.provenance()).fingerprint();
  }
}

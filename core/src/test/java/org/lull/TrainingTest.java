// SPDX-License-Identifier: Apache-2.0
package org.lull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Normalisation;
import org.lull.train.Augmentation;
import org.lull.train.Budget;
import org.lull.train.Cancellation;
import org.lull.train.Example;
import org.lull.train.Optimiser;
import org.lull.train.TrainingOptions;

class TrainingTest {
  @TempDir
  private Path folder;

  /** Sines of a length between 30 and 50 and of a phase and a height of their own: the class is the period. */
  private static Dataset sines(int n) {
    List<float[][]> sequences = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      SplittableRandom random = new SplittableRandom(i);
      int period = 4 + 4 * (i % 3);
      sequences.add(sine(random.nextInt(30, 51), period, random));
      labels.add("period " + period);
    }
    return Dataset.of(sequences, labels).split(0.1, 0.3, 1);
  }

  private static float[][] sine(int steps, double period, SplittableRandom random) {
    double phase = random.nextDouble(2 * Math.PI);
    double height = random.nextDouble(0.5, 2);
    float[][] frames = new float[steps][1];
    for (int t = 0; t < steps; t++) {
      frames[t][0] = (float) (height * Math.sin(2 * Math.PI * t / period + phase) + random.nextGaussian() * 0.05);
    }
    return frames;
  }

  /** Nothing is warped or tilted that was not asked for. */
  @Test
  void threeFrequenciesAreToldApartWithTheDefaults() {
    TrainingResult result = Training.builder().hidden(24).epochs(15).batch(8).threads(2).build().fit(sines(180));
    assertThat(result.test().accuracy()).isGreaterThanOrEqualTo(0.98);
    assertThat(result.test().operations().sparsity()).isGreaterThan(0.2);
    assertThat(result.epochs()).hasSize(15);
    assertThat(result.model().mode()).isEqualTo(Mode.DELTA);
    float[][] unseen = sine(44, 8, new SplittableRandom(999));
    assertThat(result.model().classify(unseen).label()).isEqualTo("period 8");
    Path file = folder.resolve("model.safetensors");
    result.model().save(file);
    assertThat(Model.load(file).classify(unseen).scores()).isEqualTo(result.model().classify(unseen).scores());
  }

  private static TrainingBuilder small() {
    return Training.builder().cell("gru").layers(1).hidden(8).epochs(2).batch(8).threads(1);
  }

  @Test
  void theSameSeedGivesTheSameModelOnAnyThreads() {
    Dataset data = sines(36);
    Training training = small().pretraining(2, 0.01).build();
    float[] once = training.fit(data).model().network().parameters();
    assertThat(training.fit(data).model().network().parameters()).isEqualTo(once);
    assertThat(training.toBuilder().threads(3).build().fit(data).model().network().parameters()).isEqualTo(once);
    assertThat(training.fit(data, training.pretrain(data)).model().network().parameters()).isEqualTo(once);
    assertThat(training.toBuilder().seed(2).build().fit(data).model().network().parameters()).isNotEqualTo(once);
    assertThat(training.toBuilder().mode(Mode.DENSE).build().fit(data).model().network().parameters()).isNotEqualTo(once);
  }

  /** Each model is handed over when its epoch is over: the last of each phase is the model of that phase. */
  @Test
  void theBestModelSoFarIsHandedOver() {
    Dataset data = sines(36);
    List<String> heard = new ArrayList<>();
    List<Model> models = new ArrayList<>();
    Training training = small().epochs(3).pretraining(2).listener((record, best) -> heard.add(record.epoch() + (best ? " best" : "")))
        .bestModel(model -> {
          heard.add(model.mode().toString());
          models.add(model);
        }).build();
    Pretrained start = training.pretrain(data);
    assertThat(heard).startsWith("1 best", "DENSE", "2 best", "DENSE").hasSize(4);
    assertThat(models.getLast().network().parameters()).isEqualTo(start.model().network().parameters());
    TrainingResult result = training.fit(data, start);
    assertThat(heard.get(4)).isEqualTo("3 best");
    assertThat(heard.stream().filter(line -> line.endsWith(" best")).count()).isEqualTo(models.size());
    assertThat(models.getLast().mode()).isEqualTo(Mode.DELTA);
    assertThat(models.getLast().network().parameters()).isEqualTo(result.model().network().parameters());
    assertThat(models.getLast().provenance()).isEqualTo(result.model().provenance());
  }

  @Test
  void aTrainingIsCancelledBetweenSteps() {
    Cancellation cancellation = new Cancellation();
    List<Integer> heard = new ArrayList<>();
    Training training = small().epochs(5).cancellation(cancellation).listener((record, _) -> {
      heard.add(record.epoch());
      cancellation.request();
    }).build();
    assertThatThrownBy(() -> training.fit(sines(36))).isInstanceOf(CancellationException.class);
    assertThat(heard).containsExactly(1);
    assertThatThrownBy(() -> training.toBuilder().pretraining(1).build().pretrain(sines(36))).isInstanceOf(CancellationException.class);
  }

  @Test
  void whatIsSetIsUsed() {
    Dataset data = sines(36);
    List<Integer> heard = new ArrayList<>();
    TrainingResult result = small().layers(2).head(Head.LAST).thresholds(new float[] {0.1f, 0.2f}, new float[] {0.3f})
        .pretraining(1).optimiser(Optimiser.sgd(0.5)).listener((record, _) -> heard.add(record.epoch())).build().fit(data);
    assertThat(heard).containsExactly(1, 2, 3);
    assertThat(result.pretraining()).hasSize(1);
    assertThat(result.model().spec().head()).isEqualTo(Head.LAST);
    assertThat(result.model().network().thresholds(1).x()[0]).isEqualTo(0.2f);
    assertThat(result.model().network().thresholds(0).h()[0]).isEqualTo(0.3f);
    assertThat(result.model().provenance().options()).containsEntry("cell", "gru").containsEntry("threshold-x", "[0.1, 0.2]")
        .containsEntry("optimizer", "Sgd[momentum=0.5, weightDecay=0.0]");
    assertThat(result.model().provenance().dataHash()).isEqualTo(data.hash());
    TrainingResult budget = small().epochs(6).budget(Budget.reduction(3)).build().fit(data);
    assertThat(Budget.reduction(3).reached(budget.fit().operations())).isCloseTo(3, within(0.6));
    assertThat(small().build().fit(Dataset.of(List.of(new float[2][1], new float[2][1]), List.of("a", "b"))).test()).isNull();
  }

  @Test
  void whatCannotBeTrainedOnIsRefused() {
    Example example = Example.of("clip", new float[4][1], 0);
    Dataset gap = new Dataset("data", List.of("a", "b"), 1, List.of(example), List.of(), List.of(), "", List.of(), List.of());
    assertThatThrownBy(() -> small().build().fit(gap)).isInstanceOf(InvalidInputException.class).hasMessageContaining("of b");
    Dataset nothing = new Dataset("data", List.of("a", "b"), 1, List.of(), List.of(), List.of(), "", List.of(), List.of());
    assertThatThrownBy(() -> small().build().fit(nothing)).isInstanceOf(InvalidInputException.class).hasMessageContaining("no examples");
    Pretrained start = small().build().pretrain(sines(12));
    assertThatThrownBy(() -> small().hidden(4).build().fit(sines(12), start)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("hidden=8").hasMessageContaining("hidden=4");
    assertThatThrownBy(() -> small().regression().build().fit(sines(12))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("ofTargets");
    Dataset numbers = Dataset.ofTargets(Collections.singletonList(new float[3][1]), Collections.singletonList(new float[] {1}));
    assertThatThrownBy(() -> small().build().fit(numbers)).isInstanceOf(InvalidInputException.class).hasMessageContaining("regression()");
    Dataset alone = Dataset.of(Collections.nCopies(3, new float[4][1]), List.of("a", "a", "a"));
    assertThatThrownBy(() -> small().build().fit(alone)).isInstanceOf(InvalidInputException.class).hasMessageContaining("only the class a");
    List<float[]> three = Collections.nCopies(3, new float[] {1, 2, 3}); // as many outputs as the sines have classes
    Pretrained ofNumbers = small().regression().build()
        .pretrain(Dataset.ofTargets(Collections.nCopies(3, new float[][] {{1}, {2}}), three));
    assertThatThrownBy(() -> small().build().fit(sines(12), ofNumbers)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("expected classes");
  }

  /** What cannot be measured afterwards is refused before the training, which would be lost. */
  @Test
  void examplesToMeasureAreCheckedBeforeTheTraining() {
    List<float[][]> far = Collections.singletonList(new float[][] {{1}, {1e11f}});
    List<String> label = List.of("period 4");
    Dataset data = sines(12);
    for (Dataset wrong : List.of(data.withTest(far, label), data.withValidation(far, label))) {
      List<Integer> epochs = new ArrayList<>();
      assertThatThrownBy(() -> small().listener((record, _) -> epochs.add(record.epoch())).build().fit(wrong))
          .isInstanceOf(InvalidInputException.class).hasMessageContainingAll("example 0: timestep 1", "1.0E11");
      assertThat(epochs).isEmpty();
    }
  }

  /** What an augmentation makes is checked: it would be misread, or something of it not read at all. */
  @Test
  void anAugmentationMayChangeNeitherChannelsNorTargets() {
    Augmentation wider = (example, _, _) -> new Example("wider", new float[2 * example.steps()], example.steps(), 2, example.label());
    Augmentation relabelled = (example, _, _) -> example.withLabel((example.label() + 1) % 3);
    for (Augmentation wrong : List.<Augmentation>of(wider, relabelled, (_, _, _) -> null)) {
      assertThatThrownBy(() -> small().augmentation(wrong).build().fit(sines(12))).isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("Example.withFrames");
    }
    Augmentation target = (example, _, _) -> new Example("other", example.frames(), example.steps(), 1, new float[] {9});
    Dataset numbers = Dataset.ofTargets(Collections.nCopies(3, new float[][] {{1}, {2}}), Collections.nCopies(3, new float[] {1}));
    assertThatThrownBy(() -> small().regression().augmentation(target).build().fit(numbers)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("same target");
    Augmentation shorter = (example, _, _) -> example.withFrames(new float[2], 2);
    assertThat(small().augmentation(shorter).build().fit(sines(12)).epochs()).isNotEmpty();
  }

  /** Volts or millivolts: the unit decides nothing, and a constant channel is not amplified. */
  @Test
  void featuresMayBeOfAnyUnit() {
    List<float[][]> ones = new ArrayList<>();
    List<float[][]> tiny = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      float[][] frames = sine(20, 4 + 4 * (i % 3), new SplittableRandom(i));
      ones.add(frames);
      tiny.add(Arrays.stream(frames).map(frame -> new float[] {frame[0] * 0x1p-30f}).toArray(float[][]::new));
      labels.add("period " + i % 3);
    }
    float[] expected = small().build().fit(Dataset.of(ones, labels)).model().network().parameters();
    assertThat(small().build().fit(Dataset.of(tiny, labels)).model().network().parameters()).isEqualTo(expected);
    Dataset constant = Dataset.of(Collections.nCopies(12, new float[][] {{3e6f}, {3e6f}}), labels);
    assertThat(small().build().normalisation(constant)).isEqualTo(new Normalisation(new float[] {3e6f}, new float[] {1e-4f}));
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> small().cell("lstn")).isInstanceOf(InvalidInputException.class).hasMessageContaining("lstn");
    assertThatThrownBy(() -> small().thresholds(new float[2], new float[1]).build()).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("2 thresholds on x for 1 layers");
    assertThatThrownBy(() -> small().threshold(0).budget(Budget.reduction(2)).build()).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> small().mode(Mode.DENSE).budget(Budget.reduction(2)).build()).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("dense");
    assertThatThrownBy(() -> small().regression().head(Head.FRAMES).build()).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Optimiser.adamW(-1)).isInstanceOf(InvalidInputException.class).hasMessageContaining("weight decay");
    assertThatThrownBy(() -> small().frontEnd("{bands")).isInstanceOf(InvalidInputException.class).hasMessageContaining("{bands");
    assertThatThrownBy(() -> small().frontEnd("[1]")).isInstanceOf(InvalidInputException.class).hasMessageContaining("object");
    assertThatThrownBy(() -> small().schedule(null)).isInstanceOf(NullPointerException.class).hasMessage("schedule");
    assertThatThrownBy(() -> small().options(null)).isInstanceOf(NullPointerException.class).hasMessage("options");
    assertThatThrownBy(() -> new Budget(null, 2)).isInstanceOf(NullPointerException.class).hasMessage("kind");
    assertThatThrownBy(() -> Optimiser.sgd(1)).isInstanceOf(InvalidInputException.class).hasMessageContaining("momentum");
  }

  /** Where the mistake is made, so that the stack trace shows its line; build() is not called. */
  @Test
  void aNumberOutOfRangeIsRefusedByTheMethodThatIsGivenIt() {
    Map<String, Consumer<TrainingBuilder>> mistakes = new LinkedHashMap<>();
    mistakes.put("layers: 0", training -> training.layers(0));
    mistakes.put("hidden units: 0", training -> training.hidden(0));
    mistakes.put("hidden units: 20000", training -> training.hidden(20_000));
    mistakes.put("threshold -1.0 on x", training -> training.threshold(-1));
    mistakes.put("threshold NaN on x", training -> training.threshold(Float.NaN));
    mistakes.put("threshold -0.5 on h", training -> training.thresholds(null, new float[] {0.1f, -0.5f}));
    mistakes.put("pretraining epochs: -1", training -> training.pretraining(-1));
    mistakes.put("pretraining epochs: -2", training -> training.pretraining(-2, 0.01));
    mistakes.put("pretraining learning rate: 0.0", training -> training.pretraining(1, 0));
    mistakes.put("epochs: 0", training -> training.epochs(0));
    mistakes.put("batch: 0", training -> training.batch(0));
    mistakes.put("learning rate: -0.1", training -> training.learningRate(-0.1));
    mistakes.put("threads: 0", training -> training.threads(0));
    mistakes.forEach((message, mistake) -> assertThatThrownBy(() -> mistake.accept(small())).as(message)
        .isInstanceOf(InvalidInputException.class).hasMessageContaining(message));
    assertThatThrownBy(() -> small().schedule(null)).isInstanceOf(NullPointerException.class).hasMessage("schedule");
    assertThatThrownBy(() -> small().optimiser(null)).isInstanceOf(NullPointerException.class).hasMessage("optimiser");
    assertThatThrownBy(() -> small().augmentation(null)).isInstanceOf(NullPointerException.class).hasMessage("augmentation");
    assertThatThrownBy(() -> TrainingOptions.builder().warmup(-1)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> TrainingOptions.builder().clip(0)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> TrainingOptions.builder().patience(0)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> TrainingOptions.builder().deltaPenalty(-1)).isInstanceOf(InvalidInputException.class);
  }

  /** The period of a sine and its height, in units that differ a thousandfold. */
  @Test
  void numbersArePredictedInTheirUnits() {
    List<float[][]> sequences = new ArrayList<>();
    List<float[]> targets = new ArrayList<>();
    for (int i = 0; i < 240; i++) {
      SplittableRandom random = new SplittableRandom(i);
      double height = random.nextDouble(1, 3);
      float offset = (float) random.nextDouble(-1, 1);
      float[][] frames = new float[30][1];
      for (int t = 0; t < 30; t++) {
        frames[t][0] = (float) (height * Math.sin(0.8 * t)) + offset;
      }
      sequences.add(frames);
      targets.add(new float[] {1000 * (float) height, offset});
    }
    Dataset data = Dataset.ofTargets(sequences, targets).split(0.1, 0.2, 1);
    TrainingResult result = Training.builder().regression().layers(1).hidden(24).threshold(0.05f).epochs(30).batch(8).threads(2).build()
        .fit(data);
    assertThat(result.test().rmse()).isLessThan(150); // the heights alone deviate by 577
    assertThat(result.test().mae()).isPositive().isLessThan(result.test().rmse());
    assertThat(result.epochs().getLast().validationLoss()).isLessThan(0.1);
    assertThat(result.epochs().getLast().validationAccuracy()).isNull();
    assertThat(result.epochs().getLast().trainAccuracy()).isNull();

    Path file = folder.resolve("regression.safetensors");
    result.model().save(file);
    Model model = Model.load(file);
    assertThat(model.isRegression()).isTrue();
    assertThat(model.predict(sequences.get(3))).isEqualTo(result.model().predict(sequences.get(3)));
    assertThat((double) model.predict(sequences.get(3))[0]).isCloseTo(targets.get(3)[0], within(400.0));
    assertThatThrownBy(() -> model.classify(sequences.get(3))).isInstanceOf(IllegalStateException.class).hasMessageContaining("predict");
    Model classifier = small().build().fit(sines(12)).model();
    assertThatThrownBy(() -> classifier.predict(sequences.get(3))).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("classify");
  }

  /** In other units, and where all numbers are equal, the network is the same or sound. */
  @Test
  void numbersMayBeOfAnySize() {
    List<float[][]> sequences = new ArrayList<>();
    List<float[]> ones = new ArrayList<>();
    List<float[]> tiny = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      SplittableRandom random = new SplittableRandom(i);
      float height = (float) random.nextDouble(1, 3);
      float[][] frames = new float[8][1];
      for (int t = 0; t < 8; t++) {
        frames[t][0] = height * (t % 2);
      }
      sequences.add(frames);
      ones.add(new float[] {height});
      tiny.add(new float[] {height * 0x1p-30f});
    }
    Training training = small().regression().build();
    Model model = training.fit(Dataset.ofTargets(sequences, ones)).model();
    Model ofTiny = training.fit(Dataset.ofTargets(sequences, tiny)).model();
    assertThat(ofTiny.network().parameters()).isEqualTo(model.network().parameters());
    assertThat(ofTiny.predict(sequences.get(5))[0]).isEqualTo(model.predict(sequences.get(5))[0] * 0x1p-30f);
    List<float[]> equal = Collections.nCopies(24, new float[] {1e-3f});
    assertThat(training.fit(Dataset.ofTargets(sequences, equal)).model().loss().targets().deviation()).containsExactly(1);
  }
}

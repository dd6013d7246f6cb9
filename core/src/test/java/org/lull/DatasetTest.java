// SPDX-License-Identifier: Apache-2.0
package org.lull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.data.TimeSeries;
import org.lull.input.InvalidInputException;
import org.lull.train.Example;

class DatasetTest {
  @TempDir
  private Path folder;

  private static List<float[][]> sequences(int n) {
    return IntStream.range(0, n).mapToObj(i -> new float[][] {{i, 1}, {i, 2}}).toList();
  }

  /** Sequences that {@link #sequences} does not have, if {@code from} is large. */
  private static List<float[][]> others(int from, int n) {
    return sequences(from + n).subList(from, from + n);
  }

  private static List<String> labels(String... labels) {
    return List.of(labels);
  }

  @Test
  void classesAreNumberedInTheOrderOfTheirNames() {
    Dataset data = Dataset.of(sequences(4), labels("walk", " run\t", "stand", "run"));
    assertThat(data.labels()).containsExactly("run", "stand", "walk");
    assertThat(data.train()).extracting(Example::label).containsExactly(2, 0, 1, 0);
    assertThat(data.channels()).isEqualTo(2);
    assertThat(data.warnings()).isEmpty();
    assertThat(data.isRegression()).isFalse();
  }

  /** Composed or not, with white space or not, it is the same word. */
  @Test
  void labelsThatLookTheSameAreTheSame() {
    Dataset data = Dataset.of(sequences(3), labels("caf\u00e9", "cafe\u0301", " caf\u00e9\u00a0"));
    assertThat(data.labels()).containsExactly("caf\u00e9");
    assertThat(Dataset.of(sequences(2), labels("On", "on")).warnings()).singleElement().asString()
        .contains("by case or white space: 2, the first 'On' and 'on'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\u00a0", "a\u0000b", "\ud800"})
  void whatIsNoLabelIsRefusedWithItsPlace(String label) {
    assertThatThrownBy(() -> Dataset.of(sequences(2), labels("a", label))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("example 1");
    Dataset data = Dataset.of(sequences(1), labels("a"));
    assertThatThrownBy(() -> data.withTest(sequences(1), labels(label))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("test example 0");
  }

  @Test
  void whatIsNoSequenceIsRefusedWithItsPlace() {
    List<float[][]> narrow = List.of(new float[][] {{0, 1}}, new float[][] {{0}});
    assertThatThrownBy(() -> Dataset.of(narrow, labels("a", "b"))).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("example 1", "1 channels", "expected 2");
    List<float[][]> missing = List.of(new float[][] {{0, 1}}, new float[][] {{0, 1}, {Float.NaN, 1}});
    assertThatThrownBy(() -> Dataset.of(missing, labels("a", "b"))).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("example 1", "frame 1", "channel 0", "NaN");
    assertThatThrownBy(() -> Dataset.of(Collections.singletonList(new float[0][]), labels("a"))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("example 0");
    assertThatThrownBy(() -> Dataset.of(sequences(2), labels("a"))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("2 sequences and 1 labels");
    assertThatThrownBy(() -> Dataset.of(List.of(), List.of())).isInstanceOf(InvalidInputException.class);
    Dataset data = Dataset.of(sequences(1), labels("a"));
    assertThatThrownBy(() -> data.withValidation(Collections.singletonList(new float[][] {{1, 2, 3}}), labels("a")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("validation example 0", "3 channels", "expected 2");
    List<float[][]> absent = Arrays.asList(new float[][] {{0, 1}}, null);
    assertThatThrownBy(() -> Dataset.of(absent, labels("a", "b"))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("example 1: null");
    assertThatThrownBy(() -> Dataset.ofTargets(sequences(2), Arrays.asList(new float[] {1}, null)))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("example 1: no target");
    assertThatThrownBy(() -> new Dataset("data", labels("a"), 0, List.of(), List.of(), List.of(), "", List.of(), List.of()))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("0 channels");
  }

  @Test
  void classesAndNumbersAreNotMixed() {
    Dataset classes = Dataset.of(sequences(2), labels("a", "b"));
    Dataset numbers = Dataset.ofTargets(sequences(2), Collections.nCopies(2, new float[] {1}));
    List<float[]> targets = Collections.nCopies(1, new float[] {1});
    assertThatThrownBy(() -> classes.withTestTargets(others(5, 1), targets)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("withTest");
    assertThatThrownBy(() -> classes.withValidationTargets(others(5, 1), targets)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> numbers.withTest(others(5, 1), labels("a"))).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("withTestTargets");
    assertThatThrownBy(() -> numbers.withValidation(others(5, 1), labels("a"))).isInstanceOf(InvalidInputException.class);
  }

  /** Whoever asked for a test and gets none is told. */
  @Test
  void aShareOfNothingIsWarnedOf() {
    assertThat(Dataset.of(sequences(3), labels("a", "b", "c")).split(0.4, 0, 1).warnings()).singleElement().asString()
        .contains("no validation examples", "0.4 of 3 examples in 3 classes");
    assertThat(Dataset.of(sequences(3), labels("a", "b", "c")).split(0, 0.4, 1).warnings()).singleElement().asString()
        .contains("no test examples");
    assertThat(Dataset.of(sequences(6), labels("a", "b", "a", "b", "a", "b")).split(0, 0.1, 1).warnings()).isEmpty();
  }

  @Test
  void givenSplitsAreTakenAndTheirGapsTold() {
    Dataset data = Dataset.of(sequences(3), labels("a", "b", "c")).withValidation(others(10, 2), labels("b", "a"))
        .withTest(others(20, 1), labels("c"));
    assertThat(data.validation()).extracting(Example::label).containsExactly(1, 0);
    assertThat(data.test()).extracting(Example::label).containsExactly(2);
    assertThat(data.warnings()).containsExactly(
        "classes without a validation example: 1 of 3, 'c'; the best epoch is chosen without them",
        "classes without a test example: 2 of 3, 'a', 'b'; nothing is measured of them");
    assertThatThrownBy(() -> data.withTest(sequences(1), labels("d"))).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("test example 0", "\"d\"", "a, b, c");
    assertThatThrownBy(() -> data.split(0.1, 0.1, 1)).isInstanceOf(InvalidInputException.class).hasMessageContaining("already");
  }

  @Test
  void sequencesInTwoSplitsAreCounted() {
    List<float[][]> some = sequences(4);
    Dataset data = Dataset.of(some, labels("a", "b", "a", "b"));
    assertThat(data.withTest(others(4, 2), labels("a", "b")).warnings()).isEmpty();
    Dataset repeated = data.withValidation(List.of(some.get(3), some.get(3)), labels("a", "b"));
    assertThat(repeated.warnings()).containsExactly("validation or test sequences that an earlier split has too, value for value: 2, the"
        + " first validation example 0 = example 3; what was trained on is measured again, keep one of each");
    assertThat(repeated.withTest(List.of(some.get(3), others(4, 1).getFirst(), some.get(1)), labels("a", "b", "a")).warnings())
        .singleElement().asString().contains(": 4, the first validation example 0 = example 3;");
    assertThat(repeated.withValidation(others(4, 2), labels("a", "b")).warnings()).as("replaced").isEmpty();
    // the same values in fewer steps are another sequence
    assertThat(data.withTest(List.of(new float[][] {{0, 1}}, new float[][] {{1, 1}, {1, 2.5f}}), labels("a", "b")).warnings()).isEmpty();
  }

  @Test
  void sequencesGivenTwiceAreCountedWhereASplitPartsThem() {
    List<float[][]> twice = new ArrayList<>(sequences(10));
    twice.addAll(sequences(10));
    Dataset data = Dataset.of(twice, Collections.nCopies(20, "a"));
    assertThat(data.warnings()).as("within training nothing is measured again").isEmpty();
    assertThat(data.split(0, 0.5, 1).warnings()).singleElement().asString().contains("earlier split has too, value for value: ");
    Dataset numbers = Dataset.ofTargets(sequences(3), Collections.nCopies(3, new float[] {1}));
    assertThat(numbers.withTestTargets(sequences(1), Collections.singletonList(new float[] {2})).warnings()).singleElement().asString()
        .contains(": 1, the first test example 0 = example 0;");
    assertThat(numbers.withValidationTargets(others(5, 1), Collections.singletonList(new float[] {2})).warnings()).isEmpty();
  }

  /** What a loader warned of is not forgotten where a split is replaced. */
  @Test
  void warningsOfALoaderStay() {
    Example example = Example.of("clip", sequences(1).getFirst(), 0);
    Dataset loaded = new Dataset("folder", labels("a"), 2, List.of(example), List.of(), List.of(), "", labels("1 clip is empty"),
        labels("clip 2 is empty"));
    Dataset more = loaded.withTest(sequences(1), labels("a"));
    assertThat(more.name()).isEqualTo("folder");
    assertThat(more.leftOut()).containsExactly("clip 2 is empty");
    assertThat(more.warnings()).hasSize(2).first().isEqualTo("1 clip is empty");
    assertThat(more.withName("other").warnings()).isEqualTo(more.warnings());
    assertThat(more.withName("other").withTest(others(1, 1), labels("a")).warnings()).containsExactly("1 clip is empty");
  }

  @Test
  void aSplitTakesTheSameShareOfEveryClass() {
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      labels.add(i < 60 ? "many" : i < 90 ? "some" : i < 97 ? "few" : i < 99 ? "two" : "one");
    }
    Dataset whole = Dataset.of(sequences(100), labels);
    Dataset data = whole.split(0.2, 0.1, 5);
    Function<List<Example>, List<Long>> counts = examples -> IntStream.range(0, 5)
        .mapToObj(k -> examples.stream().filter(example -> example.label() == k).count()).toList();
    assertThat(data.labels()).containsExactly("few", "many", "one", "some", "two");
    assertThat(counts.apply(data.validation())).containsExactly(1L, 12L, 0L, 6L, 0L);
    assertThat(counts.apply(data.test())).containsExactly(1L, 6L, 0L, 3L, 0L);
    assertThat(counts.apply(data.train())).containsExactly(5L, 42L, 1L, 21L, 2L);
    assertThat(data.warnings()).containsExactly(
        "classes without a validation example: 2 of 5, 'one', 'two'; the best epoch is chosen without them",
        "classes without a test example: 2 of 5, 'one', 'two'; nothing is measured of them");
    Set<Example> all = Stream.of(data.train(), data.validation(), data.test()).flatMap(List::stream).collect(Collectors.toSet());
    assertThat(all).isEqualTo(new HashSet<>(whole.train()));

    assertThat(whole.split(0.2, 0.1, 5).test()).isEqualTo(data.test());
    assertThat(whole.split(0.2, 0.1, 6).test()).isNotEqualTo(data.test());
    assertThat(whole.split(0, 0, 5).train()).isEqualTo(whole.train());
    for (double[] shares : new double[][] {{-0.1, 0}, {0.5, 0.5}, {0, 1}, {Double.NaN, 0}, {0, Double.NaN}}) {
      assertThatThrownBy(() -> whole.split(shares[0], shares[1], 1)).isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(Double.toString(shares[0]));
    }
  }

  @Test
  void everyClassKeepsAnExampleToTrainOn() {
    Dataset data = Dataset.of(sequences(6), labels("a", "a", "b", "b", "b", "c")).split(0.45, 0.45, 1);
    assertThat(data.train()).extracting(Example::label).contains(0, 1, 2);
  }

  @Test
  void targetsAreNumbers() {
    List<float[]> targets = List.of(new float[] {1, 10}, new float[] {2, 20}, new float[] {3, 30});
    Dataset data = Dataset.ofTargets(sequences(3), targets).withTestTargets(sequences(1), Collections.singletonList(new float[] {4, 40}));
    assertThat(data.isRegression()).isTrue();
    assertThat(data.targets()).isEqualTo(2);
    assertThat(data.labels()).isEmpty();
    assertThat(data.test().getFirst().target()).containsExactly(4, 40);
    assertThatThrownBy(() -> data.withValidationTargets(sequences(1), Collections.singletonList(new float[] {4})))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("validation example 0", "1 targets", "expected 2");
    assertThatThrownBy(() -> data.withTest(sequences(1), labels("a"))).isInstanceOf(InvalidInputException.class);
    assertThat(Dataset.ofTargets(sequences(20), Collections.nCopies(20, new float[] {1})).split(0.1, 0.1, 1).test()).hasSize(2);
  }

  /** As the archive for regression has them. */
  @Test
  void numbersAreReadFromTimeSeriesFiles() throws IOException {
    String header = "@problemName Gas\n@dimensions 2\n@targetLabel true\n@data\n";
    Path train = Files.writeString(folder.resolve("Gas_TRAIN.ts"), header + "1,2:3,4:0.5\n1:3:-7\n5,6,7:8,9,10:2e1\n");
    Path test = Files.writeString(folder.resolve("Gas_TEST.ts"), header + "1,2:3,4:0.25\n");
    Dataset data = Dataset.of(TimeSeries.readTargets(train, test));
    assertThat(data.isRegression()).isTrue();
    assertThat(data.channels()).isEqualTo(2);
    assertThat(data.train()).extracting(example -> example.target()[0]).containsExactly(0.5f, 20f);
    assertThat(data.train().getFirst().frames()).containsExactly(1, 3, 2, 4);
    assertThat(data.validation()).extracting(example -> example.target()[0]).containsExactly(-7f);
    assertThat(data.test()).extracting(example -> example.target()[0]).containsExactly(0.25f);
    Path classes = Files.writeString(folder.resolve("Words_TEST.ts"), "@dimensions 2\n@classLabel true a b\n@data\n1:2:a\n");
    assertThatThrownBy(() -> TimeSeries.readTargets(train, classes)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(classes.toString(), "classification");
    Path narrow = Files.writeString(folder.resolve("Narrow_TEST.ts"), header.replace("2", "1") + "1:2\n");
    assertThatThrownBy(() -> TimeSeries.readTargets(train, narrow)).isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("1 dimensions", "expected 2");
  }

  @Test
  void theHashTellsDataFromOtherData() {
    Dataset data = Dataset.of(sequences(2), labels("a", "b"));
    assertThat(data.hash()).hasSize(64).isEqualTo(Dataset.of(sequences(2), labels("a", "b")).hash())
        .isNotEqualTo(Dataset.of(sequences(2), labels("b", "a")).hash())
        .isNotEqualTo(data.withTest(sequences(1), labels("a")).hash())
        .isNotEqualTo(data.withValidation(sequences(1), labels("a")).hash());
  }

  @Test
  void aLoadersMistakesAreRefused() {
    Example example = Example.of("clip", new float[2][3], 1);
    assertThatThrownBy(() -> new Dataset("", labels("a"), 3, List.of(example), List.of(), List.of(), "", List.of(), List.of()))
        .isInstanceOf(InvalidInputException.class).hasMessageContainingAll("clip", "label 1");
    assertThatThrownBy(() -> new Dataset("", labels("a", "b"), 2, List.of(), List.of(), List.of(example), "", List.of(), List.of()))
        .isInstanceOf(InvalidInputException.class).hasMessageContainingAll("clip", "3 channels", "expected 2");
    assertThatThrownBy(() -> new Dataset("", labels("a", "a"), 3, List.of(), List.of(), List.of(), "", List.of(), List.of()))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("different");
  }

  @ParameterizedTest
  @CsvSource({"'', empty", "' ', white space", "b\u0000b, control", "' a', different", "a\u200B, different"})
  void aLoadersLabelsAreCheckedToo(String label, String reason) {
    assertThatThrownBy(() -> new Dataset("", List.of("a", label), 3, List.of(), List.of(), List.of(), "", List.of(), List.of()))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining(reason);
  }

  @Test
  void aLoaderGivesClassesOrNumbers() {
    Example number = new Example("n", new float[3], 1, 3, new float[] {1});
    assertThatThrownBy(() -> new Dataset("", List.of("a"), 3, List.of(number), List.of(), List.of(), "", List.of(), List.of()))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("numbers to predict");
    assertThat(new Dataset("", List.of("u\u0308"), 3, List.of(), List.of(), List.of(), "", List.of(), List.of()).labels())
        .containsExactly("\u00FC");
  }
}

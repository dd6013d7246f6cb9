// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lull.data.RepeatedSequences;
import org.lull.data.SimilarLabels;
import org.lull.data.Split;
import org.lull.data.SplitCounts;
import org.lull.data.TimeSeries;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.train.Example;

/**
 * Sequences for training, validation and test. For classification each sequence has a class:
 * {@code Dataset.of(sequences, labels).split(0.1, 0.1, seed)}. For regression each sequence has numbers to predict: {@link #ofTargets}. A
 * dataset is immutable. Invalid data is refused here, with a message that says where it is.
 */
public final class Dataset {
  private final String name;
  private final List<String> labels;
  private final int channels;
  private final List<Example> train;
  private final List<Example> validation;
  private final List<Example> test;
  private final String hash;
  private final List<String> given; // warnings of the loader
  private final List<String> warnings;
  private final List<String> leftOut;

  /**
   * A dataset of examples that a loader has made.
   *
   * @param name description of the recognised data, shown to the user: "Google Speech Commands layout, 35 words"
   * @param labels class names, all different; they are brought to the form that {@link Label} describes. An {@link Example#label()} is an
   *     index into them. Empty for regression
   * @param channels values per timestep, the same in every example
   * @param train training examples; may be empty if the data is used only for testing
   * @param hash SHA-256, in hex, of the content that the examples were made from; recorded as the provenance of a model
   * @param warnings one sentence for each thing that was skipped or repaired; shown to the user, never dropped
   * @param leftOut one sentence for each recording that is not usable and so not among the examples: which one and why
   * @throws InvalidInputException if a label is not allowed, or an example has another number of channels, a label that is not an index
   *     into {@code labels}, or numbers to predict where there are labels
   */
  public Dataset(String name, List<String> labels, int channels, List<Example> train, List<Example> validation, List<Example> test,
      String hash, List<String> warnings, List<String> leftOut) {
    this(name, labels, channels, train, validation, test, hash, warnings, List.of(), leftOut);
  }

  /** @param found warnings beside those that were given, about the splits as they are now */
  private Dataset(String name, List<String> labels, int channels, List<Example> train, List<Example> validation, List<Example> test,
      String hash, List<String> given, List<String> found, List<String> leftOut) {
    this.name = Objects.requireNonNull(name, "name");
    this.labels = labels.stream().map(Label::of).toList();
    this.channels = channels;
    this.train = List.copyOf(train);
    this.validation = List.copyOf(validation);
    this.test = List.copyOf(test);
    this.hash = Objects.requireNonNull(hash, "hash");
    this.given = List.copyOf(given);
    this.warnings = Stream.of(given, found).flatMap(List::stream).toList();
    this.leftOut = List.copyOf(leftOut);
    if (this.labels.stream().distinct().count() != this.labels.size()) {
      throw new InvalidInputException(name + ": labels " + labels + ", expected all different");
    }
    if (channels < 1) {
      throw new InvalidInputException(name + ": " + channels + " channels, expected 1 or more");
    }
    int targets = all().findFirst().map(Example::targets).orElse(0);
    if (targets > 0 && !labels.isEmpty()) {
      throw new InvalidInputException(name + ": labels " + labels + " and examples with numbers to predict, expected one or the other");
    }
    all().forEach(example -> check(example, targets));
  }

  private void check(Example example, int targets) {
    if (example.channels() != channels) {
      throw new InvalidInputException(example.id() + ": " + example.channels() + " channels, expected " + channels
          + " as in the other examples");
    }
    if (example.targets() != targets) {
      throw new InvalidInputException(example.id() + ": " + example.targets() + " targets, expected " + targets
          + " as of the other examples");
    }
    if (targets == 0 && example.label() >= labels.size()) {
      throw new InvalidInputException(example.id() + ": label " + example.label() + ", expected 0 to " + (labels.size() - 1) + ", an index"
          + " of the labels");
    }
  }

  private Stream<Example> all() {
    return Stream.of(train, validation, test).flatMap(List::stream);
  }

  /**
   * A dataset of training sequences that each have a class. Classes are numbered in the order of their names. Use {@link #split} to set
   * some of the sequences aside for validation and test, or {@link #withValidation} and {@link #withTest} to add others.
   *
   * @param sequences [steps][channels] each. Give raw values: training normalises them. The number of steps may differ and is at least 1;
   *     the number of channels is the same in all
   * @param labels name of the class of each sequence. Names are brought to the form that {@link Label} describes, without white space at
   *     the ends
   * @throws InvalidInputException if there are no sequences, the number of labels is different, a label is not allowed, the numbers of
   *     channels differ, or a value is not finite or beyond {@link org.lull.input.Frames#LARGEST}
   */
  public static Dataset of(List<float[][]> sequences, List<String> labels) {
    List<String> classes = ArrayExamples.classes(labels);
    return ofArrays(classes, ArrayExamples.of("example ", sequences, labels, classes));
  }

  /**
   * A dataset for regression: training sequences that each have one or several numbers to predict. Use {@link #split} to set some of the
   * sequences aside for validation and test, or {@link #withValidationTargets} and {@link #withTestTargets} to add others.
   *
   * @param sequences as in {@link #of}
   * @param targets the numbers to predict, one array for each sequence; all arrays have the same length
   * @throws InvalidInputException as {@link #of}
   */
  public static Dataset ofTargets(List<float[][]> sequences, List<float[]> targets) {
    return ofArrays(List.of(), ArrayExamples.of("example ", sequences, targets));
  }

  /** Time series read from files, of classes or of numbers to be predicted. */
  public static Dataset of(TimeSeries series) {
    return new Dataset(series.name(), series.labels(), series.channels(), series.train(), series.validation(), series.test(), series.hash(),
        series.warnings(), List.of());
  }

  private static Dataset ofArrays(List<String> labels, List<Example> train) {
    return new Dataset("arrays", labels, train.getFirst().channels(), train, List.of(), List.of(),
        ContentHash.of(labels, List.of(train)), List.of(), SimilarLabels.warnings(labels), List.of());
  }

  /** A copy with these splits. What a loader warned of is kept; warnings about the splits are those of the new splits. */
  private Dataset withSplits(List<Example> train, List<Example> validation, List<Example> test) {
    return withSplits(train, validation, test, List.of());
  }

  private Dataset withSplits(List<Example> train, List<Example> validation, List<Example> test, List<String> more) {
    List<String> found = new ArrayList<>(SimilarLabels.warnings(labels));
    found.addAll(more);
    if (!isRegression()) {
      SplitCounts counts = new SplitCounts(name, labels);
      train.forEach(example -> counts.add(Split.TRAIN, example.label()));
      validation.forEach(example -> counts.add(Split.VALIDATION, example.label()));
      test.forEach(example -> counts.add(Split.TEST, example.label()));
      found.addAll(counts.gaps());
    }
    found.addAll(RepeatedSequences.warnings(train, validation, test));
    found.removeAll(given);
    return new Dataset(name, labels, channels, train, validation, test, ContentHash.of(labels, List.of(train, validation, test)), given,
        found,
        leftOut);
  }

  /**
   * A copy of this dataset in which these examples replace the validation examples.
   *
   * @throws InvalidInputException as {@link #of}, for a label that no example of training has, and if this dataset is for regression
   */
  public Dataset withValidation(List<float[][]> sequences, List<String> labels) {
    requireRegression(false);
    return withSplits(train, ArrayExamples.of("validation example ", sequences, labels, this.labels), test);
  }

  /**
   * A copy of this dataset in which these examples replace the test examples.
   *
   * @throws InvalidInputException as {@link #of}, for a label that no example of training has, and if this dataset is for regression
   */
  public Dataset withTest(List<float[][]> sequences, List<String> labels) {
    requireRegression(false);
    return withSplits(train, validation, ArrayExamples.of("test example ", sequences, labels, this.labels));
  }

  /**
   * A copy of this regression dataset in which these examples replace the validation examples.
   *
   * @throws InvalidInputException as {@link #of}, and if this dataset has classes
   */
  public Dataset withValidationTargets(List<float[][]> sequences, List<float[]> targets) {
    requireRegression(true);
    return withSplits(train, ArrayExamples.of("validation example ", sequences, targets), test);
  }

  /**
   * A copy of this regression dataset in which these examples replace the test examples.
   *
   * @throws InvalidInputException as {@link #of}, and if this dataset has classes
   */
  public Dataset withTestTargets(List<float[][]> sequences, List<float[]> targets) {
    requireRegression(true);
    return withSplits(train, validation, ArrayExamples.of("test example ", sequences, targets));
  }

  private void requireRegression(boolean expected) {
    if (isRegression() != expected) {
      throw new InvalidInputException(
          name + ": has " + (expected ? "classes, expected numbers to predict; give labels, by withValidation or"
              + " withTest" : "numbers to predict, expected classes; give numbers, by withValidationTargets or withTestTargets"));
    }
  }

  /**
   * Sets training examples aside for validation and test (a stratified split): the same share of each class, rounded. From a class of three
   * or more examples at least one goes to each share above 0. A class never loses its last training example. If nothing is left for a
   * share, {@link #warnings} say so. The seed decides which examples are taken; the order of the examples stays the same.
   *
   * @param validationShare share of the examples for validation, 0 for none
   * @param testShare share of the examples for the test, 0 for none; both shares together are below 1
   * @throws InvalidInputException if a share is out of range, or the dataset has validation or test examples already
   */
  public Dataset split(double validationShare, double testShare, long seed) {
    if (!(validationShare >= 0 && testShare >= 0 && validationShare + testShare < 1)) {
      throw new InvalidInputException("shares of " + validationShare + " for validation and " + testShare
          + " for the test, expected 0 or more and together below 1, such as 0.1 and 0.1");
    }
    if (!validation.isEmpty() || !test.isEmpty()) {
      throw new InvalidInputException(name + ": has " + validation.size() + " examples for validation and " + test.size()
          + " for the test already; split what has none");
    }
    List<List<Example>> parts = StratifiedSplit.of(train, validationShare, testShare, seed);
    List<String> nothing = new ArrayList<>();
    warnOfNone(nothing, "validation", validationShare, parts.get(1));
    warnOfNone(nothing, "test", testShare, parts.get(2));
    return withSplits(parts.get(0), parts.get(1), parts.get(2), nothing);
  }

  private void warnOfNone(List<String> warnings, String what, double share, List<Example> set) {
    if (share > 0 && set.isEmpty()) {
      warnings.add("no " + what + " examples: a share of " + share + " of " + train.size() + " examples in " + Math.max(1, labels.size())
          + (labels.size() > 1 ? " classes" : " class") + " is none; give more examples, or a larger share");
    }
  }

  private int[] counts(List<Example> examples) {
    int[] counts = new int[labels.size()];
    examples.stream().filter(example -> example.label() >= 0).forEach(example -> counts[example.label()]++);
    return counts;
  }

  /** @throws InvalidInputException if there are no training examples, only one class, or a class without any */
  void requireTrainable() {
    if (train.isEmpty()) {
      throw new InvalidInputException(name + ": no examples to train on, expected at least one");
    }
    if (labels.size() == 1) {
      throw new InvalidInputException(
          name + ": only the class " + labels.getFirst() + ", expected 2 or more to tell apart; add another, such"
              + " as one of everything else");
    }
    int[] counts = counts(train);
    List<String> without = IntStream.range(0, labels.size()).filter(k -> counts[k] == 0).mapToObj(labels::get).toList();
    if (!without.isEmpty()) {
      throw new InvalidInputException(name + ": no examples to train on of " + String.join(", ", without)
          + ", expected at least one of each class; add some, or leave the class out");
    }
  }

  /**
   * SHA-256, in hex, of the examples themselves and the labels. It also tells apart features that were made from the same recordings in
   * different ways.
   */
  public String contentHash() {
    return ContentHash.of(labels, List.of(train, validation, test));
  }

  /** Whether the examples have numbers to predict instead of classes. */
  public boolean isRegression() {
    return targets() > 0;
  }

  /** How many numbers are to be predicted for each sequence; 0 if the sequences have classes. */
  public int targets() {
    return all().findFirst().map(Example::targets).orElse(0);
  }

  /** Whether the examples are pieces of streams, with a label for each frame. */
  public boolean isStream() {
    return all().findFirst().map(Example::isStream).orElse(false);
  }

  /** Description of the recognised data, shown to the user. */
  public String name() {
    return name;
  }

  /** A copy with another name. */
  public Dataset withName(String value) {
    return new Dataset(value, labels, channels, train, validation, test, hash, given, warnings.subList(given.size(), warnings.size()),
        leftOut);
  }

  /**
   * A copy with the same labels in another order, such as that of a model. The examples stay in their order.
   *
   * @throws InvalidInputException if they are not the same labels
   */
  public Dataset withLabels(List<String> order) {
    requireLabels(name, labels, order, "the model");
    if (labels.equals(order)) {
      return this;
    }
    int[] index = labels.stream().mapToInt(label -> Label.indexIn(order, label)).toArray();
    return new Dataset(name, order, channels, relabelled(train, index), relabelled(validation, index), relabelled(test, index), hash, given,
        warnings.subList(given.size(), warnings.size()), leftOut);
  }

  /**
   * Checks that data has the labels that are expected, in any order.
   *
   * @param name of the data, for the message
   * @param model that expects the labels, for the message
   * @throws InvalidInputException with the labels that are missing or not expected
   */
  public static void requireLabels(String name, List<String> labels, List<String> expected, String model) {
    List<String> missing = expected.stream().filter(label -> Label.indexIn(labels, label) < 0).toList();
    List<String> unknown = labels.stream().filter(label -> Label.indexIn(expected, label) < 0).toList();
    if (!missing.isEmpty() || !unknown.isEmpty()) {
      throw new InvalidInputException(name + " has " + (unknown.isEmpty() ? "no " + String.join(", ", missing)
          : "classes that " + model + " does not know: " + String.join(", ", unknown)
              + (missing.isEmpty() ? "" : "; and no " + String.join(", ", missing)))
          + "; expected the labels of the model: "
          + String.join(", ", expected));
    }
  }

  private static List<Example> relabelled(List<Example> examples, int[] index) {
    return examples.stream().map(e -> e.label() < 0 ? e : new Example(e.id(), e.frames(), e.steps(), e.channels(), index[e.label()]))
        .toList();
  }

  /** Class names; an {@link Example#label()} is an index into them. Empty for regression. */
  public List<String> labels() {
    return labels;
  }

  /** Values per timestep. */
  public int channels() {
    return channels;
  }

  /** Training examples. */
  public List<Example> train() {
    return train;
  }

  /** Validation examples: the best weights are chosen by them. */
  public List<Example> validation() {
    return validation;
  }

  /** Test examples: nothing is chosen by them. */
  public List<Example> test() {
    return test;
  }

  /** SHA-256, in hex, of the content of the examples. */
  public String hash() {
    return hash;
  }

  /** One sentence for each thing that was skipped, was repaired, or looks like a mistake. */
  public List<String> warnings() {
    return warnings;
  }

  /** One sentence for each recording that is not usable and so not among the examples. */
  public List<String> leftOut() {
    return leftOut;
  }

  @Override
  public String toString() {
    return name + ": " + train.size() + " examples to train on, " + validation.size() + " for validation, " + test.size()
        + " for the test, " + channels + " channels, " + (isRegression() ? targets() + " targets" : "classes " + labels);
  }
}

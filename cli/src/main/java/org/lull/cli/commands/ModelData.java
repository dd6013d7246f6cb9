// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.cli.options.DataOptions;
import org.lull.cli.options.LoadingOptions;
import org.lull.data.Purpose;
import org.lull.experiments.run.CorpusLoader;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;
import org.lull.train.Example;

/** A model, and data that it can be run on. */
record ModelData(Path file, Model model, Dataset dataset) {
  /** Which examples. */
  enum Split {
    TEST,
    VALIDATION,
    TRAIN,
    /** Whatever the split. */
    ALL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Loads a corpus, of any of the model's classes and of any split, through the model's front end.
   *
   * @param file of the model
   * @throws InvalidInputException if the data is of another kind than that the model was trained on, or has other classes
   */
  static ModelData load(Path file, Model model, DataOptions data, PrintWriter err) {
    Corpus corpus = data.corpus(Purpose.MEASURING, err);
    return new ModelData(file, model, dataset(file, model, corpus, model.labels(), Purpose.MEASURING, data, err));
  }

  /**
   * A corpus as examples that the model takes. What can be seen of the corpus is checked before any sound becomes features, which can take
   * minutes.
   *
   * @param file of the model
   * @param wanted classes; to measure, the corpus may have no others, and to train, it must have one of them
   * @param purpose what the corpus was opened for
   * @throws InvalidInputException if the data is of another kind than that the model was trained on, or has other classes
   */
  static Dataset dataset(Path file, Model model, Corpus corpus, List<String> wanted, Purpose purpose, LoadingOptions loading,
      PrintWriter err) {
    LogMelSettings frontEnd = frontEnd(file, model, corpus);
    boolean isRegression = corpus.labels().isEmpty();
    if (isRegression != model.isRegression()) {
      throw new InvalidInputException(model.isRegression()
          ? file + " predicts a number, and the data (" + corpus.name() + ") has classes; give .ts files with @targetLabel true"
          : file + " tells classes apart, and the data (" + corpus.name() + ") has numbers to predict; give data with classes");
    }
    List<String> unknown = corpus.labels().stream().filter(label -> Label.indexIn(wanted, label) < 0).toList();
    if (!isRegression && (purpose == Purpose.MEASURING ? !unknown.isEmpty() : unknown.size() == corpus.labels().size())) {
      throw new InvalidInputException("the data (" + corpus.name() + ") has classes that " + file + " never saw: "
          + String.join(", ", unknown) + "; it knows " + String.join(", ", model.labels()) + "; give data of these classes with --data");
    }
    Dataset dataset = loading.load(corpus, purpose, frontEnd, err);
    if (dataset.channels() != model.normalisation().channels()) {
      throw new InvalidInputException(
          "the data (" + dataset.name() + ") has " + dataset.channels() + " channels, the model " + file + " was trained on "
              + model.normalisation().channels() + "; give data of the kind it was trained on");
    }
    return dataset;
  }

  /**
   * Refuses a model of regression.
   *
   * @param what needs classes, as the beginning of a sentence
   */
  static void requireClasses(Path file, Model model, String what) {
    if (model.isRegression()) {
      throw new InvalidInputException(what + " needs a model that tells classes apart; " + file + " predicts a number; lull predict"
          + " gives it, and lull eval measures it");
    }
  }

  /** Null for time series, which need none. */
  private static LogMelSettings frontEnd(Path file, Model model, Corpus corpus) {
    boolean sound = CorpusLoader.isSound(corpus);
    if (sound && model.frontEnd().isEmpty()) {
      throw new InvalidInputException(file + " was trained on time series, not on sound; give it data in .ts form");
    }
    if (!sound && !model.frontEnd().isEmpty()) {
      throw new InvalidInputException(file + " was trained on sound, not on time series; give it a corpus of WAV files");
    }
    return sound ? LogMelSettings.fromJson(model.frontEnd(), file.toString()) : null;
  }

  /** Whether these are the very data the model was trained on. */
  boolean isOfTraining() {
    return dataset.hash().equals(model.provenance().dataHash());
  }

  /** What to measure where nobody says: the test split, or everything of a corpus that is not divided into one and the rest. */
  Split usualSplit() {
    boolean divided = !dataset.test().isEmpty() && dataset.train().size() + dataset.validation().size() > 0;
    return divided || isOfTraining() ? Split.TEST : Split.ALL;
  }

  /** How many examples there are in all splits. */
  int size() {
    return dataset.train().size() + dataset.validation().size() + dataset.test().size();
  }

  /** The examples of a split, at least one; if they have classes, labelled as the model numbers them. */
  List<Example> examples(Split split) {
    List<Example> examples = switch (split) {
      case TEST -> dataset.test();
      case VALIDATION -> dataset.validation();
      case TRAIN -> dataset.train();
      case ALL -> Stream.of(dataset.train(), dataset.validation(), dataset.test()).flatMap(List::stream).toList();
    };
    if (examples.isEmpty()) {
      throw new InvalidInputException(dataset.name() + " has no examples"
          + (split == Split.ALL ? "; give recordings of the model's classes" : " in its " + split + " split; choose another with --split"));
    }
    if (model.isRegression()) {
      return examples;
    }
    int[] index = dataset.labels().stream().mapToInt(label -> Label.indexIn(model.labels(), label)).toArray();
    return examples.stream().map(e -> new Example(e.id(), e.frames(), e.steps(), e.channels(), index[e.label()])).toList();
  }
}

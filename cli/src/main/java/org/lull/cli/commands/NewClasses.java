// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.cli.options.LoadingOptions;
import org.lull.cli.report.TerminalProgress;
import org.lull.data.Purpose;
import org.lull.data.SimilarLabels;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.speech.Corpora;
import org.lull.speech.Corpus;
import org.lull.speech.Datasets;
import org.lull.speech.LogMelSettings;
import org.lull.train.Example;

/**
 * The classes a model is to learn.
 *
 * @param folders with WAV files, by label
 * @param ofCorpus labels of the corpus
 */
record NewClasses(Map<String, Path> folders, List<String> ofCorpus) {
  /** Examples numbered as the grown model numbers its classes: those it knows, then the new ones. */
  record Examples(List<String> labels, List<Example> train, List<Example> test) {}

  /**
   * As options give them.
   *
   * @param additions each as WORD=FOLDER
   * @param corpus its folder, or null
   * @param warnings is given a sentence where classes are much alike
   * @throws InvalidInputException where there is no class, one is given twice, or the model knows it or cannot learn it
   */
  static NewClasses of(List<String> additions, List<String> words, Path corpus, Model model, Path file, Consumer<String> warnings) {
    NewClasses classes = new NewClasses(folders(additions), words.stream().map(Label::of).toList());
    List<String> labels = classes.labels();
    if (labels.isEmpty()) {
      throw new InvalidInputException("nothing to learn; give --add WORD=FOLDER, or --data with --classes");
    }
    if (!classes.folders.isEmpty() && model.frontEnd().isEmpty()) {
      throw new InvalidInputException(file + " was trained on time series, and --add takes folders of WAV files; give --data, a folder"
          + " with NAME_TRAIN.ts and NAME_TEST.ts, and --classes, which of its classes are new");
    }
    if (!classes.ofCorpus.isEmpty() && corpus == null) {
      throw new InvalidInputException("--classes needs --data, the corpus that has them");
    }
    for (String label : labels) {
      if (Label.indexIn(model.labels(), label) >= 0) {
        throw new InvalidInputException("class '" + label + "' is one that " + file + " knows already; give others");
      }
    }
    if (labels.stream().distinct().count() < labels.size()) {
      throw new InvalidInputException("a class is given twice: " + String.join(", ", labels));
    }
    List<String> all = new ArrayList<>(model.labels());
    all.addAll(labels);
    SimilarLabels.warnings(all).forEach(warnings);
    return classes;
  }

  private static Map<String, Path> folders(List<String> additions) {
    Map<String, Path> folders = new LinkedHashMap<>();
    for (String addition : additions) {
      int equals = addition.indexOf('=');
      if (equals < 0 || equals == addition.length() - 1) {
        throw new InvalidInputException("--add " + addition + ", expected WORD=FOLDER");
      }
      String label;
      try {
        label = Label.of(addition.substring(0, equals));
      } catch (InvalidInputException e) {
        throw new InvalidInputException("--add " + addition + ": " + e.getMessage(), e);
      }
      Path folder = Path.of(addition.substring(equals + 1));
      Path before = folders.put(label, folder);
      if (before != null) {
        throw new InvalidInputException("--add gives '" + label + "' twice, with " + before + " and " + folder
            + "; put the recordings into one folder");
      }
    }
    return folders;
  }

  /** Of all of them. */
  List<String> labels() {
    List<String> labels = new ArrayList<>(folders.keySet());
    labels.addAll(ofCorpus);
    return labels;
  }

  /**
   * Examples of the new classes, and those that the corpus has of the model's.
   *
   * @param corpus its folder, or null
   * @throws InvalidInputException where the data is not of the model's kind, or has no such class
   */
  Examples examples(Model model, Path file, Path corpus, LoadingOptions loading, PrintWriter err) {
    List<String> labels = new ArrayList<>(model.labels());
    labels.addAll(labels());
    Examples all = new Examples(labels, new ArrayList<>(), new ArrayList<>());
    if (corpus != null) {
      Corpus opened = loading.corpus(corpus, err);
      for (String word : ofCorpus) { // before the sound becomes features
        if (!opened.labels().contains(word)) {
          throw new InvalidInputException(opened.name() + " has no class '" + word + "'; it has " + String.join(", ", opened.labels()));
        }
      }
      Dataset dataset = ModelData.dataset(file, model, opened, labels, Purpose.TRAINING, loading, err);
      add(all, dataset, label -> !folders.containsKey(label)); // of those, the recordings given are meant
    }
    if (!folders.isEmpty()) {
      TerminalProgress progress = new TerminalProgress(err);
      LogMelSettings frontEnd = LogMelSettings.fromJson(model.frontEnd(), file.toString());
      Dataset additions =
          Datasets.additions(Corpora.folders(folders, loading.threads(), progress), frontEnd, loading.threads(), progress);
      additions.warnings().forEach(warning -> err.println("warning: " + warning));
      add(all, additions, _ -> true);
    }
    return all;
  }

  /** Adds those examples whose classes the grown model has. */
  private static void add(Examples all, Dataset dataset, Predicate<String> wanted) {
    int[] labels = dataset.labels().stream().mapToInt(name -> wanted.test(name) ? Label.indexIn(all.labels, name) : -1).toArray();
    for (boolean train : new boolean[] {true, false}) {
      for (Example e : train ? dataset.train() : dataset.test()) {
        int label = labels[e.label()];
        if (label >= 0) {
          (train ? all.train : all.test).add(new Example(e.id(), e.frames(), e.steps(), e.channels(), label));
        }
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.io.Folder;
import org.lull.io.Sha256;
import org.lull.train.Example;

/** Reads a folder of time series; {@link TimeSeries#read} says which. */
final class TimeSeriesFolder {
  private static final String TRAIN = "_TRAIN.ts";
  private static final String TEST = "_TEST.ts";

  private final Path dir;
  private final List<String> labels = new ArrayList<>();
  private final List<Example> training = new ArrayList<>();
  private final List<Example> validation = new ArrayList<>();
  private final List<Example> testing = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private TimeSeriesFolder(Path dir) {
    this.dir = dir;
  }

  static List<Path> files(Path dir) {
    return Folder.files(dir, name -> name.endsWith(".ts"));
  }

  static TimeSeries read(Path dir, Purpose purpose) {
    List<Path> files = files(dir);
    if (files.isEmpty()) {
      throw new InvalidInputException("no .ts file in " + dir + ", expected NAME" + TRAIN + " and NAME" + TEST + "; give their folder");
    }
    List<Path> training = ending(files, TRAIN);
    List<Path> testing = ending(files, TEST);
    if (purpose == Purpose.MEASURING && training.isEmpty() && testing.size() == 1) {
      return series(dir, Optional.empty(), Optional.of(TsRead.of(testing.getFirst())), purpose);
    }
    if (training.size() != 1) {
      throw new InvalidInputException(dir + " has " + training.size() + " files called NAME" + TRAIN + " (the first .ts file: "
          + Folder.name(files.getFirst()) + "), expected exactly one; keep each problem in a folder of its own");
    }
    String name = problem(training.getFirst(), TRAIN);
    Optional<Path> test = testing.stream().filter(file -> problem(file, TEST).equals(name)).findFirst();
    if (test.isEmpty() && purpose == Purpose.TRAINING) {
      throw new InvalidInputException(
          "no file " + dir.resolve(name + TEST) + " beside " + Folder.name(training.getFirst()) + "; add it");
    }
    return series(dir, Optional.of(TsRead.of(training.getFirst())), test.map(TsRead::of), purpose);
  }

  private static TimeSeries series(Path dir, Optional<TsRead> train, Optional<TsRead> test, Purpose purpose) {
    return switch (train.or(() -> test).orElseThrow().content()) {
      case TsFile.Classification _ -> new TimeSeriesFolder(dir).classes(train, test, purpose);
      case TsFile.Regression _ -> TimeSeriesTargets.of(train, test);
    };
  }

  private static List<Path> ending(List<Path> files, String end) {
    return files.stream().filter(file -> Folder.name(file).toLowerCase(Locale.ROOT).endsWith(end.toLowerCase(Locale.ROOT))).toList();
  }

  private static String problem(Path file, String end) {
    return Folder.name(file).substring(0, Folder.name(file).length() - end.length());
  }

  private TimeSeries classes(Optional<TsRead> trainFile, Optional<TsRead> testFile, Purpose purpose) {
    Optional<TsFile.Classification> train = trainFile.map(TsRead::classification);
    Optional<TsFile.Classification> test = testFile.map(TsRead::classification);
    TsRead.checkChannels(trainFile, testFile);
    TsFile.Classification first = train.or(() -> test).orElseThrow();
    int channels = first.channels();
    chooseLabels(train, test);
    int[] seen = new int[labels.size()];
    train.ifPresent(file -> file.cases().forEach(each -> {
      Example example = numbered(each, file);
      (seen[example.label()]++ % 5 == 1 ? validation : training).add(example);
    }));
    test.ifPresent(file -> file.cases().forEach(each -> testing.add(numbered(each, file))));
    if (purpose == Purpose.TRAINING) {
      check();
    }
    train.ifPresent(file -> warnings.addAll(file.warnings()));
    test.ifPresent(file -> warnings.addAll(file.warnings()));
    warnings.addAll(SimilarLabels.warnings(labels));
    warnings.addAll(repeated(training, validation, testing));
    return new TimeSeries(name(first, labels.size() + " classes"), labels, channels, training, validation, testing,
        hash(trainFile, testFile), warnings);
  }

  static List<String> repeated(List<Example> training, List<Example> validation, List<Example> testing) {
    List<Example> ofTrainFile = new ArrayList<>(training);
    ofTrainFile.addAll(validation);
    return RepeatedSequences.warnings(ofTrainFile, List.of(), testing);
  }

  /** What the data is, as shown to the user. */
  static String name(TsFile first, String answers) {
    int channels = first.channels();
    return "time series in .ts form, " + first.problem() + ": " + channels + (channels == 1 ? " channel, " : " channels, ") + answers;
  }

  /** The classes either file declares, in that order, without those neither has a case of. */
  private void chooseLabels(Optional<TsFile.Classification> train, Optional<TsFile.Classification> test) {
    List<String> declared = new ArrayList<>();
    List<String> used = new ArrayList<>();
    for (TsFile.Classification file : List.of(train, test).stream().flatMap(Optional::stream).toList()) {
      declared.addAll(file.labels());
      file.cases().forEach(each -> used.add(file.labels().get(each.label())));
    }
    declared.stream().distinct().filter(used::contains).forEach(labels::add);
    List<String> without = declared.stream().distinct().filter(label -> !used.contains(label)).toList();
    if (!without.isEmpty()) {
      warnings.add("classes that @classLabel names but no case has: " + without.size() + ", the first '" + without.getFirst()
          + "'; left out");
    }
  }

  private Example numbered(Example example, TsFile.Classification file) {
    int label = labels.indexOf(file.labels().get(example.label()));
    return label == example.label() ? example
        : new Example(example.id(), example.frames(), example.steps(), example.channels(), label);
  }

  private void check() {
    SplitCounts counts = new SplitCounts(dir.toString(), labels);
    training.forEach(example -> counts.add(Split.TRAIN, example.label()));
    validation.forEach(example -> counts.add(Split.VALIDATION, example.label()));
    testing.forEach(example -> counts.add(Split.TEST, example.label()));
    counts.check();
  }

  static String hash(Optional<TsRead> trainFile, Optional<TsRead> testFile) {
    List<String> parts = new ArrayList<>();
    for (Path file : List.of(trainFile, testFile).stream().flatMap(Optional::stream).map(TsRead::path).toList()) {
      try {
        parts.addAll(List.of(Folder.name(file), Sha256.of(file)));
      } catch (IOException e) {
        throw new InvalidInputException("cannot read " + file + ": " + AtomicFile.reason(e) + "; check its permissions", e);
      }
    }
    return Sha256.of(parts);
  }
}

package org.lull.speech;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.train.Dataset;
import org.lull.train.Example;

/**
 * A folder with {@code NAME_TRAIN.ts} and {@code NAME_TEST.ts}, as the UEA archive has them. There is no validation file: of every five
 * training cases of a class, in the order of the file, the second is for validation.
 */
final class TimeSeriesFolder {
  private static final String TRAIN = "_TRAIN.ts";
  private static final String TEST = "_TEST.ts";

  private TimeSeriesFolder() {}

  /** @param files the folder's {@code .ts} files, at least one */
  static SeriesCorpus read(Path dir, List<Path> files) {
    List<Path> training = files.stream().filter(file -> Folder.name(file).endsWith(TRAIN)).toList();
    if (training.size() != 1) {
      throw new InvalidInputException(dir + " has " + training.size() + " files called NAME" + TRAIN + " (the first .ts file: "
          + Folder.name(files.getFirst()) + "), expected exactly one; keep each problem in a folder of its own");
    }
    Path trainFile = training.getFirst();
    String name = Folder.name(trainFile).substring(0, Folder.name(trainFile).length() - TRAIN.length());
    Path testFile = dir.resolve(name + TEST);
    if (!Files.exists(testFile)) {
      throw new InvalidInputException("no file " + testFile + " beside " + Folder.name(trainFile) + "; add it");
    }
    return corpus(dir, trainFile, testFile);
  }

  private static SeriesCorpus corpus(Path dir, Path trainFile, Path testFile) {
    TsFile train = TsFile.read(trainFile);
    TsFile test = TsFile.read(testFile);
    if (test.channels() != train.channels()) {
      throw new InvalidInputException(
          testFile + " has " + test.channels() + " dimensions, expected " + train.channels() + " as in " + Folder.name(trainFile));
    }
    // a class that only one of the files declares is found by the count, which says where it occurs
    List<String> labels = new ArrayList<>(train.labels());
    test.labels().stream().filter(label -> !labels.contains(label)).forEach(labels::add);

    SplitCounts counts = new SplitCounts(dir.toString(), labels);
    List<Example> training = new ArrayList<>();
    List<Example> validation = new ArrayList<>();
    int[] seen = new int[labels.size()];
    for (Example example : train.cases()) {
      boolean validate = seen[example.label()]++ % 5 == 1;
      (validate ? validation : training).add(example);
      counts.add(validate ? Split.VALIDATION : Split.TRAIN, example.label());
    }
    List<Example> testing = new ArrayList<>();
    for (Example example : test.cases()) {
      int label = labels.indexOf(test.labels().get(example.label()));
      testing.add(new Example(example.id(), example.frames(), example.steps(), example.channels(), label));
      counts.add(Split.TEST, label);
    }
    counts.check();
    String name = "time series in .ts form, " + train.problem() + ": " + train.channels() + " channels, " + labels.size() + " classes";
    return new SeriesCorpus(
        new Dataset(name, labels, train.channels(), training, validation, testing, hash(trainFile, testFile), List.of(), List.of()));
  }

  private static String hash(Path trainFile, Path testFile) {
    try {
      return Sha256.of(List.of(Folder.name(trainFile), Sha256.of(trainFile), Folder.name(testFile), Sha256.of(testFile)));
    } catch (IOException e) {
      throw new InvalidInputException(
          "cannot read " + trainFile + " or " + testFile + ": " + AtomicFile.reason(e) + "; check their permissions", e);
    }
  }
}

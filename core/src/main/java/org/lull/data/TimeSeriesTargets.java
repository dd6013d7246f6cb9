// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.lull.train.Example;

/** Reads the files of a regression problem; {@link TimeSeries#readTargets} says which. */
final class TimeSeriesTargets {
  private TimeSeriesTargets() {}

  static TimeSeries read(Path trainFile, Path testFile) {
    return of(Optional.of(TsRead.of(trainFile)), Optional.of(TsRead.of(testFile)));
  }

  /** The series of one or two files; at least one. */
  static TimeSeries of(Optional<TsRead> trainFile, Optional<TsRead> testFile) {
    Optional<TsFile.Regression> train = trainFile.map(TsRead::regression);
    Optional<TsFile.Regression> test = testFile.map(TsRead::regression);
    TsRead.checkChannels(trainFile, testFile);
    List<Example> training = new ArrayList<>();
    List<Example> validation = new ArrayList<>();
    List<TsFile.Case> cases = train.map(TsFile.Regression::cases).orElse(List.of());
    for (int i = 0; i < cases.size(); i++) {
      (i % 5 == 1 ? validation : training).add(example(cases.get(i)));
    }
    List<Example> testing = test.map(TsFile.Regression::cases).orElse(List.of()).stream().map(TimeSeriesTargets::example).toList();
    TsFile.Regression first = train.or(() -> test).orElseThrow();
    List<String> warnings = new ArrayList<>();
    Stream.of(train, test).flatMap(Optional::stream).forEach(file -> warnings.addAll(file.warnings()));
    warnings.addAll(TimeSeriesFolder.repeated(training, validation, testing));
    if (training.size() > 1 && training.stream().mapToDouble(example -> example.target()[0]).distinct().count() == 1) {
      warnings.add("all " + training.size() + " training cases have the number " + training.getFirst().target()[0]
          + " to predict, so there is nothing to learn");
    }
    return new TimeSeries(TimeSeriesFolder.name(first, "a number to predict"), List.of(), first.channels(), training, validation, testing,
        TimeSeriesFolder.hash(trainFile, testFile), warnings);
  }

  private static Example example(TsFile.Case each) {
    return new Example(each.id(), each.frames(), each.steps(), each.channels(), new float[] {each.target()});
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.lull.input.InvalidInputException;
import org.lull.train.Example;

/** Reads the files of a regression problem; {@link TimeSeries#readTargets} says which. */
final class TimeSeriesTargets {
  private TimeSeriesTargets() {}

  static TimeSeries read(Path trainFile, Path testFile) {
    TsFile.Regression train = regression(trainFile);
    TsFile.Regression test = regression(testFile);
    if (test.channels() != train.channels()) {
      throw new InvalidInputException(testFile + " has " + test.channels() + " dimensions, expected " + train.channels() + " as in "
          + trainFile);
    }
    List<Example> training = new ArrayList<>();
    List<Example> validation = new ArrayList<>();
    for (int i = 0; i < train.cases().size(); i++) {
      (i % 5 == 1 ? validation : training).add(example(train.cases().get(i)));
    }
    List<Example> testing = test.cases().stream().map(TimeSeriesTargets::example).toList();
    String name = "time series in .ts form, " + train.problem() + ": " + train.channels()
        + (train.channels() == 1 ? " channel" : " channels") + ", a number to predict";
    return new TimeSeries(name, List.of(), train.channels(), training, validation, testing,
        TimeSeriesFolder.hash(Optional.of(trainFile), Optional.of(testFile)),
        Stream.of(train, test).flatMap(file -> file.warnings().stream()).toList());
  }

  private static TsFile.Regression regression(Path file) {
    return switch (TsFile.read(file)) {
      case TsFile.Regression numbers -> numbers;
      case TsFile.Classification classes -> throw new InvalidInputException(file + " is a classification problem (@classLabel true): its "
          + classes.cases().size() + " cases have classes, not numbers; give a regression problem");
    };
  }

  private static Example example(TsFile.Case each) {
    return new Example(each.id(), each.frames(), each.steps(), each.channels(), new float[] {each.target()});
  }
}

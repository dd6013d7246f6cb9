// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import java.nio.file.Path;
import java.util.Optional;
import org.lull.input.InvalidInputException;
import org.lull.io.Folder;

/** A file of time series that was read. */
record TsRead(Path path, TsFile content) {
  static TsRead of(Path path) {
    return new TsRead(path, TsFile.read(path));
  }

  /** @throws InvalidInputException if the cases have numbers */
  TsFile.Classification classification() {
    return switch (content) {
      case TsFile.Classification classes -> classes;
      case TsFile.Regression numbers -> throw new InvalidInputException(path + " is a regression problem (@targetLabel true): its "
          + numbers.cases().size() + " cases have numbers, not classes; give a classification problem");
    };
  }

  /** @throws InvalidInputException if the cases have classes */
  TsFile.Regression regression() {
    return switch (content) {
      case TsFile.Regression numbers -> numbers;
      case TsFile.Classification classes -> throw new InvalidInputException(path + " is a classification problem (@classLabel true): its "
          + classes.cases().size() + " cases have classes, not numbers; give a regression problem");
    };
  }

  /** @throws InvalidInputException if there are two files and the numbers of channels differ */
  static void checkChannels(Optional<TsRead> train, Optional<TsRead> test) {
    if (train.isPresent() && test.isPresent() && test.get().content.channels() != train.get().content.channels()) {
      throw new InvalidInputException(test.get().path + " has " + test.get().content.channels() + " dimensions, expected "
          + train.get().content.channels() + " as in " + Folder.name(train.get().path));
    }
  }
}

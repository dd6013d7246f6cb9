// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import java.nio.file.Path;
import java.util.List;
import org.lull.train.Example;

/**
 * Time series in three splits. Each series has a class, or a number to predict. The channels are the features.
 *
 * @param name description of the data, shown to the user
 * @param labels class names; an {@link Example#label()} is an index into them. Empty for regression
 * @param channels number of values per timestep, the same in every example
 * @param hash SHA-256, in hex, of the files
 * @param warnings one sentence for each thing that was left out or looks wrong
 */
public record TimeSeries(String name, List<String> labels, int channels, List<Example> train, List<Example> validation,
    List<Example> test, String hash, List<String> warnings) {
  public TimeSeries {
    labels = List.copyOf(labels);
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
    warnings = List.copyOf(warnings);
  }

  /** Whether a folder contains {@code .ts} files. */
  public static boolean areIn(Path dir) {
    return !TimeSeriesFolder.files(dir).isEmpty();
  }

  /**
   * Reads a folder with {@code NAME_TRAIN.ts} and {@code NAME_TEST.ts}, as in the UEA archive. There is no validation file. So of every
   * five training cases of a class (in regression: of all), in the order of the file, the second is used for validation. Classes without
   * cases are left out.
   *
   * @param purpose for measuring, one of the two files is enough
   * @throws org.lull.input.InvalidInputException if a file is missing or cannot be read, one file has classes and the other numbers to
   *     predict, or the cases do not suit the purpose
   */
  public static TimeSeries read(Path dir, Purpose purpose) {
    return TimeSeriesFolder.read(dir, purpose);
  }

  /**
   * Reads two files of a regression problem ({@code @targetLabel true}): the cases have numbers to be predicted, and there are no labels.
   * Of every five training cases the second is used for validation.
   *
   * @throws org.lull.input.InvalidInputException if a file cannot be read or is of a classification problem, or the two files have
   *     different numbers of channels
   */
  public static TimeSeries readTargets(Path trainFile, Path testFile) {
    return TimeSeriesTargets.read(trainFile, testFile);
  }
}

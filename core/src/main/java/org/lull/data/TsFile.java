// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import java.nio.file.Path;
import java.util.List;
import org.lull.train.Example;

/**
 * A file of multivariate time series in {@code .ts} form, as the UEA, UCR and TSER archives and sktime write it: tags such as
 * {@code @dimensions 12} and {@code @classLabel true up down}, then {@code @data}, then a case per line, its dimensions separated by ':',
 * their values by ',', the class or the number to be predicted at the end. Cases may differ in length; the dimensions of one case may not.
 * Lines that begin with '#' or '%' are comments.
 */
public sealed interface TsFile {
  /** {@code @problemName}, or the name of the file. */
  String problem();

  /** Number of values per timestep. */
  int channels();

  /** One sentence for each thing that looks wrong. */
  List<String> warnings();

  /**
   * Cases with classes.
   *
   * @param labels all class names in the order of {@code @classLabel}, including classes without cases
   * @param cases labels are indices into {@code labels}
   */
  record Classification(String problem, List<String> labels, int channels, List<Example> cases, List<String> warnings)
      implements TsFile {}

  /** Cases with numbers to predict, {@code @targetLabel true}. */
  record Regression(String problem, int channels, List<Case> cases, List<String> warnings) implements TsFile {}

  /**
   * A series and the number to predict.
   *
   * @param id file and line, for messages
   * @param frames [steps][channels], row after row, finite
   * @param target the number to predict, finite
   */
  record Case(String id, float[] frames, int steps, int channels, float target) {}

  /**
   * Reads a file of either kind.
   *
   * @throws org.lull.input.InvalidInputException if the file cannot be read; the message has the line, what is wrong there and what was
   *     expected
   */
  static TsFile read(Path file) {
    return new TsReader(file).read();
  }
}

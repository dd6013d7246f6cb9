// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.lull.Dataset;
import org.lull.train.Example;

/**
 * What is known when a run begins, for its report: {@value RunDirectory#INFO}.
 *
 * @param command that began it, as a shell takes it; null where a program began it
 * @param sample a test example, for the picture of what fires; null where all are too long to be kept
 */
public record RunInfo(String command, Sample sample) {
  /** Values of the longest example that is kept. */
  private static final int LARGEST = 100_000;

  /**
   * An example as it came.
   *
   * @param label name of the class; null in regression
   * @param frames raw features, [steps][channels]
   */
  public record Sample(String id, String label, List<List<Float>> frames) {
    /** The same as arrays. */
    public float[][] array() {
      float[][] array = new float[frames.size()][];
      for (int t = 0; t < array.length; t++) {
        array[t] = new float[frames.get(t).size()];
        for (int i = 0; i < array[t].length; i++) {
          array[t][i] = frames.get(t).get(i);
        }
      }
      return array;
    }

    /** An example of these labels. */
    public static Sample of(Example example, List<String> labels) {
      float[] values = example.frames();
      int channels = example.channels();
      Float[] boxed = new Float[values.length];
      Arrays.setAll(boxed, i -> values[i]);
      List<List<Float>> frames = new ArrayList<>();
      for (int t = 0; t < example.steps(); t++) {
        frames.add(List.of(Arrays.copyOfRange(boxed, t * channels, (t + 1) * channels)));
      }
      return new Sample(example.id(), labels.isEmpty() ? null : labels.get(example.label()), frames);
    }
  }

  /** Of a run on this data: the sample is the first test example that is neither shorter than most nor too long. */
  public static RunInfo of(String command, Dataset data) {
    return of(command, data.test(), data.labels());
  }

  /** The same of these test examples. */
  public static RunInfo of(String command, List<Example> test, List<String> labels) {
    List<Example> small = test.stream().filter(example -> (long) example.steps() * example.channels() <= LARGEST).toList();
    int median = small.stream().mapToInt(Example::steps).sorted().skip(small.size() / 2).findFirst().orElse(0);
    Optional<Example> sample = small.stream().filter(example -> example.steps() >= median).findFirst();
    return new RunInfo(command, sample.map(example -> Sample.of(example, labels)).orElse(null));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.util.Arrays;
import org.lull.Dataset;
import org.lull.train.Example;

/**
 * What the accuracies of a run rest on.
 *
 * @param trainTimesteps of all training examples
 * @param largestClass of the training examples; null where numbers are predicted, which have no classes
 * @param smallestClass likewise
 * @param largest training examples of the largest class
 * @param smallest training examples of the smallest class
 * @param trainSpeakers how many are heard in the training clips; null where speakers are not known
 * @param testSpeakers how many are heard in the test clips; null likewise
 * @param newSpeakers how many of these are in no training clip; null likewise
 */
public record Basis(long trainTimesteps, String largestClass, int largest, String smallestClass, int smallest, Integer trainSpeakers,
    Integer testSpeakers, Integer newSpeakers) {
  static Basis of(RunData data) {
    Dataset dataset = data.dataset();
    int[] counts = new int[dataset.labels().size()];
    dataset.train().stream().filter(example -> example.label() >= 0).forEach(example -> counts[example.label()]++);
    int largest = 0;
    int smallest = 0;
    for (int k = 1; k < counts.length; k++) {
      largest = counts[k] > counts[largest] ? k : largest;
      smallest = counts[k] < counts[smallest] ? k : smallest;
    }
    boolean classes = counts.length > 0;
    RunData.Speakers speakers = data.speakers();
    return new Basis(dataset.train().stream().mapToLong(Example::steps).sum(), classes ? dataset.labels().get(largest) : null,
        Arrays.stream(counts).max().orElse(0), classes ? dataset.labels().get(smallest) : null, Arrays.stream(counts).min().orElse(0),
        speakers == null ? null : speakers.train(), speakers == null ? null : speakers.test(),
        speakers == null ? null : speakers.testAlone());
  }
}

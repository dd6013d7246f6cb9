// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.incremental;

import java.util.List;
import java.util.stream.IntStream;
import org.lull.input.InvalidInputException;
import org.lull.train.Example;
import org.lull.train.RandomStreams;

/**
 * Decides which classes are learned in which task. The order of the classes comes from a seed. The first task has some classes, and each
 * later task a few more. Classes are numbered in this order, so a network that knows n classes has outputs 0 to n - 1.
 */
public final class ClassSchedule {
  private final int start;
  private final int step;
  private final List<Integer> order;
  private final int[] place;

  /**
   * @param classes number of classes of the data
   * @param start number of classes of the first task
   * @param step number of classes of each later task; the last may have fewer
   * @throws InvalidInputException if that leaves nothing to learn
   */
  public ClassSchedule(int classes, int start, int step, long seed) {
    if (start < 2 || start >= classes || step < 1) {
      throw new InvalidInputException("a start with " + start + " classes and " + step + " more with each task, of " + classes
          + " there are: expected at least 2 to start with, 1 with each task, and one left to learn");
    }
    this.start = start;
    this.step = step;
    order = RandomStreams.shuffled(IntStream.range(0, classes).boxed().toList(), RandomStreams.of(seed, "classes"));
    place = new int[classes];
    for (int k = 0; k < classes; k++) {
      place[order.get(k)] = k;
    }
  }

  /** Number of tasks, including the first. */
  public int tasks() {
    return 1 + (place.length - start + step - 1) / step;
  }

  /** Number of classes that are known after a task. Tasks are counted from 0; for -1 it is 0. */
  public int known(int task) {
    return task < 0 ? 0 : Math.min(place.length, start + task * step);
  }

  /** The examples of the classes of tasks {@code from} to {@code to}, numbered in the order of learning. */
  public List<Example> examples(int from, int to, List<Example> all) {
    return all.stream().filter(example -> place[example.label()] >= known(from - 1) && place[example.label()] < known(to))
        .map(example -> example.withLabel(place[example.label()])).toList();
  }

  /** Names of all classes in the order of learning. */
  public List<String> labels(List<String> labels) {
    return order.stream().map(labels::get).toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.lull.network.Sequence;

/**
 * Labelled inputs of a network.
 *
 * @param examples what the inputs are made from, at least one
 * @param sequence makes input i from example i: augments and normalises it; called from several threads
 */
record Batch(List<Example> examples, IntFunction<Sequence> sequence) {
  Batch {
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("no examples, expected at least one");
    }
  }

  int size() {
    return examples.size();
  }

  int label(int i) {
    return examples.get(i).label();
  }

  Sequence sequence(int i) {
    return sequence.apply(i);
  }

  /** A copy whose inputs are made now, once. */
  Batch made() {
    List<Sequence> sequences = IntStream.range(0, size()).mapToObj(sequence).toList();
    return new Batch(examples, sequences::get);
  }
}

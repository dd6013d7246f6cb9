// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.lull.train.Example;
import org.lull.train.RandomStreams;

/** Which examples {@link Dataset#split} sets aside: the same share of each class. */
final class StratifiedSplit {
  private StratifiedSplit() {}

  /** Examples for training, for validation and for the test, each in the order that they had. */
  static List<List<Example>> of(List<Example> examples, double validationShare, double testShare, long seed) {
    Map<Integer, List<Integer>> classes = new TreeMap<>();
    for (int i = 0; i < examples.size(); i++) {
      classes.computeIfAbsent(examples.get(i).label(), _ -> new ArrayList<>()).add(i);
    }
    int[] part = new int[examples.size()]; // 1 for validation, 2 for the test
    classes.forEach((label, places) -> {
      List<Integer> order = RandomStreams.shuffled(places, RandomStreams.of(seed, "split", label));
      int ofTest = Math.min(share(testShare, places.size()), places.size() - 1);
      int aside = Math.min(places.size() - 1, ofTest + share(validationShare, places.size()));
      for (int i = 0; i < aside; i++) {
        part[order.get(i)] = i < ofTest ? 2 : 1;
      }
    });
    return IntStream.range(0, 3)
        .mapToObj(p -> IntStream.range(0, part.length).filter(i -> part[i] == p).mapToObj(examples::get).toList()).toList();
  }

  private static int share(double share, int of) {
    int rounded = (int) Math.round(share * of);
    return share > 0 && of >= 3 ? Math.max(1, rounded) : rounded;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.data.Split;

class HashSplitTest {
  /** Values of which_set in Python. */
  @ParameterizedTest
  @CsvSource({"026290a7,VALIDATION", "0c40e715,TEST", "62581901,TRAIN", "c50f55b8,TRAIN", "bob,TRAIN"})
  void customarySplitIsThePublishedOne(String speaker, Split expected) {
    assertThat(HashSplit.customary(speaker)).isEqualTo(expected);
  }

  @Test
  void customarySplitAgreesWithEveryLineOfThePublishedLists() throws IOException {
    Optional<Path> data = RealData.find().filter(dir -> Files.exists(dir.resolve("gsc10")));
    assumeTrue(data.isPresent(), RealData.ABSENT);
    Map<String, Split> lists = Map.of("gsc10/validation_list.txt", Split.VALIDATION, "gsc10/testing_list.txt", Split.TEST);
    for (var list : lists.entrySet()) {
      List<String> lines = Files.readAllLines(data.get().resolve(list.getKey()));
      assertThat(lines).hasSizeGreaterThan(6000).allSatisfy(line -> {
        String speaker = line.replaceAll(".*/", "").replaceAll("_nohash_.*", "");
        assertThat(HashSplit.customary(speaker)).isEqualTo(list.getValue());
      });
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,0,0", "2,1,0,1", "3,1,1,1", "10,8,1,1", "14,12,1,1", "15,11,2,2", "100,80,10,10"})
  void rankedSplitsInExactProportion(int keys, int train, int validation, int test) {
    List<String> names = IntStream.range(0, keys).mapToObj(i -> "clip" + i).toList();
    Map<Split, Integer> counts = new TreeMap<>(Map.of(Split.TRAIN, 0, Split.VALIDATION, 0, Split.TEST, 0));
    HashSplit.ranked(names).values().forEach(split -> counts.merge(split, 1, Integer::sum));
    assertThat(counts).isEqualTo(Map.of(Split.TRAIN, train, Split.VALIDATION, validation, Split.TEST, test));
  }

  @Test
  void rankedDoesNotDependOnOrderOrRepetition() {
    List<String> names = new ArrayList<>(IntStream.range(0, 50).mapToObj(i -> "clip" + i % 40).toList());
    Map<String, Split> splits = HashSplit.ranked(names);
    Collections.reverse(names);
    assertThat(HashSplit.ranked(names)).isEqualTo(splits).hasSize(40);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lull.train.Example;

/** Finds sequences that are in two splits: what was trained on would be measured again. */
public final class RepeatedSequences {
  private RepeatedSequences() {}

  /** The values of a sequence, [steps][channels], as a key of a map. */
  private record Values(float[] frames) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Values values && Arrays.equals(frames, values.frames);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(frames);
    }
  }

  /**
   * A warning if some validation or test sequences have the same values as a sequence of an earlier split; empty if none have. All examples
   * have the same number of channels.
   */
  public static List<String> warnings(List<Example> train, List<Example> validation, List<Example> test) {
    Map<Values, String> ids = new HashMap<>(); // of the earlier splits
    int count = 0;
    String first = "";
    for (List<Example> split : List.of(train, validation, test)) {
      for (Example example : split) {
        String earlier = ids.get(new Values(example.frames()));
        if (earlier != null && count++ == 0) {
          first = example.id() + " = " + earlier;
        }
      }
      split.forEach(example -> ids.putIfAbsent(new Values(example.frames()), example.id()));
    }
    return count == 0 ? List.of()
        : List.of("validation or test sequences that an earlier split has too, value for value: " + count + ", the first " + first
            + "; what was trained on is measured again, keep one of each");
  }
}

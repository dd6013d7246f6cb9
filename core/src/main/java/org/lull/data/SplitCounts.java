// SPDX-License-Identifier: Apache-2.0
package org.lull.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lull.input.InvalidInputException;

/** Counts examples by split and label, and refuses what cannot be trained on or measured. */
public final class SplitCounts {
  private static final int NAMED = 10;

  private final String corpus;
  private final List<String> labels;
  private final int[][] counts; // [split][label]

  /** @param corpus folder or name, for messages */
  public SplitCounts(String corpus, List<String> labels) {
    this.corpus = corpus;
    this.labels = labels;
    this.counts = new int[Split.values().length][labels.size()];
  }

  public void add(Split split, int label) {
    counts[split.ordinal()][label]++;
  }

  public void add(Split split, String label) {
    add(split, labels.indexOf(label));
  }

  /** For each split that is not empty (except training), the classes that it lacks. */
  public List<String> gaps() {
    List<String> warnings = new ArrayList<>();
    for (Split split : List.of(Split.VALIDATION, Split.TEST)) {
      int[] ofSplit = counts[split.ordinal()];
      List<String> without = new ArrayList<>();
      for (int label = 0; label < labels.size(); label++) {
        if (ofSplit[label] == 0) {
          without.add("'" + labels.get(label) + "'");
        }
      }
      if (!without.isEmpty() && without.size() < labels.size()) {
        warnings.add("classes without a " + (split == Split.TEST ? "test" : "validation") + " example: " + without.size() + " of "
            + labels.size() + ", " + named(without)
            + (split == Split.TEST ? "; nothing is measured of them" : "; the best epoch is chosen without them"));
      }
    }
    return warnings;
  }

  private static String named(List<String> names) {
    String more = names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "";
    return String.join(", ", names.subList(0, Math.min(NAMED, names.size()))) + more;
  }

  /** @throws InvalidInputException unless training has examples of every class */
  public void checkTraining() {
    List<String> unseen = new ArrayList<>();
    for (int label = 0; label < labels.size(); label++) {
      if (counts[Split.TRAIN.ordinal()][label] == 0) {
        unseen.add("'" + labels.get(label) + "' (" + counts[Split.VALIDATION.ordinal()][label] + " in validation, "
            + counts[Split.TEST.ordinal()][label] + " in test)");
      }
    }
    if (!unseen.isEmpty()) {
      throw new InvalidInputException(
          corpus + " has " + unseen.size() + (unseen.size() == 1 ? " label" : " labels") + " that training never saw: "
              + named(unseen) + "; add training examples of each, or remove them");
    }
  }

  /**
   * @throws InvalidInputException unless there are two classes or more, none is empty, there are training and test examples, and every
   *     label is in the training examples
   */
  public void check() {
    if (labels.size() < 2) {
      throw new InvalidInputException(
          corpus + " has " + (labels.isEmpty() ? "no class" : "one class, '" + labels.getFirst() + "'")
              + ", expected at least 2; add more classes");
    }
    for (Split split : List.of(Split.TRAIN, Split.TEST)) {
      if (Arrays.stream(counts[split.ordinal()]).sum() == 0) {
        throw new InvalidInputException(
            corpus + " has nothing in its " + (split == Split.TRAIN ? "training" : "test") + " split, expected at least one example;"
                + " add recordings, or correct the lists that name the splits");
      }
    }
    checkTraining();
  }
}

package org.lull.speech;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lull.input.InvalidInputException;

/** Counts examples by split and label, and refuses what cannot be trained on or measured. */
final class SplitCounts {
  private static final int NAMED = 10;

  private final String corpus;
  private final List<String> labels;
  private final int[][] counts; // [split][label]

  /** @param corpus folder or name, for messages */
  SplitCounts(String corpus, List<String> labels) {
    this.corpus = corpus;
    this.labels = labels;
    this.counts = new int[Split.values().length][labels.size()];
  }

  void add(Split split, int label) {
    counts[split.ordinal()][label]++;
  }

  /** @throws InvalidInputException unless training has examples of every class */
  void checkTraining() {
    List<String> unseen = new ArrayList<>();
    for (int label = 0; label < labels.size(); label++) {
      if (counts[Split.TRAIN.ordinal()][label] == 0) {
        unseen.add("'" + labels.get(label) + "' (" + counts[Split.VALIDATION.ordinal()][label] + " in validation, "
            + counts[Split.TEST.ordinal()][label] + " in test)");
      }
    }
    if (!unseen.isEmpty()) {
      String more = unseen.size() > NAMED ? " and " + (unseen.size() - NAMED) + " more" : "";
      throw new InvalidInputException(
          corpus + " has " + unseen.size() + (unseen.size() == 1 ? " label" : " labels") + " that training never saw: "
              + String.join(", ", unseen.subList(0, Math.min(NAMED, unseen.size()))) + more
              + "; add training examples of each, or remove them");
    }
  }

  /** @throws InvalidInputException unless there are two classes, none empty, something to train on, to test with, and no unseen label */
  void check() {
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

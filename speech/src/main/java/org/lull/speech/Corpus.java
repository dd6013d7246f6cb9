// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.List;

/** Labelled data in three splits: sound that still has to become features, or time series that are features already. */
public sealed interface Corpus permits AudioCorpus, SeriesCorpus {
  /** The layout that was recognised, as shown to the user. */
  String name();

  /** Class names, in the order of their indices; none where there are numbers to predict. */
  List<String> labels();

  /** SHA-256, in hex, of everything the data depends on. */
  String hash();

  /** What was skipped or repaired, a sentence each. */
  List<String> warnings();
}

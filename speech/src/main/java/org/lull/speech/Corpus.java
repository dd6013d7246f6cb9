// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.List;

/** Labelled data in three splits: recordings, from which features have to be computed, or time series, whose channels are the features. */
public sealed interface Corpus permits AudioCorpus, SeriesCorpus {
  /** The layout that was recognised, as shown to the user. */
  String name();

  /** Class names, in the order of their indices; none where there are numbers to predict. */
  List<String> labels();

  /** SHA-256, in hex, of everything that decides the data. */
  String hash();

  /** One sentence for each thing that was skipped or repaired. */
  List<String> warnings();
}
